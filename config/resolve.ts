/** From a valid file to the resolved experiment: defaults filled in, paths made absolute, `problem` graphs named. */
import { basename, dirname, extname, resolve } from 'node:path';
import { LIMITS } from '../core/limits.ts';
import { DEFAULTS, defaultArms } from './defaults.ts';
import type { ArmSpec, Experiment, GmrfProblem, GraphSpec, ProblemSpec, Site, TableProblem } from './experiment.ts';
import { readFaults } from './faults.ts';
import { percentOf, quantityOf } from './quantity.ts';
import { ASYNC_STALENESS, type ExperimentFile } from './schema.ts';

export interface ResolveContext {
  /** The experiment file; paths in it are relative to its directory. */
  readonly file: string;
  /** Instead of the file's, already absolute. */
  readonly outputDirectory: string | undefined;
}

type GmrfSection = Extract<ExperimentFile['problem'], { kind: 'gmrf-regression' }>;
type TableSection = Extract<ExperimentFile['problem'], { kind: 'csv-table' }>;

/** `agentNames` are the table's tasks; on other problems agents are named by their index. */
export function resolveExperiment(given: ExperimentFile, context: ResolveContext, tasks: readonly string[] | undefined): Experiment {
  const problem = resolveProblem(given, context.file);
  const agents = tasks?.length ?? given.agents ?? DEFAULTS.agents;
  const cooperate = resolveCooperate(given, problem.kind);
  const rounds = resolveRounds(given);
  return {
    name: given.name ?? basename(context.file, extname(context.file)),
    seed: given.seed ?? DEFAULTS.seed,
    agents,
    agentNames: tasks ?? Array.from({ length: agents }, (_, index) => String(index)),
    problem,
    explore: { stepSize: given.explore?.stepSize ?? 'auto', steps: given.explore?.steps ?? 'auto' },
    relationship: resolveRelationship(given),
    cooperate,
    network: { graph: resolveNetworkGraph(given, problem, context.file), rounds, open: given.network?.open ?? DEFAULTS.open },
    participation: resolveParticipation(given, agents),
    faults: readFaults(given.faults ?? [], { agents, cooperate, rounds: rounds.kind }).plan,
    output: { directory: resolveOutput(given, context), every: given.output?.every ?? DEFAULTS.every },
  };
}

export function resolveProblem(given: ExperimentFile, file: string): ProblemSpec {
  return given.problem.kind === 'gmrf-regression' ? resolveGmrf(given.problem, file) : resolveTable(given.problem, file);
}

function resolveGmrf(problem: GmrfSection, file: string): GmrfProblem {
  const { kind, graph = DEFAULTS.gmrf.graph, ...rest } = problem;
  return { kind, ...DEFAULTS.gmrf, ...rest, graph: resolveGraph(graph, file) };
}

function resolveTable(problem: TableSection, file: string): TableProblem {
  const { kind, path, sites, split, ...rest } = problem;
  const whole = path === undefined ? {} : { path: fromFile(path, file) };
  const apart = sites === undefined ? {} : { sites: sites.map((site) => resolveSite(site, file)) };
  return { kind, ...whole, ...apart, ...DEFAULTS.table, ridge: 'auto', ...rest, split: { ...DEFAULTS.split, ...split } };
}

function resolveSite({ name, file: own }: Site, file: string): Site {
  return own === undefined ? { name } : { name, file: fromFile(own, file) };
}

function resolveCooperate(given: ExperimentFile, kind: ProblemSpec['kind']): Experiment['cooperate'] {
  const { stepSize = 'auto', steps = 'auto', arms } = given.cooperate ?? {};
  return { stepSize, steps, arms: arms?.map(resolveArm) ?? defaultArms(kind) };
}

function resolveArm(arm: { strategy: string; relationship?: ArmSpec['relationship']; eta?: number | 'auto' }): ArmSpec {
  return { strategy: arm.strategy, relationship: arm.relationship ?? 'learned', eta: arm.eta ?? 'auto' };
}

function resolveRelationship(given: ExperimentFile): Experiment['relationship'] {
  const { estimator = DEFAULTS.estimator, ...options } = given.relationship ?? {};
  return { estimator, options };
}

function resolveNetworkGraph(given: ExperimentFile, problem: ProblemSpec, file: string): GraphSpec {
  const graph = given.network?.graph ?? 'problem';
  if (graph !== 'problem') return resolveGraph(graph, file);
  return problem.kind === 'gmrf-regression' ? problem.graph : 'complete';
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
