/**
 * Every agent learns only a head a in a basis B that all share: slopes w = B a, fitted to its own rows, with an intercept of its
 * own. It needs no neighbours and no eta where the basis is given; where it is learned among agents, each round of it is an
 * iteration, with as many exchanges as make everybody's mean. Without a basis the agent is alone.
 * Source: algorithms-2, part C.
 */
import { assert } from '../errors.ts';
import { BasisGossip } from '../subspace/gossip.ts';
import { Mixing, mixingSteps } from '../subspace/mixing.ts';
import { neighbourDifference } from './coupling.ts';
import { givenModel } from './given-model.ts';
import { nonCooperative } from './non-cooperative.ts';
import type { Inbox, Strategy, StrategyContext, StrategyRun } from './strategy.ts';

export const sharedRepresentation: Strategy = {
  name: 'shared-representation',
  summary: 'tables: own models inside a subspace that was learned from all agents; for fewer rows than features',
  cooperatesOver: 'subspace',
  usesEta: false,
  start: (context) => {
    if (context.basis === undefined) return nonCooperative.start(context);
    return context.view.kind === 'none' ? basisRun(context) : gossipRun(context);
  },
};

function basisRun({ task, basis }: StrategyContext): StrategyRun {
  const model = task.learns === 'solve' && basis !== undefined ? task.modelIn?.(basis) : undefined;
  assert(model !== undefined, 'a shared basis is for the rows of a table');
  return givenModel(model);
}

/** The basis given is where everybody begins. */
function gossipRun({ task, basis, view, spectrumMax }: StrategyContext): StrategyRun {
  const own = task.learns === 'solve' ? task.ownRows : undefined;
  assert(own !== undefined && basis !== undefined && task.learns === 'solve', 'a shared basis is for the rows of a table');
  const gossip = new BasisGossip(own, basis.basis);
  const { vector, moments } = gossip;
  const mixing = new Mixing(spectrumMax, vector.length);
  const exchanges = mixingSteps(spectrumMax);
  const difference = new Float64Array(vector.length);
  const w = new Float64Array(task.dimension);
  let part = 0;
  const tell = (): void => (part < moments ? gossip.tellMoment(part) : gossip.tellRound());
  const take = (): void => {
    if (part < moments) return (gossip.takeMoment(part++), tell());
    gossip.takeRound();
    w.set(task.modelIn!(gossip.question));
  };
  return {
    state: [w, ...gossip.state],
    outgoing: vector,
    adapt: (iteration) => {
      part = iteration === 1 ? 0 : moments;
      tell();
    },
    hops: (iteration) => exchanges * (iteration === 1 ? moments + 1 : 1),
    combine: (hop: number, inbox: Inbox) => {
      neighbourDifference(view, vector, inbox, difference);
      mixing.mix(hop % exchanges, vector, difference);
      if (hop % exchanges === exchanges - 1) take();
    },
    output: () => w,
  };
}
