/**
 * A run that another server answers for: the request goes on to it as it came, with a token of that server. While that server
 * begins, ends or is away, the run's files are all there is to look at.
 */
import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { KindredError } from '../../core/errors.ts';
import type { Role } from '../access.ts';
import type { SharedView } from '../view/run-view.ts';

export interface Elsewhere {
  /** http://host:port */
  readonly url: string;
  readonly token: (role: Role) => string;
  readonly files: RunFiles;
}

/** What can be said without a coordinator. */
export interface RunFiles {
  readonly view: () => SharedView;
  /** The recorded faults as YAML. */
  readonly plan: () => string;
}

/** Throws COORDINATOR_UNREACHABLE. Ends with whoever asked. */
export async function forward({ url, token }: Elsewhere, role: Role, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const gone = new AbortController();
  reply.raw.on('close', () => gone.abort());
  const hasBody = request.body !== undefined && request.body !== null;
  const response = await fetch(`${url}${request.url}`, {
    method: request.method,
    headers: { authorization: `Bearer ${token(role)}`, ...(hasBody ? { 'content-type': 'application/json' } : {}) },
    ...(hasBody ? { body: JSON.stringify(request.body) } : {}),
    signal: gone.signal,
  }).catch((cause: unknown) => {
    throw new KindredError('COORDINATOR_UNREACHABLE', 'the coordinator of this run does not answer', { where: url, cause });
  });
  const type = response.headers.get('content-type') ?? 'application/json';
  if (response.body === null) return reply.code(response.status).send();
  if (type.startsWith('text/event-stream')) request.raw.socket.setTimeout(0);
  const body = Readable.fromWeb(response.body);
  // Cut off at either end: the other hears of it by its own end.
  body.on('error', () => reply.raw.destroy());
  return reply.code(response.status).type(type).send(body);
}

/** `byFiles` instead of COORDINATOR_UNREACHABLE. */
export async function forwardOr(byFiles: () => unknown, ...request: Parameters<typeof forward>): Promise<unknown> {
  try {
    return await forward(...request);
  } catch (error) {
    if (error instanceof KindredError && error.code === 'COORDINATOR_UNREACHABLE') return byFiles();
    throw error;
  }
}
