/**
 * Who may ask what over HTTP. Three secrets, none of which gives away another: the join token (agents), the operator's and the
 * watcher's. The last two are the page's; they stand in the run directory, for its owner only.
 *
 * A browser is not to be lent: a request must name this server by an address (a name may be pointed here: DNS rebinding), and
 * one that comes from a page must come from this server's own.
 */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { KindredError } from '../core/errors.ts';
import { newToken } from '../net/credentials.ts';
import { sameSecret } from '../net/secret.ts';

export interface PageTokens {
  /** May see everything and change nothing. */
  readonly watch: string;
  /** May break, pause and stop the run too. */
  readonly operate: string;
}

export type Role = keyof PageTokens;

/** In the run directory, while the run goes on. */
export const PAGE_TOKENS_FILE = 'page-tokens.json';

export function newPageTokens(): PageTokens {
  return { watch: newToken(), operate: newToken() };
}

/** Those of an earlier process of this coordinator: its pages stay valid. */
export function keptPageTokens(directory: string): PageTokens {
  const path = join(directory, PAGE_TOKENS_FILE);
  if (existsSync(path)) return JSON.parse(readFileSync(path, 'utf8')) as PageTokens;
  const tokens = newPageTokens();
  writeFileSync(`${path}.part`, JSON.stringify(tokens), { mode: 0o600 });
  renameSync(`${path}.part`, path);
  return tokens;
}

/** The token stands in the fragment, which no browser sends anywhere. */
export function pageAddress(url: string, token: string, runId?: string): string {
  return `${url}/#${runId === undefined ? '' : `/runs/${runId}?`}token=${token}`;
}

/** Throws PAGE_TOKEN. */
export function roleOf(authorization: string | undefined, { watch, operate }: PageTokens): Role {
  const bearer = /^Bearer (.+)$/i.exec(authorization ?? '')?.[1] ?? '';
  if (sameSecret(bearer, operate)) return 'operate';
  if (sameSecret(bearer, watch)) return 'watch';
  throw new KindredError('PAGE_TOKEN', 'no token of this page was given');
}

/** Throws PAGE_READ_ONLY. */
export function refuseWatchers(role: Role): void {
  if (role !== 'operate') throw new KindredError('PAGE_READ_ONLY', 'this token may watch only');
}

/** Throws PAGE_ORIGIN. `bound` is the name that the server was told to listen on. */
export function refuseStrangers(headers: IncomingHttpHeaders, bound: string): void {
  const { host = '', origin } = headers;
  const name = host.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
  if (isIP(name) === 0 && name !== 'localhost' && name !== bound) throw new KindredError('PAGE_ORIGIN', `this server is not called "${name.slice(0, 100)}"`);
  if (origin !== undefined && origin !== `http://${host}`) throw new KindredError('PAGE_ORIGIN', 'the request comes from another page');
}
