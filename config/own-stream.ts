/** A stream of one's own, out of the module that brings it, and what is found out of it before anything starts. */
import { assert, KindredError } from '../core/errors.ts';
import { LIMITS } from '../core/limits.ts';
import { broughtProblem } from '../core/own/brought.ts';
import type { StreamModule } from '../core/own/define.ts';
import type { OwnStream } from '../core/own/stream.ts';
import { PROBE_SEED, probeStreams } from '../core/problem/stream-probe.ts';
import type { OwnPart, StreamProblem } from './experiment.ts';
import { checkKeys, STREAM_KEYS } from './own-keys.ts';
import { called } from './own-module.ts';

/** How many agents' streams are looked at before a run. */
const PROBED_MAX = 4;
const HELD_OUT_LOSS = 'mean loss on held-out mini-batches';

interface Whose {
  readonly agent: number;
  readonly agents: number;
  readonly seed: number;
}

/** Throws MODULE_INVALID where it makes no sense, and MODULE_FAILED where it throws. */
function ownStream({ module, options }: OwnPart, whose: Whose): OwnStream {
  const problem = streamModule(module);
  const stream = called(module, `agent ${whose.agent}`, () => problem.stream({ ...whose, options }));
  checkKeys('the stream', stream, STREAM_KEYS, module);
  const { dimension, truth } = stream;
  const refuse = (what: string): never => {
    throw new KindredError('MODULE_INVALID', `the stream of agent ${whose.agent} ${what}`, { where: module });
  };
  if (!Number.isInteger(dimension) || dimension < 1 || dimension > LIMITS.dimensionMax)
    refuse(`has the dimension ${dimension}; it must be 1 to ${LIMITS.dimensionMax}`);
  if (truth !== undefined && (truth.length !== dimension || !truth.every(Number.isFinite)))
    refuse(`has a truth of ${truth.length} numbers; it must be ${dimension}, all finite`);
  if (truth !== undefined && (stream.evaluate !== undefined || problem.measure !== undefined))
    refuse('is judged by its truth: leave out evaluate and measure, or the truth');
  return stream;
}

/** In an agent: what was found before the run must hold of its own stream too. */
export function agentStream(found: Pick<StreamProblem, 'own' | 'dimension' | 'measure'>, whose: Whose): OwnStream {
  const stream = ownStream(found.own, whose);
  const isAlike = stream.dimension === found.dimension && (stream.truth === undefined) === (found.measure !== undefined);
  if (isAlike) return stream;
  const what = `has ${stream.dimension} parameters and ${stream.truth === undefined ? 'no' : 'a'} truth; agent 0 has ${found.dimension} and ${found.measure === undefined ? 'one' : 'none'}`;
  throw new KindredError('MODULE_INVALID', `the stream of agent ${whose.agent} ${what}: all must be alike`, { where: found.own.module });
}

/** The same for every seed of an experiment. */
export function foundOf(own: OwnPart, agents: number): StreamProblem {
  const length = Math.min(agents, PROBED_MAX);
  const probed = Array.from({ length }, (_, i) => Math.floor((i * agents) / length));
  const streams = probed.map((agent) => ({ agent, stream: ownStream(own, { agent, agents, seed: PROBE_SEED }) }));
  const [{ stream }] = streams;
  const { curvature, batch } = called(own.module, 'its gradient', () => probeStreams(streams));
  if (!(curvature > 0) || !Number.isFinite(curvature) || !Number.isFinite(batch)) {
    const what = `the loss has no curvature where learning begins: tr H / M is ${curvature} at w = 0; move the origin of w to where it has some`;
    throw new KindredError('MODULE_INVALID', what, { where: own.module });
  }
  const measure = stream.truth !== undefined ? undefined : (streamModule(own.module).measure ?? (stream.evaluate === undefined ? HELD_OUT_LOSS : 'evaluation'));
  return { kind: 'own-stream', own, dimension: stream.dimension, curvature, batch, ...(measure === undefined ? {} : { measure }) };
}

function streamModule(name: string): StreamModule {
  const problem = broughtProblem(name);
  assert(problem?.stream !== undefined, `${name} brought no stream`);
  return problem;
}
