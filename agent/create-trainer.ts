/** From a job to a trainer: the agent reads or draws its own data here, and only its own. */
import { graphFromEdges, laplacian } from '../core/graph.ts';
import { splitRows } from '../core/problem/csv-table.ts';
import { createGmrfTask, sampleTruth } from '../core/problem/gmrf-regression.ts';
import { readTasks } from '../config/table-facts.ts';
import type { ReadFile } from '../config/table-facts.ts';
import type { TableProblem } from '../config/experiment.ts';
import type { GmrfJob, Job } from '../config/job.ts';
import { GmrfTrainer } from './gmrf-trainer.ts';
import { TableTrainer } from './table-trainer.ts';
import type { Trainer } from './trainer.ts';

export function createTrainer(job: Job, agent: number, agents: number, seed: number, readFile: ReadFile): Trainer {
  return job.kind === 'gmrf-regression' ? gmrfTrainer(job, agent, agents, seed) : tableTrainer(job, agent, agents, seed, readFile);
}

function gmrfTrainer(job: GmrfJob, agent: number, agents: number, seed: number): Trainer {
  const truth = truthOf(job, agents, seed);
  const own = truth.data.slice(agent * job.dimension, (agent + 1) * job.dimension);
  return new GmrfTrainer(createGmrfTask({ truth: own, batch: job.batch, noise: job.noise, seed, agent }), job, agent, agents);
}

function truthOf(job: GmrfJob, agents: number, seed: number) {
  return sampleTruth(laplacian(graphFromEdges(agents, job.edges)), job.dimension, seed);
}

function tableTrainer(problem: TableProblem, agent: number, agents: number, seed: number, readFile: ReadFile): Trainer {
  const rows = readTasks(problem, readFile)[agent]!;
  return new TableTrainer(problem, splitRows(rows, agent, problem.split), agent, agents, seed);
}
