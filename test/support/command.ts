/** The command line as a process of its own, for tests that end it. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { experimentFileText } from '../../cli/experiment-file.ts';
import { programOf } from '../../cli/programs.ts';
import type { Experiment } from '../../config/experiment.ts';
import { output } from './experiments.ts';

const MAIN = programOf('cli');

export interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Command {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** When it says so, on stderr or stdout; rejects when it ended without. */
  said(pattern: RegExp): Promise<void>;
}

export function kindred(...args: readonly string[]): Command {
  return kindredIn({}, ...args);
}

/** With other variables in its environment. */
export function kindredIn(environment: Readonly<Record<string, string>>, ...args: readonly string[]): Command {
  return kindredAt(output, environment, ...args);
}

/** In this folder. */
export function kindredAt(cwd: string, environment: Readonly<Record<string, string>>, ...args: readonly string[]): Command {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'], cwd, env: { ...process.env, ...environment } });
  const lines: string[] = [];
  let stdout = '';
  const listeners = new Set<() => void>();
  const tell = (): void => listeners.forEach((listener) => listener());
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    stdout += part;
    tell();
  });
  createInterface({ input: child.stderr }).on('line', (line) => {
    lines.push(line);
    tell();
  });
  const closed = once(child, 'close') as Promise<[number | null, string | null]>;
  const ended = closed.then(([code, signal]) => ({ code, signal, stdout, stderr: lines.join('\n') }));
  const said = (pattern: RegExp): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (!pattern.test(stdout) && !lines.some((line) => pattern.test(line))) return;
        listeners.delete(look);
        resolve();
      };
      listeners.add(look);
      look();
      void ended.then(({ code, stderr }) => reject(new Error(`ended with ${code} and never said ${pattern}:\n${stderr}`)));
    });
  return { child, ended, said };
}

/** An experiment as a file, with an output directory of its own. */
export function experimentFile(experiment: Experiment): { readonly file: string; readonly directory: string } {
  const directory = mkdtempSync(join(output, 'runs-'));
  const file = join(directory, 'experiment.yaml');
  writeFileSync(file, experimentFileText({ ...experiment, output: { ...experiment.output, directory } }));
  return { file, directory };
}

/** The only run in a directory of runs. */
export function onlyRun(directory: string): string {
  const [run, ...others] = readdirSync(directory, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  if (run === undefined || others.length > 0) throw new Error(`there is no run, or more than one, in ${directory}`);
  return join(directory, run.name);
}
