/**
 * The account of a run's time, by two clocks. By the run's clock, which may be virtual: how long it has worked, the fault
 * plan's seconds. By the stopwatch, which is real: how long every phase and stage took and the run in all, for figures about
 * speed only; phases and stages leave pauses out. A restarted coordinator goes on with what its log says was spent.
 */
import type { RunResult } from '../core/run-result.ts';
import type { Clock } from '../net/clock.ts';
import type { RunPhase } from './run-state.ts';

export class RunTime {
  readonly #clock: Clock;
  readonly #stopwatch: () => number;
  readonly #phaseMs: Partial<Record<RunPhase, number>> = {};
  /** The clock when the run's time was 0; undefined until the first stage. */
  #begunAt: number | undefined;
  #startedAt: number;
  #stageStartedAt: number;
  #lastSpentAt: number;
  /** By the stopwatch. */
  #pausedAt: number | undefined;

  constructor(clock: Clock, stopwatch: () => number) {
    this.#clock = clock;
    this.#stopwatch = stopwatch;
    this.#startedAt = this.#stageStartedAt = this.#lastSpentAt = stopwatch();
  }

  get hasBegun(): boolean {
    return this.#begunAt !== undefined;
  }

  /** How long the run has worked: the fault plan's seconds. */
  get elapsedMs(): number {
    return this.#begunAt === undefined ? 0 : Math.max(0, this.#clock.now() - this.#begunAt);
  }

  get stageMs(): number {
    return this.#stopwatch() - this.#stageStartedAt;
  }

  get timings(): RunResult['timings'] {
    const { assembling, exploring, estimating, cooperating } = this.#phaseMs;
    const totalMs = this.#stopwatch() - this.#startedAt;
    return { startMs: assembling ?? 0, exploreMs: exploring ?? 0, estimateMs: estimating ?? 0, cooperateMs: cooperating ?? 0, totalMs };
  }

  begin(): void {
    this.#begunAt = this.#clock.now();
  }

  /** Returns when, by the stopwatch. */
  beginStage(at = this.#stopwatch()): number {
    this.#stageStartedAt = at;
    return at;
  }

  /** What passed since the last call went into this phase. */
  spend(phase: RunPhase): void {
    const now = this.#stopwatch();
    this.spent(phase, now - this.#lastSpentAt);
    this.#lastSpentAt = now;
  }

  spent(phase: RunPhase, ms: number): void {
    this.#phaseMs[phase] = (this.#phaseMs[phase] ?? 0) + ms;
  }

  /** Returns when, by the stopwatch. */
  setPaused(paused: boolean, at = this.#stopwatch()): number {
    const before = this.#pausedAt;
    this.#pausedAt = paused ? at : undefined;
    if (before === undefined) return at;
    const pausedSince = (from: number): number => Math.max(0, at - Math.max(before, from));
    this.#stageStartedAt += pausedSince(this.#stageStartedAt);
    this.#lastSpentAt += pausedSince(this.#lastSpentAt);
    return at;
  }

  /** The log was read: what it told of was before this process. */
  takeUp(): void {
    const before = Object.values(this.#phaseMs).reduce((sum, ms) => sum + ms, 0);
    this.#startedAt -= before;
    if (this.#begunAt !== undefined) this.#begunAt = this.#clock.now() - before;
  }
}
