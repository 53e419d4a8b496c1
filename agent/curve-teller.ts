/**
 * Which errors the coordinator has not been told yet, arm by arm, for its live curves. What is lost on the way leaves a
 * gap in them: a run's result has every point. A coordinator that is new is told from the beginning.
 */
import { curveIteration, isLivePoint } from '../core/arm-schedule.ts';
import type { ArmSchedule } from '../core/arm-schedule.ts';
import { LIMITS } from '../core/limits.ts';
import type { ArmErrors } from '../proto/messages.ts';

/** An arm's error curve as far as it is measured. */
export interface ErrorsSoFar {
  readonly arm: number;
  readonly epoch: number;
  readonly schedule: ArmSchedule;
  /** Of iteration 0 and every point after it. */
  readonly curve: ArrayLike<number>;
}

export class CurveTeller {
  /** Points that were told, by epoch. */
  readonly #told = new Map<number, number>();

  /** What is new in these arms; at most progressArmsMax of them. */
  next(arms: readonly ErrorsSoFar[]): ArmErrors[] {
    const untold = arms.filter(({ epoch, curve }) => curve.length > (this.#told.get(epoch) ?? 0)).slice(0, LIMITS.progressArmsMax);
    return untold.map((one) => this.#tell(one)).filter(({ iterations }) => iterations.length > 0);
  }

  startOver(): void {
    this.#told.clear();
  }

  #tell({ arm, epoch, schedule, curve }: ErrorsSoFar): ArmErrors {
    const from = this.#told.get(epoch) ?? 0;
    this.#told.set(epoch, curve.length);
    const points = Array.from({ length: curve.length - from }, (_, i) => from + i).filter((point) => isLivePoint(point, schedule));
    return { arm, epoch, iterations: points.map((point) => curveIteration(point, schedule)), errors: points.map((point) => curve[point]) };
  }
}
