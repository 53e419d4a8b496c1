/** What this server can be asked, for programs and for people. Without a token: it tells nothing of a run. */
import type { FastifyInstance } from 'fastify';
import { reportStyleSheet } from '../../figures/report-style.ts';
import type { ApiDocument } from '../api-document.ts';
import { apiPage } from '../api-page.ts';
import { answerOf, VALUES } from './schemas.ts';

/** A table of three columns has a long one in the middle. */
const STYLE = `${reportStyleSheet()}th.text,td.text{white-space:normal}\n`;

export function docsRoutes(app: FastifyInstance, document: () => ApiDocument): void {
  const about = (summary: string, type: string) =>
    ({ summary, token: 'none', response: { 200: answerOf(type, type === 'application/json' ? { type: 'object' } : VALUES.TEXT) } }) as const;
  app.get('/openapi.json', { schema: about('This interface as an OpenAPI 3.1 document', 'application/json') }, async () => document());
  app.get('/docs', { schema: about('This interface as a page to read', 'text/html') }, async (_request, reply) =>
    reply.type('text/html; charset=utf-8').send(apiPage(document())),
  );
  app.get('/docs.css', { schema: about('The style of that page', 'text/css') }, async (_request, reply) => reply.type('text/css; charset=utf-8').send(STYLE));
}
