/** Processes that say when they are ready and then stay until they are ended. Only own children are ended, and all of them. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';

export interface ReadyProcess {
  readonly pid: number;
  readonly end: () => Promise<void>;
}

const READY_MS = 120_000;

export class ReadyProcesses {
  readonly #word: string;
  readonly #env: NodeJS.ProcessEnv;
  readonly #alive = new Set<ChildProcess>();

  /** A process is ready when it has printed this word. */
  constructor(word: string, env: NodeJS.ProcessEnv = process.env) {
    this.#word = word;
    this.#env = env;
  }

  /** Rejects when it ends, or is not ready in time. */
  start(args: readonly string[], node: string = process.execPath): Promise<ReadyProcess> {
    const child = spawn(node, args, { stdio: ['ignore', 'pipe', 'inherit'], env: this.#env });
    this.#alive.add(child);
    return new Promise((resolve, reject) => {
      const fail = (why: string): void => reject(new Error(`${args.join(' ')} ${why}`));
      const deadline = setTimeout(() => fail(`was not ready within ${READY_MS / 1_000} s`), READY_MS);
      let said = '';
      child.stdout.setEncoding('utf8').on('data', (part: string) => {
        said += part;
        if (!said.includes(this.#word)) return;
        clearTimeout(deadline);
        resolve({ pid: child.pid!, end: () => end(child) });
      });
      child.on('error', reject);
      child.on('close', () => {
        this.#alive.delete(child);
        clearTimeout(deadline);
        fail(`ended before it was ready: ${said}`);
      });
    });
  }

  async endAll(): Promise<void> {
    await Promise.all([...this.#alive].map(end));
  }
}

function end(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return resolve();
    child.once('close', () => resolve());
    child.kill('SIGKILL');
  });
}
