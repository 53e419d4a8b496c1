/**
 * The coordinator's HTTP face: health, status, and the WebSocket path agents join by. Read-only; loopback by default.
 * Agents authenticate in the upgrade, before any socket exists.
 */
import Fastify from 'fastify';
import type { FastifyInstance } from 'fastify';
import { ERRORS } from '../core/errors.ts';
import { LIMITS } from '../core/limits.ts';
import type { Link } from '../net/link.ts';
import { sameSecret } from '../net/secret.ts';
import { acceptWebSockets } from '../net/websocket-accept.ts';
import { controlFrameBytesMax } from '../proto/codec.ts';
import { faultRoutes } from './routes/faults.ts';
import type { FaultSource } from './routes/faults.ts';
import { statusRoutes } from './routes/status.ts';
import type { StatusSource } from './routes/status.ts';

export interface ServerOptions {
  readonly host: string;
  readonly port: number;
  readonly token: string;
  readonly dimension: number;
  readonly agents: number;
  readonly source: StatusSource;
  readonly faults: FaultSource;
  readonly onLink: (link: Link) => void;
  readonly onRefused: (reason: string) => void;
}

export interface Server {
  /** http://host:port */
  readonly url: string;
  /** What agents join: ws://host:port/agents */
  readonly joinUrl: string;
  close(): Promise<void>;
}

export async function startServer(options: ServerOptions): Promise<Server> {
  const app = createApp(options.source);
  faultRoutes(app, options.faults, options.token);
  const stopAccepting = acceptWebSockets(app.server, '/agents', {
    authorize: (bearer) => (sameSecret(bearer, options.token) ? 'an agent' : undefined),
    frameBytesMax: controlFrameBytesMax(options.dimension, options.agents),
    onLink: options.onLink,
    onRefused: options.onRefused,
  });
  const url = await app.listen({ host: options.host, port: options.port });
  return {
    url,
    joinUrl: `${url.replace(/^http/, 'ws')}/agents`,
    async close() {
      stopAccepting();
      await app.close();
    },
  };
}

/** Exported for tests, which ask it without a socket. */
export function createApp(source: StatusSource): FastifyInstance {
  const app = Fastify({
    logger: false,
    bodyLimit: LIMITS.controlFrameBytesMax,
    connectionTimeout: 10_000,
    requestTimeout: 10_000,
    trustProxy: false,
    forceCloseConnections: true,
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false } },
  });
  app.server.headersTimeout = 10_000;
  app.addHook('onSend', async (_request, reply) => {
    reply.headers({ 'cache-control': 'no-store', 'content-security-policy': "default-src 'self'", 'x-content-type-options': 'nosniff' });
  });
  app.setNotFoundHandler((request, reply) =>
    reply.code(404).send({ error: 'NOT_FOUND', message: `there is no ${request.method} ${request.url.slice(0, 100)}` }),
  );
  app.setErrorHandler((_error, _request, reply) => reply.code(500).send({ error: 'INTERNAL', message: ERRORS.INTERNAL.message }));
  statusRoutes(app, source);
  return app;
}
