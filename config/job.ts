/**
 * An agent's job: the problem as ONE agent needs it to make its own data. Sent as JSON in the coordinator's Welcome.
 */
import { KindredError } from '../core/errors.ts';
import type { OwnOptions } from '../core/own/define.ts';
import type { Edge, Graph } from '../core/graph.ts';
import { agentHostedByName } from '../core/relationship/agent-hosted.ts';
import { conversationLengthMax } from '../core/relationship/among-agents.ts';
import { sharedSubspace } from '../core/relationship/shared-subspace.ts';
import { hasTable } from './experiment.ts';
import type { Experiment, GmrfProblem, MlpFamilyProblem, MlpProblem, MlpTableProblem, StreamProblem, TableProblem } from './experiment.ts';
import type { TrueGraph } from './graph-file.ts';
import type { ModuleReference } from './own-module.ts';

/** Which modules of one's own an agent needs. Their code it has already: nobody sends it any. */
interface WithModules {
  readonly modules?: readonly ModuleReference[];
  /** By arm: what stands beside strategies of one's own; absent where nothing does. */
  readonly armOptions?: readonly OwnOptions[];
}

export interface GmrfJob extends Omit<GmrfProblem, 'graph'>, WithModules {
  /** Where the synthetic tasks are drawn from: part of the data source, never shown to the learner. */
  readonly edges: readonly Edge[];
  /** What they become, where they change. */
  readonly changed?: readonly Edge[];
  /** The longest vector by which agents learn the relationship themselves; absent where they do not. */
  readonly conversationLengthMax?: number;
}

/** Whose file is where is nobody else's business: `sites` stays behind. */
export interface TableJob extends Omit<TableProblem, 'sites'>, WithModules {
  /** Of all agents, by index: what a task column says. */
  readonly names: readonly string[];
  /** Directions of a basis that agents learn among themselves; absent where they do not. */
  readonly gossipedRank?: number;
}

export interface StreamJob extends StreamProblem, WithModules {
  readonly conversationLengthMax?: number;
}

export interface MlpTableJob extends Omit<MlpTableProblem, 'sites'>, WithModules {
  readonly names: readonly string[];
}

/** Of a family an agent draws its own rows. */
export type MlpJob = MlpTableJob | (MlpFamilyProblem & WithModules);

const KINDS: readonly (string | undefined)[] = ['gmrf-regression', 'own-stream', 'csv-table', 'mlp'];

export type Job = GmrfJob | StreamJob | TableJob | MlpJob;

export function jobOf(experiment: Experiment, truth: TrueGraph | undefined, network: Graph): string {
  const { agents, problem, agentNames, relationship, modules: own } = experiment;
  const options = experiment.cooperate.arms.map((arm) => arm.options ?? {});
  const beside = options.some((some) => Object.keys(some).length > 0) ? { armOptions: options } : {};
  const modules = own === undefined ? {} : { modules: own.map(({ name, digest }) => ({ name, digest })), ...beside };
  if (problem.kind === 'mlp') return mlpJobOf(problem, agentNames);
  if (problem.kind === 'csv-table') {
    const { sites: _sites, ...rest } = problem;
    return JSON.stringify({ ...rest, names: agentNames, ...modules, ...gossiped(relationship) } satisfies TableJob);
  }
  const isHosted = agentHostedByName(relationship.estimator) !== undefined;
  const talk = isHosted ? { conversationLengthMax: conversationLengthMax(agents, network.edges.length, problem.dimension) } : {};
  if (problem.kind === 'own-stream') return JSON.stringify({ ...problem, ...talk, ...modules } satisfies StreamJob);
  const { graph: _graph, ...rest } = problem;
  const changed = truth?.changed === undefined ? {} : { changed: truth.changed.edges };
  return JSON.stringify({ ...rest, edges: truth?.graph.edges ?? [], ...changed, ...talk, ...modules } satisfies GmrfJob);
}

function mlpJobOf(problem: MlpProblem, names: readonly string[]): string {
  if (!hasTable(problem)) return JSON.stringify(problem satisfies MlpFamilyProblem);
  const { sites: _sites, ...rest } = problem;
  return JSON.stringify({ ...rest, names } satisfies MlpTableJob);
}

function gossiped({ estimator, options: { host, rank } }: Experiment['relationship']): Pick<TableJob, 'gossipedRank'> {
  return estimator === sharedSubspace.name && host === 'agents' && typeof rank === 'number' ? { gossipedRank: rank } : {};
}

export function parseJob(text: string): Job {
  const job = parseJson(text) as Partial<Job> | null;
  if (KINDS.includes(job?.kind)) return job as Job;
  throw new KindredError('WIRE_UNEXPECTED', 'the coordinator sent a job of an unknown kind');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new KindredError('WIRE_GARBAGE', 'the coordinator sent a job that is not JSON', { cause });
  }
}
