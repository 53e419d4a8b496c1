/**
 * Which epoch an attempt at an arm is, and with which exchange it begins.
 *
 * 1. An epoch is one attempt at one arm, or at a trial of it. Numbers ascend and are never used twice in a run: what was
 *    broken off is never gone on with, and its late vectors are told from those of the next attempt.
 * 2. Agents count their exchanges alike while they all work on all arms. Where they may not have (an arm was broken off in
 *    the middle, somebody comes late, or who restarts cannot go through the past without one that is lost), the next
 *    epoch begins beyond every exchange that anybody can have counted.
 */
import { CHEBYSHEV_ROUNDS } from '../core/strategy/filter.ts';

export interface Epoch {
  readonly epoch: number;
  /** 0: everybody counts on. */
  readonly firstStep: number;
}

/** Of one iteration, unless more is said: every hop of a mean takes a step to the hub and one back. */
const STEPS_PER_ITERATION_MAX = 2 * CHEBYSHEV_ROUNDS;

export class Epochs {
  #epoch = 0;
  /** No agent has counted further. */
  #stepsMax = 0;
  #isApart = false;

  /** Agents may stand at different exchanges from now on. */
  part(): void {
    this.#isApart = true;
  }

  /** Every attempt asks once. */
  next(iterations: number, stepsPerIteration = STEPS_PER_ITERATION_MAX): Epoch {
    const firstStep = this.#isApart ? this.#stepsMax + 1 : 0;
    this.#isApart = false;
    this.#stepsMax += stepsPerIteration * iterations;
    return { epoch: ++this.#epoch, firstStep };
  }
}
