/** Everything a table's prior is learned from, for one set of agents and of rows: whom to ask, and the chain. */
import { hierarchicalChain, type Chain, type ChainOptions, type Fit } from '../core/hierarchical/chain.ts';
import { heldChain, heldLogisticChain } from '../core/hierarchical/held.ts';
import { logisticChain } from '../core/hierarchical/logistic-chain.ts';
import type { EstimatorOptions } from '../core/relationship/estimator.ts';
import type { COVARIANCES, GRAPHS } from '../core/relationship/hierarchical.ts';
import type { Prior } from '../core/relationship/relationship.ts';
import type { TableProblem } from '../config/experiment.ts';
import { askAgents, askMoments, BROKEN_OFF, converse, informationOf, type Ask } from './prior-questions.ts';
import { named, type Script, type ScriptContext, type Values } from './script.ts';

/** Above so many multiplications per iteration (K D^3) the agents do them: the coordinator has heartbeats to answer. */
const GATHERED_WORK_MAX = 600_000;
/** As many different targets as a label has. */
const LABELS = 2;

export interface PriorOptions {
  /** Whether agents send their moments, with their evidence. */
  readonly gathers: boolean;
  readonly covariance: (typeof COVARIANCES)[number];
  readonly graph: (typeof GRAPHS)[number];
}

export function priorOptions(options: EstimatorOptions, problem: TableProblem, agents: number, dimension: number): PriorOptions {
  const { moments = 'auto', covariance = 'full', graph = 'none' } = options as { moments?: string } & Partial<PriorOptions>;
  const wanted = moments === 'gathered' || (moments === 'auto' && agents * dimension ** 3 <= GATHERED_WORK_MAX);
  return { gathers: wanted && problem.loss === 'squared', covariance, graph };
}

/** All training rows of these agents, or those that are not held out. */
export interface PriorRows {
  readonly members: readonly number[];
  readonly heldOut: boolean;
}

/** Whom the chain asks about these rows. */
export function askFor(
  context: ScriptContext,
  { gathers }: PriorOptions,
  { members, heldOut }: PriorRows,
  told: ReadonlyMap<number, Values>,
  label = 'learning the prior',
): Ask {
  if (!gathers) return askAgents(context, members, { label, heldOut });
  return askMoments(members.map((agent) => informationOf(told.get(agent)!, agent, prefixOf(heldOut))));
}

/** Learned, or the posteriors under one that is held. */
export function* fitPrior(
  ask: Ask,
  problem: TableProblem,
  { covariance, held }: Pick<PriorOptions, 'covariance'> & { readonly held?: Prior },
  { members, heldOut }: PriorRows,
  told: ReadonlyMap<number, Values>,
): Script<Fit | typeof BROKEN_OFF> {
  const counts = members.map((agent) => named(told.get(agent), agent, `${prefixOf(heldOut)}rows`));
  const isLabels = counts.every(([count, distinct]) => distinct <= LABELS && count > LABELS);
  const options: ChainOptions = {
    dimension: named(told.get(members[0]), members[0], 'estimate').length + 1,
    rows: Float64Array.from(counts, ([count]) => count),
    noise: isLabels ? 'shared' : 'own',
    covariance,
  };
  return yield* converse(chainOf(problem.loss === 'logistic', options, held), ask);
}

function chainOf(isLogistic: boolean, options: ChainOptions, held: Prior | undefined): Chain<Fit> {
  if (held !== undefined) return isLogistic ? heldLogisticChain(held, options) : heldChain(held, options);
  return isLogistic ? logisticChain(options) : hierarchicalChain(options);
}

function prefixOf(heldOut: boolean): string {
  return heldOut ? 'fitting:' : '';
}
