/**
 * The coordinator's HTTP face: health and status, the live page's API, and the WebSocket path agents join by. Loopback by default.
 * Agents authenticate in the upgrade, before any socket exists.
 */
import type { Link } from '../net/link.ts';
import { sameSecret } from '../net/secret.ts';
import { acceptWebSockets } from '../net/websocket-accept.ts';
import { controlFrameBytesMax } from '../proto/codec.ts';
import type { PageTokens } from './access.ts';
import { createApp } from './app.ts';
import { metricsRoutes } from './routes/metrics.ts';
import type { MetricsSource } from './routes/metrics.ts';
import { pageApi } from './page-api.ts';
import type { RunsSource } from './routes/runs.ts';
import { statusRoutes } from './routes/status.ts';
import type { StatusSource } from './routes/status.ts';

export interface ServerOptions {
  readonly host: string;
  readonly port: number;
  /** By which agents join; it opens nothing else. */
  readonly token: string;
  readonly dimension: number;
  readonly agents: number;
  readonly source: StatusSource;
  readonly runs: RunsSource & MetricsSource;
  readonly tokens: PageTokens;
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
  const app = createApp(options.host);
  statusRoutes(app, options.source);
  pageApi(app, options.runs, options.tokens);
  metricsRoutes(app, options.runs, options.tokens);
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
