/**
 * How long a coordinator that is followed over HTTP has said nothing. One that the plan killed is away, not silent, until
 * it was told to start again: from then on it has the whole time once more, and a start that fails is noticed.
 */
import { LIMITS } from '../core/limits.ts';
import type { Clock } from '../net/clock.ts';

export class CoordinatorSilence {
  readonly #clock: Pick<Clock, 'now'>;
  /** Undefined before it was heard for the first time: joining has a deadline of its own. */
  #since: number | undefined;
  #isAway = false;

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
  }

  get isAway(): boolean {
    return this.#isAway;
  }

  heard(): void {
    this.#since = this.#clock.now();
  }

  /** Killed by plan. */
  left(): void {
    this.#isAway = true;
  }

  /** Told to start again. */
  returns(): void {
    this.#isAway = false;
    if (this.#since !== undefined) this.heard();
  }

  /** Whether it is time to look for it; then not again for as long. */
  isDue(): boolean {
    if (this.#since === undefined || this.#isAway || this.#clock.now() - this.#since < LIMITS.supervisorSilenceMs) return false;
    this.heard();
    return true;
  }
}
