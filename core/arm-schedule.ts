/** Which iterations of an arm are looked at. */
export interface ArmSchedule {
  readonly lastIteration: number;
  readonly every: number;
}

/** The steady error is taken over the last third. */
export function isSteady(iteration: number, { lastIteration }: ArmSchedule): boolean {
  return iteration > lastIteration - Math.max(1, Math.floor(lastIteration / 3));
}

/** Points of the error curve, after the one at iteration 0. */
export function isCurvePoint(iteration: number, { lastIteration, every }: ArmSchedule): boolean {
  return iteration % every === 0 || iteration === lastIteration;
}
