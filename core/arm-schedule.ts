/** Which iterations of an arm are looked at. */
import { LIMITS } from './limits.ts';

export interface ArmSchedule {
  readonly lastIteration: number;
  readonly every: number;
}

/** The steady error is taken over the last third. */
export function isSteady(iteration: number, { lastIteration }: ArmSchedule): boolean {
  return iteration > lastIteration - Math.max(1, Math.floor(lastIteration / 3));
}

/** Longer arms are looked at less often than asked. */
export function curveEvery(lastIteration: number, every: number): number {
  return Math.max(every, Math.ceil(lastIteration / LIMITS.curvePointsMax));
}

/** Points of the error curve, after the one at iteration 0. */
export function isCurvePoint(iteration: number, { lastIteration, every }: ArmSchedule): boolean {
  return iteration % every === 0 || iteration === lastIteration;
}

/** The iteration of a point of the curve, the one at iteration 0 included. */
export function curveIteration(point: number, { lastIteration, every }: ArmSchedule): number {
  return Math.min(point * every, lastIteration);
}

/** Points that are told while the arm goes on: the same at every agent, at most liveCurvePointsMax. */
export function isLivePoint(point: number, { lastIteration, every }: ArmSchedule): boolean {
  const last = Math.ceil(lastIteration / every);
  const stride = Math.max(1, Math.ceil(last / (LIMITS.liveCurvePointsMax - 2)));
  return point % stride === 0 || point === last;
}
