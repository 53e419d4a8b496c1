/** All that the live page asks of a server, and the page itself. */
import type { FastifyInstance } from 'fastify';
import type { PageTokens } from './access.ts';
import { PAGE_FOLDER, PageFiles } from './page-files.ts';
import { controlRoutes } from './routes/controls.ts';
import { pageRoutes } from './routes/page.ts';
import { runRoutes } from './routes/runs.ts';
import type { RunsSource } from './routes/runs.ts';

export function pageApi(app: FastifyInstance, source: RunsSource, tokens: PageTokens): void {
  runRoutes(app, source, tokens);
  controlRoutes(app, source, tokens);
  pageRoutes(app, new PageFiles(PAGE_FOLDER));
}
