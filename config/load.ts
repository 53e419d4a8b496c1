/**
 * Loading an experiment: text -> YAML -> overrides -> environment -> schema -> logic -> table -> resolved and frozen.
 * Everything from outside comes in as an argument. All mistakes of one stage are reported together, each with its place.
 */
import { createHash } from 'node:crypto';
import { KindredError } from '../core/errors.ts';
import { agentComplaints, logicalComplaints, tableComplaints } from './checks.ts';
import { placed, refuse, type Complaint, type Path, type Place } from './complaints.ts';
import { DEFAULTS } from './defaults.ts';
import { replaceEnvironment, type Environment } from './environment.ts';
import type { Experiment, GraphSpec } from './experiment.ts';
import { loadGraph } from './graph-file.ts';
import { applyOverrides, overrideOf, parseOverride, placeOfOverride, startsWith, type Override } from './overrides.ts';
import { resolveExperiment, type ResolveContext } from './resolve.ts';
import type { ExperimentFile } from './schema.ts';
import { parseSource, type Source } from './source.ts';
import { readFailure, readTableFacts, type ReadFile } from './table-facts.ts';
import { unsupportedComplaints } from './unsupported.ts';
import { schemaComplaints } from './validate.ts';

export interface LoadOptions {
  /** `path=value` each, as typed after -c. */
  readonly overrides: readonly string[];
  /** As --seed gives it. */
  readonly seed?: number;
  /** As --out gives it: relative to the current directory. */
  readonly outputDirectory?: string;
  readonly environment: Environment;
  readonly readFile: ReadFile;
}

type PlaceOf = (path: Path) => Place;

/** `file` is kept as given in messages. Throws CONFIG_*, TABLE_*, GRAPH_* and STEP_SIZE_UNSTABLE. */
export function loadExperiment(file: string, options: LoadOptions): Experiment {
  const source = parseSource(readText(file, options.readFile), file);
  const overrides = overridesOf(options);
  const placeOf: PlaceOf = (path) => whereIs(path, source, overrides);
  const given = validFile(applyOverrides(source.value, overrides), options.environment, placeOf);
  const experiment = withTable(given, { file, outputDirectory: options.outputDirectory }, options.readFile, placeOf);
  checkGraphFiles(experiment, options.readFile, placeOf);
  return deepFreeze(experiment);
}

/** A table is read only once everything else is right; its tasks are the agents. */
function withTable(given: ExperimentFile, context: ResolveContext, readFile: ReadFile, placeOf: PlaceOf): Experiment {
  const draft = resolveExperiment(given, context, undefined);
  const isTable = draft.problem.kind === 'csv-table';
  refuse([...logicalComplaints(given, draft), ...(isTable ? [] : agentComplaints(given, draft))], placeOf);
  if (draft.problem.kind !== 'csv-table') return draft;
  const facts = readTableFacts(draft.problem, readFile);
  const named = resolveExperiment(given, context, facts.names);
  // An agent with a table of its own must find the same columns in it.
  const experiment = { ...named, problem: { ...draft.problem, features: facts.features } };
  refuse([...tableComplaints(given, experiment, facts), ...agentComplaints(given, experiment)], placeOf);
  return experiment;
}

/** Edge files are read now, so that a wrong one ends before any process starts. */
function checkGraphFiles({ problem, network, agents, seed }: Experiment, readFile: ReadFile, placeOf: PlaceOf): void {
  const check = (graph: GraphSpec, path: Path) => {
    if (typeof graph !== 'string') placed(placeOf(path).text, () => loadGraph(graph, agents, seed, readFile));
  };
  if (problem.kind === 'gmrf-regression') check(problem.graph, ['problem', 'graph']);
  check(network.graph, ['network', 'graph']);
}

/** The tasks of the experiment's table that have too few rows and were left out (`tooFew: drop`). */
export function droppedTasks(experiment: Experiment, readFile: ReadFile): readonly string[] {
  return experiment.problem.kind === 'csv-table' ? readTableFacts(experiment.problem, readFile).dropped : [];
}

/** sha256 of the canonical JSON: what two runs must share to be the same experiment. */
export function experimentHash(experiment: Experiment): string {
  return createHash('sha256').update(canonicalJson(experiment)).digest('hex');
}

/** JSON with the keys of every object in alphabetical order. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, item: unknown) => {
    if (typeof item !== 'object' || item === null || Array.isArray(item)) return item;
    return Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

function readText(file: string, readFile: ReadFile): string {
  try {
    return readFile(file);
  } catch (cause) {
    throw new KindredError('CONFIG_UNREADABLE', readFailure(cause), { where: file, cause });
  }
}

function overridesOf({ overrides, seed }: LoadOptions): Override[] {
  const parsed = overrides.map(parseOverride);
  return seed === undefined ? parsed : [...parsed, { path: ['seed'], value: seed, text: `--seed ${seed}` }];
}

function validFile(value: unknown, environment: Environment, placeOf: PlaceOf): ExperimentFile {
  const complaints: Complaint[] = [];
  const replaced = withEstimator(replaceEnvironment(value, environment, complaints));
  const unsupported = unsupportedComplaints(replaced);
  const mistakes = schemaComplaints(replaced).filter(({ path }) => !unsupported.some((other) => startsWith(path, other.path)));
  refuse([...complaints, ...unsupported, ...mistakes], placeOf);
  return replaced as ExperimentFile;
}

/** Options may stand without a name: they are the default estimator's. The schema needs the name to pick its branch. */
function withEstimator(value: unknown): unknown {
  const relationship = (value as { relationship?: unknown } | null)?.relationship;
  if (typeof relationship !== 'object' || relationship === null || Array.isArray(relationship)) return value;
  return { ...(value as object), relationship: { estimator: DEFAULTS.estimator, ...relationship } };
}

/** The override that set a path, else its place in the file, else the override that made the section it stands in. */
function whereIs(path: Path, source: Source, overrides: readonly Override[]): Place {
  const set = overrideOf(path, overrides);
  if (set !== undefined) return placeOfOverride(set);
  const made = source.has(path) ? undefined : overrides.findLast((override) => startsWith(override.path, path));
  return made === undefined ? source.where(path) : placeOfOverride(made);
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    Object.values(value).forEach(deepFreeze);
    Object.freeze(value);
  }
  return value;
}
