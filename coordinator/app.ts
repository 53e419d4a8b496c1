/** The HTTP application of a coordinator, and of a server of stored runs: how it answers and refuses, whatever the routes are. */
import Fastify from 'fastify';
import type { FastifyError, FastifyInstance, FastifyReply } from 'fastify';
import { ERRORS, KindredError } from '../core/errors.ts';
import type { ErrorEntry } from '../core/errors.ts';
import { LIMITS } from '../core/limits.ts';
import { refuseStrangers } from './access.ts';
import { documented } from './api-document.ts';
import { docsRoutes } from './routes/docs.ts';
import { SAFE_HEADERS } from './routes/headers.ts';

/** Probes of engines ask it by whatever name they know. */
const FOR_ANYBODY = '/health';

/** `host`: what it was told to listen on. */
export function createApp(host: string): FastifyInstance {
  const app = Fastify({
    logger: false,
    bodyLimit: LIMITS.controlFrameBytesMax,
    connectionTimeout: 10_000,
    requestTimeout: 10_000,
    trustProxy: false,
    forceCloseConnections: true,
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false } },
    // Requests that reach no route: an address that cannot be decoded.
    frameworkErrors: (error, _request, reply) => void refuse(error, reply),
  });
  app.server.headersTimeout = 10_000;
  // Schemas of answers are for the document: what is told is what there is.
  app.setSerializerCompiler(() => (answer) => JSON.stringify(answer));
  app.addHook('onRequest', async ({ url, headers }) => {
    if (url !== FOR_ANYBODY) refuseStrangers(headers, host);
  });
  app.addHook('onSend', async (_request, reply) => {
    for (const [name, value] of Object.entries(SAFE_HEADERS)) if (!reply.hasHeader(name)) reply.header(name, value);
  });
  app.setNotFoundHandler((request, reply) =>
    reply.code(404).send({ error: 'NOT_FOUND', message: `there is no ${request.method} ${request.url.slice(0, 100)}` }),
  );
  app.setErrorHandler((error, _request, reply) => refuse(error, reply));
  docsRoutes(app, documented(app));
  return app;
}

function refuse(error: unknown, reply: FastifyReply): FastifyReply {
  const { status, ...answer } = refusalOf(error);
  return reply.code(status).send(answer);
}

/** What is wrong with a request is said; what is wrong in here is not. */
function refusalOf(error: unknown): { readonly status: number; readonly error: string; readonly message: string; readonly hint?: string } {
  if (error instanceof KindredError) {
    const { http }: ErrorEntry = ERRORS[error.code];
    return { status: http ?? 400, error: error.code, message: error.message, hint: error.hint };
  }
  const { statusCode = 500, message } = error as FastifyError;
  if (statusCode >= 400 && statusCode < 500) return { status: statusCode, error: 'USAGE', message };
  return { status: 500, error: 'INTERNAL', message: ERRORS.INTERNAL.message };
}
