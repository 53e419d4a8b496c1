/**
 * Loading an experiment: text -> YAML -> overrides -> environment -> schema -> logic -> table -> resolved and frozen.
 * Everything from outside comes in as an argument. All mistakes of one stage are reported together, each with its place.
 */
import { createHash } from 'node:crypto';
import { KindredError } from '../core/errors.ts';
import { isFields } from '../core/relationship/kinds.ts';
import { canonicalJson } from './canonical-json.ts';
import { agentComplaints, logicalComplaints, tableComplaints } from './checks.ts';
import { placed, refuse, type Complaint, type Path, type Place } from './complaints.ts';
import { DEFAULTS } from './defaults.ts';
import { replaceEnvironment, type Environment } from './environment.ts';
import { hasTable, type Experiment, type GraphSpec } from './experiment.ts';
import { loadGraph } from './graph-file.ts';
import { applyOverrides, overrideOf, parseOverride, placeOfOverride, startsWith, type Override } from './overrides.ts';
import { ownPartsOf, type OwnParts } from './own-parts.ts';
import { ownTableComplaints } from './own-table-checks.ts';
import { givenComplaints, withArmsKind } from './given-relationship.ts';
import { readRelationship, type RelationshipFile } from './relationship-file.ts';
import { relationshipPath, resolveExperiment, type ResolveContext } from './resolve.ts';
import { FROM_FILE, type ExperimentFile } from './schema.ts';
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

const FILE_KEY: Path = ['relationship', 'file'];

/** `file` is kept as given in messages. Throws CONFIG_*, TABLE_*, GRAPH_* and STEP_SIZE_UNSTABLE. */
export function loadExperiment(file: string, options: LoadOptions): Experiment {
  const source = parseSource(readText(file, options.readFile), file);
  const overrides = overridesOf(options);
  const placeOf: PlaceOf = (path) => whereIs(path, source, overrides);
  const { given, modules } = validFile(file, applyOverrides(source.value, overrides), options, placeOf);
  const relationship = relationshipOf(given, file, options.readFile, placeOf);
  const context = { file, outputDirectory: options.outputDirectory, ...(relationship && { relationship }) };
  const experiment = withTable(given, context, options.readFile, placeOf);
  checkGraphFiles(experiment, options.readFile, placeOf);
  refuse(givenComplaints(experiment), placeOf);
  const whole = placed(placeOf(FILE_KEY).text, () => withArmsKind(experiment));
  return deepFreeze(modules.length === 0 ? whole : { ...whole, modules });
}

/** A table is read only once everything else is right; its tasks are the agents. */
function withTable(given: ExperimentFile, context: ResolveContext, readFile: ReadFile, placeOf: PlaceOf): Experiment {
  const draft = resolveExperiment(given, context, undefined);
  const isTable = hasTable(draft.problem);
  refuse([...logicalComplaints(given, draft), ...(isTable ? [] : agentComplaints(given, draft))], placeOf);
  if (!hasTable(draft.problem)) return draft;
  const facts = readTableFacts(draft.problem, readFile);
  const named = resolveExperiment(given, context, facts.names);
  // An agent with a table of its own must find the same columns in it.
  const experiment = { ...named, problem: { ...draft.problem, features: facts.features } };
  refuse([...tableComplaints(given, experiment, facts), ...agentComplaints(given, experiment), ...ownTableComplaints(experiment, facts, readFile)], placeOf);
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

/** A given relationship becomes part of the experiment: every mode has it, and a run goes on by it whatever becomes of the file. */
function relationshipOf({ relationship }: ExperimentFile, from: string, readFile: ReadFile, placeOf: PlaceOf): RelationshipFile | undefined {
  if (relationship?.estimator !== FROM_FILE) return undefined;
  return placed(placeOf(FILE_KEY).text, () => readRelationship(relationshipPath(relationship, from), readFile)).file;
}

/** The tasks of the experiment's table that have too few rows and were left out (`tooFew: drop`). */
export function droppedTasks(experiment: Experiment, readFile: ReadFile): readonly string[] {
  return hasTable(experiment.problem) ? readTableFacts(experiment.problem, readFile).dropped : [];
}

/** sha256 of the canonical JSON: what two runs must share to be the same experiment. */
export function experimentHash(experiment: Experiment): string {
  return createHash('sha256').update(canonicalJson(experiment)).digest('hex');
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

function validFile(
  file: string,
  value: unknown,
  { environment, readFile }: LoadOptions,
  placeOf: PlaceOf,
): Pick<OwnParts, 'modules'> & { given: ExperimentFile } {
  const complaints: Complaint[] = [];
  const replaced = withEstimator(replaceEnvironment(value, environment, complaints));
  refuse(complaints, placeOf);
  const { standIn, modules, restore, complaints: own } = ownPartsOf(replaced, file, readFile, (found) => refuse(found, placeOf));
  const unsupported = unsupportedComplaints(standIn);
  const besides = besidesFile(replaced);
  const isSaid = (path: Path): boolean =>
    [...unsupported, ...own].some((other) => startsWith(path, other.path)) || (besides.length > 0 && path[0] === 'relationship');
  const mistakes = schemaComplaints(standIn).filter(({ path }) => !isSaid(path));
  refuse([...own, ...unsupported, ...besides, ...mistakes], placeOf);
  return { given: restore(replaced as ExperimentFile), modules };
}

/** Options may stand without a name: they are the default estimator's, or there is a file instead of an estimator. The schema needs the name to pick its branch. */
function withEstimator(value: unknown): unknown {
  const relationship = (value as { relationship?: unknown } | null)?.relationship;
  if (typeof relationship !== 'object' || relationship === null || Array.isArray(relationship)) return value;
  const estimator = 'file' in relationship ? FROM_FILE : DEFAULTS.estimator;
  return { ...(value as object), relationship: { estimator, ...relationship } };
}

/** What stands beside `relationship.file`: it would be an estimator's. */
function besidesFile(value: unknown): Complaint[] {
  const section = (value as { relationship?: unknown } | null)?.relationship;
  if (!isFields(section) || !('file' in section)) return [];
  const others = Object.keys(section).filter((key) => key !== 'file' && !(key === 'estimator' && section[key] === FROM_FILE));
  const message = `give file or estimator, not both (beside it: ${others.join(', ')})`;
  return others.length === 0 ? [] : [{ code: 'CONFIG_INVALID', path: FILE_KEY, message }];
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
