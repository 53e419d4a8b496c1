/**
 * Follows a coordinator that is no child of this process: asks it again and again how far the run is (GET /api/runs/ID/faults).
 * It may be away, restart and answer at another address.
 */
import type { FaultsNow } from '../coordinator/routes/runs.ts';
import { LIMITS } from '../core/limits.ts';
import type { Clock } from '../net/clock.ts';

export interface FollowerOptions {
  readonly run: string;
  readonly clock: Clock;
  /** Where it answers now; undefined while nobody knows. */
  readonly url: () => string | undefined;
  /** Of who watches. */
  readonly token: () => string;
  /** Of every look; undefined where it did not answer. */
  readonly onLook: (answer: FaultsNow | undefined) => void;
  /** Runs what an answer brings about; errors in it are the supervisor's. */
  readonly guarded: (action: () => void) => void;
}

export class Follower {
  readonly #options: FollowerOptions;
  #cancel = (): void => {};
  #isOver = false;

  constructor(options: FollowerOptions) {
    this.#options = options;
  }

  start(): void {
    void this.#look();
  }

  stop(): void {
    this.#isOver = true;
    this.#cancel();
  }

  async #look(): Promise<void> {
    const { clock, url, onLook, guarded } = this.#options;
    const where = url();
    const answer = where === undefined ? undefined : await this.#ask(where);
    if (this.#isOver) return;
    guarded(() => onLook(answer));
    this.#cancel = clock.setTimer(LIMITS.followMs, () => void this.#look());
  }

  /** Undefined where it does not answer, or says nothing that can be used: it is asked again. */
  async #ask(url: string): Promise<FaultsNow | undefined> {
    try {
      const headers = { authorization: `Bearer ${this.#options.token()}` };
      const response = await fetch(`${url}/api/runs/${this.#options.run}/faults`, { headers, signal: AbortSignal.timeout(LIMITS.followAnswerMs) });
      return response.ok ? ((await response.json()) as FaultsNow) : undefined;
    } catch {
      return undefined;
    }
  }
}
