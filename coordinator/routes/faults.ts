/**
 * Faults while a run goes on: GET the plan and how far the run is by the plan's clocks, POST more, DELETE them all.
 * With the join token: who may join may break. A fault without `at` begins now.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ERRORS, KindredError } from '../../core/errors.ts';
import type { FaultPlan } from '../../core/fault/plan.ts';
import { faultPlanOf } from '../../core/fault/plan-text.ts';
import { sameSecret } from '../../net/secret.ts';
import type { RunProgress } from '../run-progress.ts';

export interface FaultSource {
  readonly faults: FaultPlan;
  readonly elapsedMs: number;
  readonly progress: RunProgress;
  /** The cooperating step of each agent. */
  readonly steps: readonly number[];
  setFaults(plan: FaultPlan): void;
}

const BODY = { type: 'array', maxItems: 1_000, items: { type: 'object' } } as const;

/** The answer to GET: all that whoever enacts faults from outside must know. */
export type FaultsAnswer = Omit<FaultSource, 'setFaults'>;

export function faultRoutes(app: FastifyInstance, source: FaultSource, token: string): void {
  const guard = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const bearer = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '';
    if (!sameSecret(bearer, token)) await reply.code(401).send({ error: 'WIRE_TOKEN', message: ERRORS.WIRE_TOKEN.message });
  };
  app.get('/faults', { schema: {}, onRequest: guard }, async (): Promise<FaultsAnswer> => {
    const { elapsedMs, faults, progress, steps } = source;
    return { elapsedMs, faults, progress, steps };
  });
  app.delete('/faults', { schema: {}, onRequest: guard }, async () => {
    source.setFaults([]);
    return { faults: [] };
  });
  app.post<{ Body: object[] }>('/faults', { schema: { body: BODY }, onRequest: guard }, async (request, reply) => {
    try {
      const added = faultPlanOf(JSON.stringify(request.body.map((fault) => ({ at: { unit: 'ms', ms: source.elapsedMs }, ...fault }))));
      source.setFaults([...source.faults, ...added]);
      return { faults: added };
    } catch (error) {
      if (!(error instanceof KindredError)) throw error;
      return reply.code(400).send({ error: error.code, message: error.message });
    }
  });
}
