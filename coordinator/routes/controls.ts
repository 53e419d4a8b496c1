/**
 * Steering a run that goes on, with the operator's token: faults (as the section `faults` of an experiment file has them), pause
 * and resume, stop. A watcher's token is enough for the plan as it is (GET faults: for who enacts it from outside) and for what
 * was broken, as a plan (GET faults.yaml).
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { KindredError } from '../../core/errors.ts';
import type { FaultPlan } from '../../core/fault/plan.ts';
import { refuseWatchers, roleOf } from '../access.ts';
import type { PageTokens, Role } from '../access.ts';
import { forward, forwardOr } from './forward.ts';
import type { RunFiles } from './forward.ts';
import { isElsewhere, RUN_PARAMS } from './runs.ts';
import type { RunControl, RunsSource } from './runs.ts';
import { answerOf, FAULT, FAULTS, FAULTS_BODY, fields, PROGRESS, VALUES } from './schemas.ts';

const OPERATED = { token: 'operate', params: RUN_PARAMS } as const;
const INJECT = {
  ...OPERATED,
  summary: 'Breaks, in the words of an experiment file; without `at` from now on',
  body: FAULTS_BODY,
  refusals: ['CONFIG_INVALID', 'PROCESS_SHARED'],
  response: { 200: FAULTS },
} as const;
const CLEAR = { ...OPERATED, summary: 'Ends every fault', response: { 200: FAULTS } } as const;
const ACTS = { pause: 'Holds every agent', resume: 'Lets every agent go on', stop: 'Ends the run, as one Ctrl-C would' } as const;
const DONE = fields({ done: { enum: Object.keys(ACTS) } });
const NOW = {
  summary: 'The faults that are planned or injected, and how far the run is by their clocks',
  token: 'watch',
  params: RUN_PARAMS,
  refusals: ['RUN_NOT_LIVE'],
  response: { 200: fields({ elapsedMs: VALUES.NUMBER, faults: VALUES.listOf(FAULT), progress: PROGRESS, steps: VALUES.listOf(VALUES.COUNT) }) },
} as const;
const PLAN = {
  summary: 'The recorded faults, as the section faults of an experiment file',
  token: 'watch',
  params: RUN_PARAMS,
  response: { 200: answerOf('application/yaml', VALUES.TEXT) },
} as const;

interface OfRun {
  readonly Params: { readonly id: string };
}

type Asked = FastifyRequest<OfRun>;

export function controlRoutes(app: FastifyInstance, source: RunsSource, tokens: PageTokens): void {
  const guard = async ({ headers }: FastifyRequest): Promise<void> => refuseWatchers(roleOf(headers.authorization, tokens));
  const watching = async ({ headers }: FastifyRequest): Promise<void> => void roleOf(headers.authorization, tokens);
  const as = (role: Role, act: (control: RunControl, request: Asked) => unknown) => async (request: Asked, reply: FastifyReply) => {
    const run = source.open(request.params.id);
    if (isElsewhere(run)) return forward(run, role, request, reply);
    if (run.control === undefined) throw new KindredError('RUN_NOT_LIVE', `${request.params.id} cannot be steered from here`);
    return act(run.control, request);
  };
  const steered = (act: (control: RunControl, request: Asked) => unknown) => as('operate', act);
  app.get<OfRun>(
    '/api/runs/:id/faults',
    { onRequest: watching, schema: NOW },
    as('watch', (control) => control.now()),
  );
  app.post<OfRun>(
    '/api/runs/:id/faults',
    { onRequest: guard, schema: INJECT },
    steered((control, { body }) => ({ faults: control.inject(body as unknown[]) })),
  );
  app.delete<OfRun>(
    '/api/runs/:id/faults',
    { onRequest: guard, schema: CLEAR },
    steered((control) => {
      control.clear();
      return { faults: [] satisfies FaultPlan };
    }),
  );
  for (const act of Object.keys(ACTS) as (keyof typeof ACTS)[])
    app.post<OfRun>(
      `/api/runs/:id/${act}`,
      { onRequest: guard, schema: { ...OPERATED, summary: ACTS[act], response: { 200: DONE } } },
      steered((control) => {
        control[act]();
        return { done: act };
      }),
    );
  app.get<OfRun>('/api/runs/:id/faults.yaml', { onRequest: watching, schema: PLAN }, async (request, reply) => {
    const run = source.open(request.params.id);
    const send = (files: RunFiles): FastifyReply => reply.type('application/yaml; charset=utf-8').send(files.plan());
    return isElsewhere(run) ? forwardOr(() => send(run.files), run, 'watch', request, reply) : send(run);
  });
}
