/**
 * Tells the person at the terminal where the live page of a run is. Its addresses hold secrets: they are not for a log.
 * A coordinator that listens on all addresses of its machine is reached by any of them.
 */
import { networkInterfaces } from 'node:os';
import { keptPageTokens, pageAddress } from '../coordinator/access.ts';
import type { NewRun } from './new-run.ts';
import { openInBrowser } from './open.ts';

export interface Telling {
  readonly note: (line: string) => void;
  /** In a browser, too. */
  readonly open: boolean;
  /** Whether somebody sits there. */
  readonly isTold: boolean;
  /** What the coordinator listens on: all addresses of the machine, or `url` alone. */
  readonly host?: string;
  readonly machine?: typeof networkInterfaces;
}

const ANY = ['0.0.0.0', '::'];
const HERE = '127.0.0.1';

export function tellPage(run: NewRun, url: string, { note, open, isTold, host = '', machine = networkInterfaces }: Telling): void {
  if (url === '' || !(open || isTold)) return;
  const { operate, watch } = keptPageTokens(run.directory);
  const here = openableUrl(url, host);
  const page = pageAddress(here, operate, run.runId);
  if (isTold) {
    note(`live page: ${page}\nto watch only: ${pageAddress(here, watch, run.runId)}`);
    const others = ANY.includes(host) ? addressesOf(machine()) : [];
    if (others.length > 0) note(`from other machines: ${others.join(' or ')} in place of ${HERE}`);
  }
  if (open) openInBrowser(page);
}

/** Nobody can open "all addresses". */
export function openableUrl(url: string, host: string): string {
  return ANY.includes(host) ? `http://${HERE}:${new URL(url).port}` : url;
}

function addressesOf(machine: ReturnType<typeof networkInterfaces>): string[] {
  const all = Object.values(machine).flatMap((addresses) => addresses ?? []);
  return all.filter(({ family, internal }) => family === 'IPv4' && !internal).map(({ address }) => address);
}
