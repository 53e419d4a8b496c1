/** From a job to a trainer: the agent reads or draws its own data here, and only its own. */
import { KindredError } from '../core/errors.ts';
import { graphFromEdges, laplacian } from '../core/graph.ts';
import type { Matrix } from '../core/linalg/matrix.ts';
import { splitRows } from '../core/problem/csv-table.ts';
import { createGmrfTask, sampleTruth } from '../core/problem/gmrf-regression.ts';
import type { Rows } from '../core/problem/rows.ts';
import { readTasks } from '../config/table-facts.ts';
import type { ReadFile } from '../config/table-facts.ts';
import type { GmrfJob, Job, TableJob } from '../config/job.ts';
import { GmrfTrainer } from './gmrf-trainer.ts';
import { readOwnTable } from './own-table.ts';
import type { OwnTable } from './own-table.ts';
import { TableTrainer } from './table-trainer.ts';
import type { Trainer } from './trainer.ts';

/** Where data comes from. */
export interface DataSource {
  /** The table that holds one agent's rows only; undefined where it has none. */
  own(job: TableJob, agent: number): Rows | undefined;
  /** The rows of all tasks; an agent takes its own. */
  rows(job: TableJob): readonly Rows[];
  truth(job: GmrfJob, agents: number, seed: number): Matrix;
}

/** `ownTable` finds an agent's own table, where it has one. */
export function dataSource(readFile: ReadFile, ownTable: (agent: number) => OwnTable | undefined = () => undefined): DataSource {
  return {
    own: (job, agent) => {
      const table = ownTable(agent);
      return table && readOwnTable(job, agent, table);
    },
    rows: (job) => readTasks(job, readFile),
    truth: (job, agents, seed) => sampleTruth(laplacian(graphFromEdges(agents, job.edges)), job.dimension, seed),
  };
}

/** For many agents of ONE run in one process: read and drawn once. */
export function sharedDataSource(source: DataSource): DataSource {
  let rows: readonly Rows[] | undefined;
  let truth: Matrix | undefined;
  return {
    own: (job, agent) => source.own(job, agent),
    rows: (job) => (rows ??= source.rows(job)),
    truth: (job, agents, seed) => (truth ??= source.truth(job, agents, seed)),
  };
}

export function createTrainer(job: Job, agent: number, agents: number, seed: number, source: DataSource): Trainer {
  if (job.kind === 'csv-table') return new TableTrainer(job, splitRows(rowsOf(job, agent, source), agent, job.split), agent, agents, seed);
  const truth = source.truth(job, agents, seed).data.slice(agent * job.dimension, (agent + 1) * job.dimension);
  return new GmrfTrainer(createGmrfTask({ truth, batch: job.batch, noise: job.noise, seed, agent }), job, agent, agents);
}

function rowsOf(job: TableJob, agent: number, source: DataSource): Rows {
  const own = source.own(job, agent);
  if (own !== undefined) return own;
  if (job.path === undefined) throw new KindredError('TABLE_UNREADABLE', `nobody said where the table of "${job.names[agent]}" is: --data FILE`);
  return source.rows(job)[agent];
}
