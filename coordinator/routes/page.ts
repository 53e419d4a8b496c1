/** The live page itself, for anybody: it holds nothing about a run. Its assets are named after their content. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { PageFiles } from '../page-files.ts';
import { answerOf, VALUES } from './schemas.ts';

const INDEX = { summary: 'The live page; it holds nothing about a run', token: 'none', response: { 200: answerOf('text/html', VALUES.TEXT) } } as const;
const ASSET = {
  summary: 'A file of the page, named after its content',
  token: 'none',
  response: { 200: answerOf('*/*', VALUES.TEXT), 404: { description: 'there is no such file', content: {} } },
} as const;
const FOR_EVER = 'public, max-age=31536000, immutable';

export function pageRoutes(app: FastifyInstance, files: Pick<PageFiles, 'get'>): void {
  app.get('/', { schema: INDEX }, async (request, reply) => send(files, '/index.html', request, reply));
  app.get<{ Params: { '*': string } }>('/assets/*', { schema: ASSET }, async (request, reply) => {
    const path = `/assets/${request.params['*']}`;
    if (files.get(path) === undefined) return reply.callNotFound();
    return send(files, path, request, reply.header('cache-control', FOR_EVER));
  });
}

function send(files: Pick<PageFiles, 'get'>, path: string, { headers }: FastifyRequest, reply: FastifyReply): FastifyReply {
  const file = files.get(path);
  if (file === undefined) return reply.code(404).type('text/plain').send('The page was not built: npm run build makes it.\n');
  const isZipped = /\bgzip\b/.test(headers['accept-encoding'] ?? '');
  if (isZipped) reply.header('content-encoding', 'gzip');
  return reply
    .header('vary', 'accept-encoding')
    .type(file.type)
    .send(isZipped ? file.zipped : file.plain);
}
