/**
 * Watches a process that says something every second: after supervisorSilenceMs without a word it hangs, or somebody
 * stopped it. As with links, this process's own lateness is no silence of the other, and what has come already is read first.
 */
import { LIMITS } from '../core/limits.ts';
import type { Clock } from '../net/clock.ts';

export interface SilenceWatchOptions {
  readonly clock: Clock;
  /** Asked at every look: it is not there, held on purpose, or too busy to speak. */
  readonly isExcused: () => boolean;
  readonly onSilent: () => void;
}

const LOOK_EVERY_MS = 1_000;

export class SilenceWatch {
  readonly #options: SilenceWatchOptions;
  #heardAt = 0;
  #lookedAt = 0;
  #cancel = (): void => {};
  #isOver = false;

  constructor(options: SilenceWatchOptions) {
    this.#options = options;
  }

  start(): void {
    this.#lookedAt = this.#heardAt = this.#options.clock.now();
    this.#arm();
  }

  heard(): void {
    this.#heardAt = this.#options.clock.now();
  }

  stop(): void {
    this.#isOver = true;
    this.#cancel();
  }

  #arm(): void {
    const { clock } = this.#options;
    this.#cancel = clock.setTimer(LOOK_EVERY_MS, () => clock.defer(() => this.#look()));
  }

  #look(): void {
    if (this.#isOver) return;
    const { clock, isExcused, onSilent } = this.#options;
    const now = clock.now();
    const lateMs = Math.max(0, now - this.#lookedAt - LOOK_EVERY_MS);
    this.#lookedAt = now;
    this.#heardAt = isExcused() ? now : Math.min(now, this.#heardAt + lateMs);
    this.#arm();
    if (now - this.#heardAt < LIMITS.supervisorSilenceMs) return;
    this.#heardAt = now;
    onSilent();
  }
}
