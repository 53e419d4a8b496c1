/** GET /health for supervisors and load balancers; GET /status for people and tools. */
import type { FastifyInstance } from 'fastify';
import type { RunResult } from '../../core/run-result.ts';
import type { RunProgress } from '../run-progress.ts';
import { fields, PROGRESS, VALUES } from './schemas.ts';

export interface StatusSource {
  readonly progress: RunProgress;
  readonly result: RunResult;
}

const HEALTH = {
  summary: 'For probes and supervisors: it answers, by whatever name it is asked',
  token: 'none',
  response: { 200: fields({ status: VALUES.TEXT, phase: VALUES.TEXT }) },
} as const;
const { TEXT, COUNT, listOf } = VALUES;
const ANY = { type: 'object' };
const STATUS = {
  summary: 'For people and tools: the run, how far it is, and for whom it waits; parts are as in run.json',
  token: 'none',
  response: {
    200: fields({
      runId: TEXT,
      experiment: TEXT,
      seed: COUNT,
      mode: TEXT,
      agents: ANY,
      progress: PROGRESS,
      relationshipVersion: COUNT,
      arms: listOf(ANY),
      timings: ANY,
    }),
  },
} as const;

export function statusRoutes(app: FastifyInstance, source: StatusSource): void {
  app.get('/health', { schema: HEALTH }, async () => ({ status: 'ok', phase: source.progress.phase }));
  app.get('/status', { schema: STATUS }, async () => {
    const { runId, experiment, seed, mode, agents, relationship, arms, timings } = source.result;
    return { runId, experiment, seed, mode, agents, progress: source.progress, relationshipVersion: relationship?.version ?? 0, arms, timings };
  });
}
