/** What `kindred doctor` looks at. Every check ends in a state, what was found, and a hint where something is to be done. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { availableParallelism, freemem, totalmem } from 'node:os';
import { delimiter, join } from 'node:path';
import { KindredError } from '../core/errors.ts';
import { LIMITS } from '../core/limits.ts';
import { Engine } from './engine.ts';
import { ownFolder } from './own-package.ts';
import { formatBytes } from './table.ts';

export interface MachineCheck {
  readonly name: string;
  /** lacks: some of what Kindred does needs it; fails: nothing runs without. */
  readonly state: 'ok' | 'lacks' | 'fails';
  readonly found: string;
  /** Empty where there is nothing to do. */
  readonly hint: string;
}

const DEMO_AGENTS = 10;
/** One agent's process, measured: 60 MB resident, rounded up. */
const AGENT_BYTES = 80e6;
/** An agent's links, log and checkpoints; a coordinator has one link for each agent. */
const FILES_WANTED = 1_024;
const CLOCK_YEAR_MIN = 2025;
const TIMER_MS = 20;
const TIMER_LATE_MS = 50;

export async function checkMachine(): Promise<MachineCheck[]> {
  return [
    nodeCheck(process.versions.node, wantedNode()),
    coresCheck(availableParallelism()),
    memoryCheck(availableMemory(), totalmem()),
    await loopbackCheck(),
    filesCheck(openFilesMax()),
    diskCheck(process.cwd()),
    await clockCheck(),
    await engineCheck(),
    browserCheck(browser()),
  ];
}

function ok(name: string, found: string): MachineCheck {
  return { name, state: 'ok', found, hint: '' };
}

/** As package.json says. */
function wantedNode(): string {
  const { engines } = JSON.parse(readFileSync(join(ownFolder(), 'package.json'), 'utf8')) as { engines: { node: string } };
  return engines.node.replace(/^>=\s*/, '');
}

export function nodeCheck(version: string, wanted: string): MachineCheck {
  const found = `${version}, ${wanted} or newer is needed`;
  if (isAtLeast(version, wanted)) return ok('Node.js', version);
  return { name: 'Node.js', state: 'fails', found, hint: 'install a newer Node.js' };
}

function isAtLeast(version: string, wanted: string): boolean {
  const [have, need] = [version, wanted].map((text) => text.split('.').map(Number));
  const at = need.findIndex((part, i) => part !== have[i]);
  return at < 0 || have[at] > need[at];
}

export function coresCheck(cores: number): MachineCheck {
  if (cores >= 2) return ok('cores', String(cores));
  return { name: 'cores', state: 'lacks', found: '1', hint: 'runs work, and take longer: use --mode simulated, or --agents-per-process' };
}

export function memoryCheck(available: number, total: number): MachineCheck {
  const found = `${formatBytes(available)} of ${formatBytes(total)} available, for about ${Math.floor(available / AGENT_BYTES)} agents as processes`;
  if (available >= DEMO_AGENTS * AGENT_BYTES) return ok('memory', found);
  return { name: 'memory', state: 'lacks', found, hint: 'the demo starts ten processes: free memory, or use --mode simulated' };
}

/** What can be had without swapping: free memory alone leaves out what the system only keeps in store. */
function availableMemory(): number {
  const said = existsSync('/proc/meminfo') ? /^MemAvailable:\s+(\d+) kB/m.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1] : undefined;
  return said === undefined ? freemem() : Number(said) * 1024;
}

/** Coordinator and agents listen on ports that the system chooses. */
async function loopbackCheck(): Promise<MachineCheck> {
  const server = createServer((socket) => socket.end());
  try {
    const port = await new Promise<number>((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
    });
    return ok('loopback', `127.0.0.1:${port} could be listened on`);
  } catch (error) {
    return { name: 'loopback', state: 'fails', found: wordsOf(error), hint: 'processes of a run talk over 127.0.0.1: allow it, or use --mode simulated' };
  } finally {
    server.close();
  }
}

export function filesCheck(limit: number | undefined): MachineCheck {
  if (limit === undefined) return ok('open files', 'this system does not tell its limit');
  const found = `at most ${limit === Infinity ? 'as many as wanted' : limit} in a process`;
  if (limit >= FILES_WANTED) return ok('open files', found);
  return { name: 'open files', state: 'lacks', found, hint: `large runs need more: ulimit -n ${FILES_WANTED}` };
}

/** Undefined where the system does not say. */
function openFilesMax(): number | undefined {
  const text = existsSync('/proc/self/limits') ? readFileSync('/proc/self/limits', 'utf8') : '';
  const soft = /^Max open files\s+(\S+)/m.exec(text)?.[1];
  return soft === undefined ? undefined : soft === 'unlimited' ? Infinity : Number(soft);
}

function diskCheck(directory: string): MachineCheck {
  try {
    const probe = mkdtempSync(join(directory, '.kindred-doctor-'));
    writeFileSync(join(probe, 'probe'), 'probe');
    rmSync(probe, { recursive: true });
    return ok('this directory', `${directory} may be written: runs/ is made in it`);
  } catch (error) {
    return { name: 'this directory', state: 'lacks', found: wordsOf(error), hint: 'runs are kept below it: go to another one, or give --out DIR' };
  }
}

/** The date, and whether timers are kept: heartbeats depend on them. */
async function clockCheck(): Promise<MachineCheck> {
  const begun = performance.now();
  await new Promise((resolve) => setTimeout(resolve, TIMER_MS));
  const lateMs = performance.now() - begun - TIMER_MS;
  const date = new Date();
  const found = `${date.toISOString()}, timers are ${Math.max(0, lateMs).toFixed(1)} ms late`;
  if (date.getUTCFullYear() < CLOCK_YEAR_MIN) return { name: 'clock', state: 'lacks', found, hint: 'run ids and logs carry the date: set the clock' };
  if (lateMs <= TIMER_LATE_MS) return ok('clock', found);
  return { name: 'clock', state: 'lacks', found, hint: `the machine is busy: links may be cut after ${LIMITS.lostMs} ms of silence and dialled again` };
}

async function engineCheck(): Promise<MachineCheck> {
  try {
    const { version } = await Engine.find();
    return ok('container engine', version);
  } catch (error) {
    if (!(error instanceof KindredError)) throw error;
    return { name: 'container engine', state: 'lacks', found: `${error.detail}; --mode compose needs one, nothing else does`, hint: error.hint };
  }
}

const BROWSERS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'firefox'];

function browser(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return BROWSERS.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) => existsSync(path));
}

export function browserCheck(path: string | undefined): MachineCheck {
  if (path !== undefined) return ok('browser', path);
  const hint = 'figures and tables need none; open report.html with the browser of another machine';
  return { name: 'browser', state: 'lacks', found: 'none found on the path; only the live page and the browser tests need one', hint };
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
