/** From a valid file to the resolved experiment: defaults filled in, paths made absolute, `problem` graphs named. */
import { basename, dirname, extname, resolve } from 'node:path';
import { LIMITS } from '../core/limits.ts';
import { MLP_FAMILIES } from '../core/problem/mlp-families.ts';
import { DEFAULTS, defaultAgents, defaultArms, defaultEstimator, defaultGuard } from './defaults.ts';
import type { ArmSpec, Experiment, GmrfProblem, GraphSpec, MlpProblem, ProblemSpec, Site, TableProblem, TableSource } from './experiment.ts';
import { readFaults } from './faults.ts';
import { foundOf } from './own-stream.ts';
import { percentOf, quantityOf } from './quantity.ts';
import type { RelationshipFile } from './relationship-file.ts';
import { ASYNC_STALENESS, FROM_FILE, type ExperimentFile, type RelationshipSection } from './schema.ts';

export interface ResolveContext {
  /** The experiment file; paths in it are relative to its directory. */
  readonly file: string;
  /** Instead of the file's, already absolute. */
  readonly outputDirectory: string | undefined;
  /** What the experiment's `relationship.file` holds. */
  readonly relationship?: RelationshipFile;
}

type GmrfSection = Extract<ExperimentFile['problem'], { kind: 'gmrf-regression' }>;
type TableSection = Extract<ExperimentFile['problem'], { kind: 'csv-table' }>;
type MlpSection = Extract<ExperimentFile['problem'], { kind: 'mlp' }>;
type SourceKeys = Omit<TableSection, 'kind' | 'loss' | 'ridge' | 'batch'>;
type OwnTableSection = Extract<ExperimentFile['problem'], { kind: 'own-table' }>;

/** `agentNames` are the table's tasks; on other problems agents are named by their index. */
export function resolveExperiment(given: ExperimentFile, context: ResolveContext, tasks: readonly string[] | undefined): Experiment {
  const problem = resolveProblem(given, context.file);
  const agents = tasks?.length ?? given.agents ?? defaultAgents(problem);
  const cooperate = resolveCooperate(given, problem, context.relationship);
  const rounds = resolveRounds(given);
  return {
    name: given.name ?? basename(context.file, extname(context.file)),
    seed: given.seed ?? DEFAULTS.seed,
    agents,
    agentNames: tasks ?? Array.from({ length: agents }, (_, index) => String(index)),
    problem,
    explore: { stepSize: given.explore?.stepSize ?? 'auto', steps: given.explore?.steps ?? 'auto' },
    relationship: resolveRelationship(given, cooperate.arms, context),
    cooperate,
    network: { graph: resolveNetworkGraph(given, problem, context.file), rounds, open: given.network?.open ?? DEFAULTS.open },
    participation: resolveParticipation(given, agents),
    faults: readFaults(given.faults ?? [], { agents, cooperate, rounds: rounds.kind }).plan,
    output: { directory: resolveOutput(given, context), every: given.output?.every ?? DEFAULTS.every },
  };
}

export function resolveProblem(given: ExperimentFile, file: string): ProblemSpec {
  const { problem, agents = DEFAULTS.agents } = given;
  if (problem.kind === 'own-stream') return foundOf({ module: problem.module, options: problem.options }, agents);
  if (problem.kind === 'gmrf-regression') return resolveGmrf(problem, file);
  if (problem.kind === 'mlp') return resolveMlp(problem, file);
  return problem.kind === 'own-table' ? resolveOwnTable(problem, file) : resolveTable(problem, file);
}

function resolveGmrf(problem: GmrfSection, file: string): GmrfProblem {
  const { kind, graph = DEFAULTS.gmrf.graph, ...rest } = problem;
  return { kind, ...DEFAULTS.gmrf, ...rest, graph: resolveGraph(graph, file) };
}

function resolveTable({ kind, loss, ridge = 'auto', batch, ...source }: TableSection, file: string): TableProblem {
  return { kind, ...resolveSource(source, file), loss: loss ?? DEFAULTS.table.loss, ridge, ...(batch === undefined ? {} : { batch }) };
}

function resolveSource({ path, sites, split, ...rest }: SourceKeys, file: string): TableSource {
  const whole = path === undefined ? {} : { path: fromFile(path, file) };
  const apart = sites === undefined ? {} : { sites: sites.map((site) => resolveSite(site, file)) };
  const { task, target, standardize } = DEFAULTS.table;
  return { ...whole, ...apart, task, target, standardize, ...rest, split: { ...DEFAULTS.split, ...split } };
}

