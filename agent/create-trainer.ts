/** From a job to a trainer: the agent reads or draws its own data here, and only its own. */
import { graphFromEdges, laplacian } from '../core/graph.ts';
import type { Matrix } from '../core/linalg/matrix.ts';
import { splitRows } from '../core/problem/csv-table.ts';
import { createGmrfTask, sampleTruth } from '../core/problem/gmrf-regression.ts';
import type { Rows } from '../core/problem/rows.ts';
import { readTasks } from '../config/table-facts.ts';
import type { ReadFile } from '../config/table-facts.ts';
import type { TableProblem } from '../config/experiment.ts';
import type { GmrfJob, Job } from '../config/job.ts';
import { GmrfTrainer } from './gmrf-trainer.ts';
import { TableTrainer } from './table-trainer.ts';
import type { Trainer } from './trainer.ts';

/** Where data comes from. All of it is there for every task; an agent takes its own. */
export interface DataSource {
  rows(problem: TableProblem): readonly Rows[];
  truth(job: GmrfJob, agents: number, seed: number): Matrix;
}

export function dataSource(readFile: ReadFile): DataSource {
  return {
    rows: (problem) => readTasks(problem, readFile),
    truth: (job, agents, seed) => sampleTruth(laplacian(graphFromEdges(agents, job.edges)), job.dimension, seed),
  };
}

/** For many agents of ONE run in one process: read and drawn once. */
export function sharedDataSource(source: DataSource): DataSource {
  let rows: readonly Rows[] | undefined;
  let truth: Matrix | undefined;
  return {
    rows: (problem) => (rows ??= source.rows(problem)),
    truth: (job, agents, seed) => (truth ??= source.truth(job, agents, seed)),
  };
}

export function createTrainer(job: Job, agent: number, agents: number, seed: number, source: DataSource): Trainer {
  if (job.kind === 'csv-table') return new TableTrainer(job, splitRows(source.rows(job)[agent], agent, job.split), agent, agents, seed);
  const truth = source.truth(job, agents, seed).data.slice(agent * job.dimension, (agent + 1) * job.dimension);
  return new GmrfTrainer(createGmrfTask({ truth, batch: job.batch, noise: job.noise, seed, agent }), job, agent, agents);
}
