/** `kindred watch RUN`: the live page's twin in a terminal. It only looks on: the run knows nothing of it, and goes on without. */
import { dirname, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { DEFAULTS } from '../config/defaults.ts';
import { isElsewhere } from '../coordinator/routes/runs.ts';
import type { Elsewhere } from '../coordinator/routes/forward.ts';
import { LIMITS } from '../core/limits.ts';
import { StoredSource } from './run-server.ts';
import { findRun } from './stored-runs.ts';
import type { StoredRun } from './stored-runs.ts';
import { describeTerminal } from './terminal.ts';
import type { Terminal } from './terminal.ts';
import { lineOf, screenOf } from './watch-text.ts';
import type { Watched } from './watch-text.ts';

const HELP = `
On a terminal the screen is redrawn every second, elsewhere a line is written every 5 s; --json writes what the live page
shows, one line a look. Ends with the run, and with Ctrl-C, which leaves the run alone. Exit code: as the run ended.

Example:
  $ kindred watch runs/paper-7`;

const SCREEN_EVERY_MS = 1_000;
const LINE_EVERY_MS = 5_000;
const EXITS: Readonly<Record<string, number>> = { completed: 0, 'completed-with-missing': 3, cancelled: 130 };

export function addWatchCommand(program: Command): void {
  program
    .command('watch')
    .summary('a run as it goes on, in the terminal')
    .description('Watch a run: phase, curves, the agents that need a look, links, faults, and whom it waits for.')
    .argument('<run>', 'a run id, the beginning of one, or a run directory')
    .option('--out <directory>', 'where the run directories are', DEFAULTS.outputDirectory)
    .option('--json', 'print JSON, one line a look')
    .addHelpText('after', HELP)
    .action(async (name: string, { out, json }: { out: string; json?: boolean }) => {
      const terminal = describeTerminal({ environment: process.env, stream: process.stdout, quiet: false });
      const look = lookAt(findRun(name, resolve(out)));
      const status = await watch({ look, terminal, json: json === true, stream: process.stdout, wait: (ms) => sleep(ms) });
      process.exitCode = EXITS[status] ?? 1;
    });
}

/** Undefined while the coordinator of a run that goes on does not answer. */
export type Look = () => Promise<Watched | undefined>;

export interface WatchOptions {
  readonly look: Look;
  readonly terminal: Terminal;
  readonly json: boolean;
  readonly stream: { write(text: string): unknown; readonly rows?: number };
  readonly wait: (ms: number) => Promise<unknown>;
}

/** Until the run is over; returns how it ended. */
export async function watch({ look, terminal, json, stream, wait }: WatchOptions): Promise<string> {
  const redraws = terminal.interactive && !json;
  let drawn = 0;
  let screen: readonly string[] = [];
  for (;;) {
    const view = await look();
    if (view !== undefined) screen = screenOf(view, terminal);
    if (redraws) drawn = redraw(stream, view === undefined ? [SILENT, ...screen] : screen, drawn);
    else if (view !== undefined) stream.write(`${json ? JSON.stringify(view) : lineOf(view)}\n`);
    else if (!json) stream.write(`${SILENT}\n`);
    if (view !== undefined && !view.live) return view.status;
    await wait(redraws ? SCREEN_EVERY_MS : LINE_EVERY_MS);
  }
}

const SILENT = 'the coordinator does not answer; it is asked again';

/** In place of the lines drawn before; how many there are now. What does not fit the window is left out: it could not be redrawn. */
function redraw(stream: WatchOptions['stream'], lines: readonly string[], before: number): number {
  const shown = lines.slice(0, Math.max(1, (stream.rows ?? Infinity) - 1));
  const back = before === 0 ? '' : `\u001b[${before}A\u001b[J`;
  stream.write(`${back}${shown.join('\n')}\n`);
  return shown.length;
}

/** By the coordinator's own answers while there is one, else from the run's directory. */
function lookAt({ directory, runId }: StoredRun): Look {
  const source = new StoredSource(dirname(directory));
  return async () => {
    const run = source.open(runId);
    return isElsewhere(run) ? ask(run, runId) : run.view();
  };
}

async function ask({ url, token }: Elsewhere, runId: string): Promise<Watched | undefined> {
  try {
    const headers = { authorization: `Bearer ${token('watch')}` };
    const response = await fetch(`${url}/api/runs/${runId}`, { headers, signal: AbortSignal.timeout(LIMITS.commandMs) });
    return response.ok ? ((await response.json()) as Watched) : undefined;
  } catch {
    return undefined;
  }
}
