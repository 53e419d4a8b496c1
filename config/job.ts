/**
 * An agent's job: the problem as ONE agent needs it to make its own data. Sent as JSON in the coordinator's Welcome.
 */
import { KindredError } from '../core/errors.ts';
import type { Edge, Graph } from '../core/graph.ts';
import type { Experiment, GmrfProblem, TableProblem } from './experiment.ts';

export interface GmrfJob extends Omit<GmrfProblem, 'graph'> {
  /** Where the synthetic tasks are drawn from: part of the data source, never shown to the learner. */
  readonly edges: readonly Edge[];
}

/** Whose file is where is nobody else's business: `sites` stays behind. */
export interface TableJob extends Omit<TableProblem, 'sites'> {
  /** Of all agents, by index: what a task column says. */
  readonly names: readonly string[];
}

export type Job = GmrfJob | TableJob;

export function jobOf(experiment: Experiment, truth: Graph | undefined): string {
  const { problem, agentNames } = experiment;
  if (problem.kind === 'csv-table') {
    const { sites: _sites, ...rest } = problem;
    return JSON.stringify({ ...rest, names: agentNames } satisfies TableJob);
  }
  const { graph: _graph, ...rest } = problem;
  return JSON.stringify({ ...rest, edges: truth?.edges ?? [] } satisfies GmrfJob);
}

export function parseJob(text: string): Job {
  const job = parseJson(text) as Partial<Job> | null;
  if (job?.kind === 'gmrf-regression' || job?.kind === 'csv-table') return job as Job;
  throw new KindredError('WIRE_UNEXPECTED', 'the coordinator sent a job of an unknown kind');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new KindredError('WIRE_GARBAGE', 'the coordinator sent a job that is not JSON', { cause });
  }
}
