/** The runs as JSON: a list, one of them, and the stream of its changes. Needs a token of the page; any will do. */
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { KindredError } from '../../core/errors.ts';
import type { FaultPlan } from '../../core/fault/plan.ts';
import { LIMITS } from '../../core/limits.ts';
import type { RunListing } from '../../core/run-view.ts';
import { roleOf } from '../access.ts';
import type { PageTokens, Role } from '../access.ts';
import type { RunProgress } from '../run-progress.ts';
import type { ViewFeed } from '../view/feed.ts';
import { forwardOr } from './forward.ts';
import type { Elsewhere, RunFiles } from './forward.ts';
import { SAFE_HEADERS } from './headers.ts';
import { answerOf, RUN_LISTING, RUN_UPDATE, RUN_VIEW, VALUES } from './schemas.ts';

export interface RunsSource {
  readonly list: () => readonly RunListing[];
  /** Throws RUN_UNKNOWN. */
  readonly open: (runId: string) => OpenRun | Elsewhere;
  /** Nothing more will come: the last of it to everybody who watches. */
  readonly finish: () => void;
}

export interface OpenRun extends RunFiles {
  readonly feed: ViewFeed;
  /** Absent where it does not go on, or not under this server. */
  readonly control: RunControl | undefined;
}

/** The plan of faults as it is, and how far the run is by its clocks: all that whoever enacts it from outside must know. */
export interface FaultsNow {
  readonly elapsedMs: number;
  readonly faults: FaultPlan;
  readonly progress: RunProgress;
  /** The cooperating step of each agent. */
  readonly steps: readonly number[];
}

export interface RunControl {
  now(): FaultsNow;
  /** Entries as in a file. Throws CONFIG_INVALID and PROCESS_SHARED. */
  inject(entries: readonly unknown[]): FaultPlan;
  clear(): void;
  pause(): void;
  resume(): void;
  /** As one Ctrl-C would. */
  stop(): void;
}

export const RUN_PARAMS = {
  type: 'object',
  properties: { id: { type: 'string', maxLength: 64 } },
  required: ['id'],
} as const;

const LIST = { summary: 'All runs, newest first', token: 'watch', response: { 200: VALUES.listOf(RUN_LISTING) } } as const;
const ONE = { summary: 'One run, as its page shows it', token: 'watch', params: RUN_PARAMS, response: { 200: RUN_VIEW } } as const;
const STREAM = {
  summary: 'One run as server-sent events: first all of it, then the keys that changed, at most twice a second',
  token: 'watch',
  params: RUN_PARAMS,
  refusals: ['PAGE_CROWDED'],
  response: { 200: answerOf('text/event-stream', RUN_UPDATE, 'one of these as JSON in each event') },
} as const;

export function isElsewhere(run: OpenRun | Elsewhere): run is Elsewhere {
  return 'url' in run;
}

/** Closing the application lets those who watch have the last of it, for a moment. */
export function runRoutes(app: FastifyInstance, source: RunsSource, tokens: PageTokens): void {
  const streams = new Set<ServerResponse>();
  const roleIn = ({ headers }: FastifyRequest): Role => roleOf(headers.authorization, tokens);
  const guard = async (request: FastifyRequest): Promise<void> => void roleIn(request);
  app.get('/api/runs', { onRequest: guard, schema: LIST }, async () => source.list());
  app.get<{ Params: { id: string } }>('/api/runs/:id', { onRequest: guard, schema: ONE }, async (request, reply) => {
    const run = source.open(request.params.id);
    if (isElsewhere(run)) return forwardOr(() => readOnly(run.files), run, roleIn(request), request, reply);
    return { ...run.view(), steerable: isSteerable(run, roleIn(request)) };
  });
  app.get<{ Params: { id: string } }>('/api/runs/:id/stream', { onRequest: guard, schema: STREAM }, async (request, reply) => {
    const run = source.open(request.params.id);
    if (isElsewhere(run)) return forwardOr(() => sendOne(run.files, reply), run, roleIn(request), request, reply);
    if (run.feed.viewers >= LIMITS.viewersMax) throw new KindredError('PAGE_CROWDED', `${run.feed.viewers} streams are open`);
    stream(run.feed, { steerable: isSteerable(run, roleIn(request)) }, reply);
    streams.add(reply.raw);
    reply.raw.on('close', () => streams.delete(reply.raw));
    return reply;
  });
  app.addHook('preClose', async () => {
    source.finish();
    const ended = Promise.all([...streams].map((raw) => once(raw, 'close')));
    await Promise.race([ended, sleep(LIMITS.closeMs, undefined, { ref: false })]);
  });
}

function readOnly(files: RunFiles): object {
  return { ...files.view(), steerable: false };
}

/** A stream of one event: whoever watches comes again. */
function sendOne(files: RunFiles, reply: FastifyReply): FastifyReply {
  return reply.type('text/event-stream').send(`data: ${JSON.stringify(readOnly(files))}\n\n`);
}

function isSteerable(run: OpenRun, role: Role): boolean {
  return role === 'operate' && run.control !== undefined;
}

function stream(feed: ViewFeed, own: Readonly<Record<string, unknown>>, reply: FastifyReply): void {
  const { raw } = reply;
  const write = (event: Buffer): boolean => {
    // Only now: whoever cannot be shown anything gets an ordinary answer.
    if (!raw.headersSent) open(reply);
    return raw.write(event);
  };
  const watching = feed.watch({ own, write, end: () => raw.end(), drop: () => raw.destroy() });
  raw.on('drain', () => watching.ready());
  raw.on('close', () => watching.leave());
}

function open(reply: FastifyReply): void {
  reply.hijack();
  // Idle is no fault of a stream: who does not read is the feed's business.
  reply.raw.socket?.setTimeout(0);
  reply.raw.writeHead(200, { ...SAFE_HEADERS, 'content-type': 'text/event-stream' });
}