function resolveMlp({ kind, family, hidden, batch = DEFAULTS.mlp.batch, ...source }: MlpSection, file: string): MlpProblem {
  if (family !== undefined) return { kind, family, hidden: hidden ?? MLP_FAMILIES[family].hidden, batch };
  return { kind, ...resolveSource(source, file), hidden: hidden ?? DEFAULTS.mlp.hidden, batch };
}

function resolveOwnTable({ kind: _kind, module, options, ...table }: OwnTableSection, file: string): TableProblem {
  return { ...resolveTable({ kind: 'csv-table', ...table }, file), loss: 'own', own: { module, options } };
}

function resolveSite({ name, file: own }: Site, file: string): Site {
  return own === undefined ? { name } : { name, file: fromFile(own, file) };
}

function resolveCooperate(given: ExperimentFile, problem: ProblemSpec, relationship: RelationshipFile | undefined): Experiment['cooperate'] {
  const { stepSize = 'auto', steps = 'auto', arms } = given.cooperate ?? {};
  const automatic = problem.kind === 'mlp' ? DEFAULTS.mlp : { stepSize, steps };
  return {
    stepSize: stepSize === 'auto' ? automatic.stepSize : stepSize,
    steps: steps === 'auto' ? automatic.steps : steps,
    arms: arms?.map((arm) => resolveArm(arm, problem)) ?? defaultArms(problem, relationship?.kind),
  };
}

type ArmSection = NonNullable<NonNullable<ExperimentFile['cooperate']>['arms']>[number] & Pick<ArmSpec, 'options'>;

function resolveArm({ strategy, relationship = 'learned', eta = 'auto', guard, options }: ArmSection, problem: ProblemSpec): ArmSpec {
  return { strategy, relationship, eta, guard: guard ?? defaultGuard(problem), ...(options === undefined ? {} : { options }) };
}

function resolveRelationship(
  { relationship }: ExperimentFile,
  arms: readonly ArmSpec[],
  { file, relationship: held }: ResolveContext,
): Experiment['relationship'] {
  if (relationship === undefined) return { estimator: defaultEstimator(arms), options: {}, isDefault: true };
  const { estimator, ...options }: RelationshipSection = relationship;
  if (estimator !== FROM_FILE) return { estimator, options };
  return { estimator, options: {}, file: relationshipPath(relationship, file), ...(held && { given: held }) };
}

/** Absolute. */
export function relationshipPath({ file }: RelationshipSection, from: string): string {
  return fromFile(String(file), from);
}

function resolveNetworkGraph(given: ExperimentFile, problem: ProblemSpec, file: string): GraphSpec {
  const graph = given.network?.graph ?? 'problem';
  if (graph !== 'problem') return resolveGraph(graph, file);
  // Between separate copies of a graph nobody could talk to the others.
  return problem.kind === 'gmrf-regression' && (problem.components ?? 1) === 1 ? problem.graph : 'complete';
}

function resolveRounds(given: ExperimentFile): Experiment['network']['rounds'] {
  const rounds = given.network?.rounds ?? DEFAULTS.rounds;
  if (typeof rounds === 'object') return { kind: 'bounded', staleness: rounds.bounded };
  return { kind: rounds, staleness: rounds === 'async' ? ASYNC_STALENESS : 0 };
}

/** A percentage is rounded up: "at least so many". */
function resolveParticipation(given: ExperimentFile, agents: number): Experiment['participation'] {
  const { quorum = DEFAULTS.quorum, wait } = given.participation ?? {};
  const count = quorum === 'all' ? agents : typeof quorum === 'number' ? quorum : Math.ceil((percentOf(quorum) * agents) / 100);
  return { quorum: count, waitMs: wait === undefined ? LIMITS.rejoinMs : quantityOf(wait) };
}

function resolveGraph(graph: GraphSpec, file: string): GraphSpec {
  return typeof graph === 'string' ? graph : { file: fromFile(graph.file, file) };
}

/** A path in the file is relative to the file; the default is `runs` where the command was called. */
function resolveOutput(given: ExperimentFile, context: ResolveContext): string {
  if (context.outputDirectory !== undefined) return resolve(context.outputDirectory);
  const directory = given.output?.directory;
  return directory === undefined ? resolve(DEFAULTS.outputDirectory) : fromFile(directory, context.file);
}

function fromFile(path: string, file: string): string {
  return resolve(dirname(file), path);
}
