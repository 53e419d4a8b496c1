/**
 * What the compose file of one run makes on an engine - containers, networks, volumes: brought up, and taken down until
 * nothing is left. What the engine prints goes into a log of the run; should it fail, the last of it into the error too.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { KindredError } from '../core/errors.ts';
import { LIMITS } from '../core/limits.ts';
import { RUN_LABEL } from '../deploy/deployment.ts';
import type { Engine } from './engine.ts';
import type { RunFiles } from './run-files.ts';

export interface ComposeProjectOptions {
  readonly engine: Engine;
  readonly run: string;
  /** compose.yaml */
  readonly file: string;
  readonly files: RunFiles;
  /** What went wrong, when there is another try. */
  readonly onError: (error: unknown) => void;
}

const LOG = 'compose';

/** Of taking a project down. */
const ATTEMPTS_MAX = 5;

export class ComposeProject {
  readonly #options: ComposeProjectOptions;

  constructor(options: ComposeProjectOptions) {
    this.#options = options;
  }

  /** Throws ENGINE_FAILED, also when `signal` ended it. */
  async up(agents: number, signal: AbortSignal): Promise<void> {
    const { engine, run, file } = this.#options;
    await this.#logged((log) => engine.up(run, file, { agents, log, signal }));
  }

  /** Again and again, if need be: what was interrupted may go on for a moment in a busy engine. Throws ENGINE_FAILED. */
  async down(): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      await this.#tryDown();
      const left = await this.#remains();
      if (left.length === 0) return;
      if (attempt === ATTEMPTS_MAX)
        throw new KindredError('ENGINE_FAILED', `these are left, remove them by hand: ${left.join(', ')}`, { where: 'compose down' });
      await sleep(LIMITS.closeMs);
    }
  }

  /** For a process that is about to exit. */
  downNow(): void {
    this.#options.engine.downNow(this.#options.run, this.#options.file);
  }

  async #tryDown(): Promise<void> {
    const { engine, run, file, onError } = this.#options;
    await this.#logged((log) => engine.down(run, file, log)).catch(onError);
  }

  /** In words that the engine knows; all of it where the engine does not say. */
  async #remains(): Promise<string[]> {
    const { engine, run } = this.#options;
    try {
      return [...(await engine.containers(run)).map(({ id }) => id), ...(await engine.remains(run))];
    } catch {
      return [`whatever has the label ${RUN_LABEL}=${run}`];
    }
  }

  async #logged(work: (log: number) => Promise<void>): Promise<void> {
    const { files } = this.#options;
    try {
      await files.withLog(LOG, work);
    } catch (error) {
      if (!(error instanceof KindredError)) throw error;
      throw new KindredError(error.code, [error.detail, ...files.endOfLog(LOG)].join('\n'), { where: 'compose', cause: error });
    }
  }
}
