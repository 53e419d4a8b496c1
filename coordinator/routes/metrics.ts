/** GET /metrics for Prometheus, with a token of the page: it tells of the run no less than the page does. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { roleOf } from '../access.ts';
import type { PageTokens } from '../access.ts';
import { METRICS_TYPE, metricsText } from '../metrics-text.ts';
import type { RunFacts } from '../metrics.ts';
import { answerOf, VALUES } from './schemas.ts';

export interface MetricsSource {
  readonly facts: () => RunFacts;
}

export function metricsRoutes(app: FastifyInstance, source: MetricsSource, tokens: PageTokens): void {
  const schema = {
    summary: 'What the page shows, in numbers for Prometheus; docs/metrics.md lists them',
    token: 'watch',
    response: { 200: answerOf('text/plain', VALUES.TEXT, 'text format 0.0.4') },
  } as const;
  const onRequest = async ({ headers }: FastifyRequest): Promise<void> => void roleOf(headers.authorization, tokens);
  app.get('/metrics', { schema, onRequest }, async (_request, reply) =>
    reply.type(METRICS_TYPE).send(metricsText({ ...source.facts(), memory: process.memoryUsage(), uptimeSeconds: process.uptime() })),
  );
}
