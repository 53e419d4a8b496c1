/** Serves the built page and a run that a test makes up: what it shows, and when its stream breaks, is the test's to say. */
import { once } from 'node:events';
import { createReadStream, existsSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import type { RunUpdate, RunView } from '../../core/run-view.ts';
import { projectRoot } from './project.ts';

export interface PageServer {
  readonly url: string;
  /** What it was asked for, oldest first: "POST /api/runs/x/faults [...]". */
  readonly asked: readonly string[];
  /** To everybody who watches. */
  tell(update: RunUpdate): void;
  /** Breaks every stream, and answers nobody until `answer`. */
  fall(): void;
  answer(): void;
  close(): Promise<void>;
}

const TYPES: Readonly<Record<string, string>> = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' };
/** As the coordinator sends it. */
const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'";

export async function startPageServer(views: readonly RunView[], folder = join(projectRoot, 'dist', 'web')): Promise<PageServer> {
  const asked: string[] = [];
  const streams = new Set<ServerResponse>();
  const scene = { views: [...views], fallen: false };
  const server = createServer((request, response) => void answerTo(request, response));
  async function answerTo(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = (await request.toArray()).join('');
    asked.push(`${request.method} ${request.url} ${body}`.trim());
    response.setHeader('content-security-policy', POLICY);
    if (scene.fallen) return void request.socket.destroy();
    const { pathname } = new URL(request.url ?? '/', 'http://page');
    if (!pathname.startsWith('/api/')) return sendFile(pathname, response);
    const [, runId, what] = /^\/api\/runs\/?([^/]*)\/?(.*)$/.exec(pathname)!;
    const view = scene.views.find((one) => one.runId === runId);
    if (runId === '') return sendJson(response, scene.views);
    if (view === undefined) return sendJson(response, { message: `there is no run "${runId}" here` }, 404);
    if (what === 'stream') return openStream(response, view);
    if (what === 'faults.yaml') return void response.end('- { link: "0<->1", delay: 100ms }\n');
    sendJson(response, what === '' ? view : {});
  }
  function openStream(response: ServerResponse, view: RunView): void {
    streams.add(response);
    response.on('close', () => streams.delete(response));
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(`data: ${JSON.stringify(view)}\n\n`);
  }
  function sendFile(pathname: string, response: ServerResponse): void {
    const file = join(folder, pathname === '/' ? 'index.html' : pathname);
    if (!existsSync(file)) return sendJson(response, {}, 404);
    response.setHeader('content-type', TYPES[extname(file)] ?? 'application/octet-stream');
    createReadStream(file).pipe(response);
  }
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    tell(update) {
      scene.views = scene.views.map((view, i) => (i === 0 ? { ...view, ...update } : view));
      for (const stream of streams) stream.write(`data: ${JSON.stringify(update)}\n\n`);
    },
    fall() {
      scene.fallen = true;
      for (const stream of streams) stream.destroy();
    },
    answer() {
      scene.fallen = false;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function sendJson(response: ServerResponse, answer: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(answer));
}
