/**
 * An experiment that was given a relationship instead of an estimator: nothing is estimated. Where the file tells every
 * agent's noise, and it is this problem's, nobody explores either: what exploring is for is known.
 */
import { assert } from '../core/errors.ts';
import type { Estimator } from '../core/relationship/estimator.ts';
import { initEvidence, observeEvidence } from '../core/relationship/evidence.ts';
import type { JsonFields } from '../core/relationship/kinds.ts';
import { laplacianOf, type Diagnostic, type PrecisionRelationship } from '../core/relationship/relationship.ts';
import type { Experiment, GradientProblem } from '../config/experiment.ts';
import { givenAs, isOfAnybody } from '../config/given-relationship.ts';
import type { RelationshipFile } from '../config/relationship-file.ts';
import type { Explored, Gathered } from './exploration.ts';

/** Time constants until steady where the file does not say (algorithms-1, section 1: the window test passes at four). */
const SETTLED_WINDOWS = 4;

/** Asks agents for nothing. */
export const GIVEN: Estimator = {
  name: 'file',
  summary: 'no estimator: the relationship that another run learned',
  needs: [],
  yields: 'precision',
  host: 'coordinator',
  cadence: 'once',
  options: {},
  init: initEvidence,
  observe: observeEvidence,
  estimate: () => assert(false, 'a given relationship is not estimated') as never,
};

/** What arms over a graph go by, and the notes on how it became one. */
export function givenGraph(file: RelationshipFile): { relationship: PrecisionRelationship; diagnostics: readonly Diagnostic[] } {
  const { relationship, file: converted } = givenAs(file, 'precision');
  return { relationship: { kind: 'precision', agents: file.agents, laplacian: laplacianOf(relationship) }, diagnostics: aboutKind(converted) };
}

/** Where it is from, in words. */
export function provenance({ inputs, version, estimator, contributors, agents, kind, given }: RelationshipFile): Diagnostic {
  const some = contributors.length === agents ? `all ${agents} agents` : `${contributors.length} of ${agents} agents`;
  // Of one that was itself given, its contributors are not all there were.
  const whose = contributors.length === 0 || (given !== null && isOfAnybody(kind)) ? 'agents of an earlier run' : some;
  const message = `given, not learned here: v${version} of run ${inputs.run} (${inputs.experiment}, seed ${inputs.seed}), by ${estimator} from ${whose}`;
  return { code: 'RELATIONSHIP_GIVEN', message, value: version };
}

/** Where it was given as another kind: by which formula it became a precision. */
function aboutKind({ diagnostics }: RelationshipFile): Diagnostic[] {
  return diagnostics.filter(({ code }) => code === 'RELATIONSHIP_CONVERTED');
}

/** Agents go by their number: where the two runs call one of them differently, it may be somebody else's relationship. */
export function aboutNames({ agentNames: theirs }: RelationshipFile, ours: readonly string[]): Diagnostic[] {
  const first = ours.findIndex((name, agent) => name !== theirs[agent]);
  if (first < 0) return [];
  const value = ours.filter((name, agent) => name !== theirs[agent]).length;
  const message = `${value} of ${ours.length} agents have another name in the given relationship, first agent ${first}: "${theirs[first]}" there, "${ours[first]}" here; agent k of the file is agent k of the run, so the order must be the same`;
  return [{ code: 'RELATIONSHIP_NAMES_DIFFER', message, value }];
}

/** What exploring would have found; undefined where the file does not tell this noise of everybody. s_k / B is that of another batch. */
export function exploredBefore(experiment: Experiment, problem: GradientProblem): { explored: Explored; gathered: Gathered } | undefined {
  const { given } = experiment.relationship;
  if (given === undefined || problem.kind !== 'gmrf-regression' || !hasNoiseOf(given, experiment)) return undefined;
  const { noisePower, stepSize, settledWindows, problem: before } = given.inputs;
  const batch = before['batch'];
  if (!noisePower || !stepSize || typeof batch !== 'number') return undefined;
  const told = noisePower.flatMap((power, agent) =>
    power === null ? [] : [[agent, { evidence: { agent }, noisePower: (power * batch) / problem.batch }] as const],
  );
  if (told.length < noisePower.length) return undefined;
  const explored = { stepSize, settledWindows: settledWindows ?? SETTLED_WINDOWS, diagnostics: [] };
  return { explored, gathered: { stage: 0, told: new Map(told) } };
}

/** What a sample's noise hangs on, but for the batch. Spreads are dealt out by the seed. */
function hasNoiseOf({ inputs }: RelationshipFile, { problem, seed }: Experiment): boolean {
  const [before, now] = [noiseFacts(inputs.problem), noiseFacts({ ...problem })];
  const isSpread = now.spreads.some((spread) => spread !== 1);
  return before.facts.every((fact, i) => fact === now.facts[i]) && (!isSpread || inputs.seed === seed);
}

function noiseFacts(problem: JsonFields): { facts: unknown[]; spreads: unknown[] } {
  const spreads = [problem['noiseSpread'] ?? 1, problem['featureSpread'] ?? 1];
  return { facts: [problem['kind'], problem['dimension'], problem['noise'], ...spreads], spreads };
}
