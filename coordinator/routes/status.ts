/** GET /health for supervisors and load balancers; GET /status for people and tools. */
import type { FastifyInstance } from 'fastify';
import type { RunResult } from '../../core/run-result.ts';
import type { RunProgress } from '../run-progress.ts';

export interface StatusSource {
  readonly progress: RunProgress;
  readonly result: RunResult;
}

const HEALTH_SCHEMA = {
  response: { 200: { type: 'object', properties: { status: { type: 'string' }, phase: { type: 'string' } }, required: ['status', 'phase'] } },
} as const;

export function statusRoutes(app: FastifyInstance, source: StatusSource): void {
  app.get('/health', { schema: HEALTH_SCHEMA }, async () => ({ status: 'ok', phase: source.progress.phase }));
  app.get('/status', { schema: {} }, async () => {
    const { runId, experiment, seed, mode, agents, relationship, arms, timings } = source.result;
    return { runId, experiment, seed, mode, agents, progress: source.progress, relationshipVersion: relationship?.version ?? 0, arms, timings };
  });
}
