/** From what a script records of a relationship to the file that is kept of it: config/relationship-file.ts. */
import { expectedCorrectedError, expectedPinvError, type ExpectedError } from '../core/relationship/expected-error.ts';
import { spectrumOf } from '../core/relationship/kinds.ts';
import type { Relationship } from '../core/relationship/relationship.ts';
import { toRows } from '../core/linalg/matrix.ts';
import { hasTable, isStream, type Experiment, type ProblemSpec } from '../config/experiment.ts';
import { relationshipFile, type RelationshipAbout, type RelationshipFile } from '../config/relationship-file.ts';
import { givenAs, isOfAnybody } from '../config/given-relationship.ts';
import { exploredBefore } from './given.ts';
import { optionsOf } from './relate.ts';
import type { RelationshipInputs, RunRecord } from './script.ts';

type Entry = Extract<RunRecord, { type: 'relationship' }>;

export function recordedFile(experiment: Experiment, runId: string, entry: Entry): RelationshipFile {
  const { agents, agentNames } = experiment;
  const given = givenOf(experiment, entry);
  const { relationship, version, relativeError, truth, diagnostics } = entry;
  const contributors = given === undefined ? entry.contributors : contributorsTo(given, entry, agentNames);
  return relationshipFile(relationship, {
    version,
    agentNames: [...agentNames],
    estimator: estimatorName(experiment, entry),
    options: given?.options ?? { ...optionsOf(experiment, estimatorName(experiment, entry)) },
    contributors: [...contributors],
    missing: Array.from({ length: agents }, (_, k) => k).filter((k) => !contributors.includes(k)),
    spectrum: spectrumOf(relationship),
    inputs: inputsOf(experiment, runId, entry, given),
    expectedError: given?.expectedError ?? expectedError(relationship, entry.inputs),
    relativeError,
    truth: truth === null ? null : toRows(truth),
    diagnostics: [...diagnostics],
    given: given === undefined ? null : { run: given.inputs.run, version: given.version, digest: given.digest },
  });
}

/** Who made it: where it was given, the estimator of the run that learned it. */
export function estimatorName(experiment: Experiment, entry: Entry): string {
  return givenOf(experiment, entry)?.estimator ?? entry.estimator ?? experiment.relationship.estimator;
}

/** A run that was given a graph may learn a prior beside it; of what it was given as another kind, a graph was made. */
export function givenOf({ relationship: { given } }: Experiment, { relationship }: Entry): RelationshipFile | undefined {
  if (given === undefined || given.kind === relationship.kind) return given;
  return relationship.kind === 'precision' ? givenAs(given, 'precision').file : undefined;
}

/** Agents of this run whose reports a given file was learned from. Of a prior and a subspace only names tell who these were: the number of an agent does not. */
function contributorsTo(given: RelationshipFile, entry: Entry, names: readonly string[]): readonly number[] {
  if (!isOfAnybody(given.kind)) return entry.contributors.filter((agent) => given.contributors.includes(agent));
  const theirs = new Set(given.contributors.map((agent) => given.agentNames[agent]));
  return names.flatMap((name, agent) => (theirs.has(name) ? [agent] : []));
}

/** Of a given relationship those of its file; but the noise is of the run that explored, with the problem it is of. */
function inputsOf(experiment: Experiment, runId: string, { inputs, standardization }: Entry, given: RelationshipFile | undefined): RelationshipAbout['inputs'] {
  const { name, seed, agents, problem } = experiment;
  const here = { run: runId, experiment: name, seed };
  const exploredHere = isStream(problem) && exploredBefore(experiment, problem) === undefined;
  if (given !== undefined && !exploredHere) return { ...given.inputs, ...(given.agents === agents ? {} : { noise: null, noisePower: null }), ...here };
  const byAgent = (values: ReadonlyMap<number, number> | undefined): (number | null)[] | null =>
    values === undefined ? null : Array.from({ length: agents }, (_, agent) => values.get(agent) ?? null);
  return {
    ...here,
    problem: problemFacts(problem),
    evidence: given?.inputs.evidence ?? [...(inputs?.evidence ?? [])],
    dimension: given?.inputs.dimension ?? inputs?.dimension ?? null,
    noise: given?.inputs.noise ?? byAgent(inputs?.noise),
    noisePower: byAgent(inputs?.noisePower),
    stepSize: inputs?.stepSize ?? null,
    settledWindows: inputs?.settledWindows ?? null,
    ...(standardization && { standardization: { shift: [...standardization.shift], scale: [...standardization.scale] } }),
  };
}

/** What it was about, without saying where anybody's files are. */
function problemFacts(problem: ProblemSpec): RelationshipAbout['inputs']['problem'] {
  if (problem.kind === 'gmrf-regression') return { ...problem, graph: typeof problem.graph === 'string' ? problem.graph : 'file' };
  if (problem.kind === 'own-stream' || !hasTable(problem)) return { ...problem };
  const { path: _path, sites: _sites, ...facts } = problem;
  return facts;
}

/** The theory is about precisions from more coordinates than agents. */
function expectedError(relationship: Relationship, inputs: RelationshipInputs | undefined): ExpectedError | null {
  if (relationship.kind !== 'precision' || inputs === undefined || inputs.dimension <= relationship.agents) return null;
  const isCorrected = inputs.evidence.some((name) => name === 'noise' || name === 'lag');
  if (isCorrected) return expectedCorrectedError(relationship.laplacian, inputs.dimension);
  const noise = [...inputs.noise.values()];
  return expectedPinvError(relationship.laplacian, noise.reduce((sum, one) => sum + one, 0) / noise.length, inputs.dimension);
}
