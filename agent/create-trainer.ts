/** From a job to a trainer: the agent reads or draws its own data here, and only its own. */
import { KindredError } from '../core/errors.ts';
import { laplacian } from '../core/graph.ts';
import type { Matrix } from '../core/linalg/matrix.ts';
import { splitRows, type SplitRows } from '../core/problem/csv-table.ts';
import { DriftDraws, MovingTask } from '../core/problem/drift.ts';
import { agentNoise, createGmrfTask, featureVariances } from '../core/problem/gmrf-regression.ts';
import { familyTask } from '../core/problem/mlp-families.ts';
import { createStreamTask } from '../core/problem/own-stream.ts';
import { joinRows, type Rows } from '../core/problem/rows.ts';
import { drawTasks } from '../core/problem/task-law.ts';
import type { TaskLaw } from '../core/problem/task-law.ts';
import { readTasks } from '../config/table-facts.ts';
import type { ReadFile } from '../config/table-facts.ts';
import type { GmrfJob, Job, MlpJob, MlpTableJob, StreamJob, TableJob } from '../config/job.ts';
import { bringModules } from '../config/own-module.ts';
import { agentStream } from '../config/own-stream.ts';
import { ownTable, refuseTargets } from '../config/own-table.ts';
import { GmrfTrainer } from './gmrf-trainer.ts';
import type { GmrfTasks } from './gmrf-trainer.ts';
import { MlpTrainer } from './mlp-trainer.ts';
import { readOwnTable } from './own-table.ts';
import type { OwnTable } from './own-table.ts';
import { TableTrainer } from './table-trainer.ts';
import type { Trainer } from './trainer.ts';

/** Agents are the tasks of a table. */
type RowsJob = TableJob | MlpTableJob;

/** Where data comes from. */
export interface DataSource {
  /** The table that holds one agent's rows only; undefined where it has none. */
  own(job: RowsJob, agent: number): Rows | undefined;
  /** The rows of all tasks; an agent takes its own. */
  rows(job: RowsJob): readonly Rows[];
  truth(job: GmrfJob, agents: number, seed: number): Matrix;
  /** What makes tasks drift. */
  drift(job: GmrfJob, agents: number, seed: number): DriftDraws;
}

/** `ownTable` finds an agent's own table, where it has one. */
export function dataSource(readFile: ReadFile, ownTable: (agent: number) => OwnTable | undefined = () => undefined): DataSource {
  return {
    own: (job, agent) => {
      const table = ownTable(agent);
      return table && readOwnTable(job, agent, table);
    },
    rows: (job) => readTasks(job, readFile),
    truth: (job, agents, seed) => drawTasks(lawOf(job, agents), job.dimension, seed),
    drift: (job, agents, seed) => new DriftDraws(agents, job.dimension, seed),
  };
}

/** For many agents of ONE run in one process: read and drawn once. */
export function sharedDataSource(source: DataSource): DataSource {
  let rows: readonly Rows[] | undefined;
  let truth: Matrix | undefined;
  let drift: DriftDraws | undefined;
  return {
    own: (job, agent) => source.own(job, agent),
    rows: (job) => (rows ??= source.rows(job)),
    truth: (job, agents, seed) => (truth ??= source.truth(job, agents, seed)),
    drift: (job, agents, seed) => (drift ??= source.drift(job, agents, seed)),
  };
}

export function createTrainer(job: Job, agent: number, agents: number, seed: number, source: DataSource): Trainer {
  bringModules(job.modules ?? []);
  if (job.kind === 'csv-table') return tableTrainer(job, rowsOf(job, agent, source), agent, agents, seed);
  if (job.kind === 'mlp') return new MlpTrainer(job, mlpRows(job, agent, seed, source), agent, agents, seed);
  if (job.kind === 'own-stream') return new GmrfTrainer(streamTasks(job, agent, agents, seed), job, agent, agents);
  return new GmrfTrainer(gmrfTasks(job, agent, agents, seed, source), job, agent, agents);
}

function tableTrainer(job: TableJob, rows: Rows, agent: number, agents: number, seed: number): Trainer {
  const own = job.own && ownTable(job.own, rows.features);
  if (own !== undefined) refuseTargets(own, rows, job.names[agent]);
  return new TableTrainer(job, splitRows(rows, agent, job.split), agent, agents, seed, own);
}

/** Of a family, what is held out stands where that of a table does: at the end of the training rows. */
function mlpRows(job: MlpJob, agent: number, seed: number, source: DataSource): SplitRows {
  if (!('family' in job)) return splitRows(rowsOf(job, agent, source), agent, job.split);
  const { training, heldOut, test } = familyTask(job.family, agent, seed);
  return { training: joinRows(training, heldOut), heldOut: heldOut.count, test };
}

/** Nothing of it drifts. */
function streamTasks(job: StreamJob, agent: number, agents: number, seed: number): GmrfTasks {
  const { curvature } = job;
  const task = createStreamTask({ stream: agentStream(job, { agent, agents, seed }), curvature, seed, agent });
  return { exploring: task, cooperating: task };
}

/** What is explored stands still; drift begins with the arms. */
function gmrfTasks(job: GmrfJob, agent: number, agents: number, seed: number, source: DataSource): GmrfTasks {
  const { dimension, batch, drift } = job;
  const noise = agentNoise(job.noise, job.noiseSpread, agent, agents, seed);
  const stream = { batch, noise, features: featureVariances(job.featureSpread, dimension, agent, seed), seed, agent };
  const exploring = createGmrfTask({ ...stream, truth: source.truth(job, agents, seed).data.slice(agent * dimension, (agent + 1) * dimension) });
  if (drift === undefined) return { exploring, cooperating: exploring };
  const change = job.changed && { at: drift.at ?? 0, over: drift.over ?? 0, after: laplacian({ agents, edges: job.changed }) };
  const moving = new MovingTask(lawOf(job, agents), { coherence: drift.coherence, change }, dimension, seed, agent, source.drift(job, agents, seed));
  return { exploring, cooperating: createGmrfTask({ ...stream, truth: moving }) };
}

function lawOf(job: GmrfJob, agents: number): TaskLaw {
  return { ...job, laplacian: laplacian({ agents, edges: job.edges }) };
}

function rowsOf(job: RowsJob, agent: number, source: DataSource): Rows {
  const own = source.own(job, agent);
  if (own !== undefined) return own;
  if (job.path === undefined) throw new KindredError('TABLE_UNREADABLE', `nobody said where the table of "${job.names[agent]}" is: --data FILE`);
  return source.rows(job)[agent];
}
