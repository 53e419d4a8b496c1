/**
 * What a run says of tasks that move: the price of not knowing the relationship, and how long a change is felt.
 *
 * regret    mean over the recorded iterations of an arm's error less that of another arm on the same data
 * recovery  of an arm: steps from the change until its error stays within 10 % of its mean in the half before the change;
 *           of a relationship: until a version has made up three quarters of the leap that its error made at the change
 */
import type { ArmResult, RelationshipStep } from './run-result.ts';

const STRATEGY_ALONE = 'non-cooperative';
/** One point of a curve, the mean over all agents and coordinates, has a standard error of a few per cent. */
const TOLERANCE = 1.1;
const MADE_UP = 0.75;

/** Every arm with its regret, and where the graph changes at step `at`, its recovery. */
export function withDriftFigures(arms: readonly ArmResult[], at: number | undefined): ArmResult[] {
  const alone = arms.find(({ strategy }) => strategy === STRATEGY_ALONE);
  return arms.map((arm) => {
    const oracle = arms.find(
      ({ strategy, options, relationship }) => strategy === arm.strategy && relationship === 'known' && sameOptions(options, arm.options),
    );
    const regret = { oracle: meanExcess(arm, oracle), alone: meanExcess(arm, alone) };
    return { ...arm, regret, ...(at === undefined ? {} : { recoverySteps: recoveryOf(arm, at) }) };
  });
}

/** Defaults are filled in, in one order. */
function sameOptions(a: ArmResult['options'], b: ArmResult['options']): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** null where there is nothing to compare with. */
function meanExcess(arm: ArmResult, other: ArmResult | undefined): number | null {
  if (other === undefined || other === arm || arm.curve === null || other.curve?.error.length !== arm.curve.error.length) return null;
  const known = other.curve.error;
  // The first point is the start, the same in all arms.
  const excess = arm.curve.error.map((error, point) => error - known[point]).slice(1);
  return excess.reduce((sum, one) => sum + one, 0) / excess.length;
}

/** null where it has not recovered, or nothing was recorded before. */
function recoveryOf({ curve }: ArmResult, at: number): number | null {
  if (curve === null) return null;
  const before = curve.error.filter((_, point) => curve.iteration[point] >= at / 2 && curve.iteration[point] < at);
  if (before.length === 0) return null;
  const limit = (TOLERANCE * before.reduce((sum, error) => sum + error, 0)) / before.length;
  const last = curve.error.findLastIndex((error, point) => error > limit && curve.iteration[point] >= at);
  if (last < 0) return 0;
  return last === curve.error.length - 1 ? null : curve.iteration[last + 1] - at;
}

/** Steps from the change at step `at` until a version of the relationship is good again; null where none is. */
export function relationshipRecovery(course: readonly RelationshipStep[], at: number): number | null {
  const known = course.filter((one): one is RelationshipStep & { relativeError: number } => one.relativeError !== null);
  const before = known.filter(({ step }) => step >= at / 2 && step < at).map(({ relativeError }) => relativeError);
  const after = known.filter(({ step }) => step >= at);
  if (before.length === 0 || after.length === 0) return null;
  const usual = before.reduce((sum, error) => sum + error, 0) / before.length;
  const worst = Math.max(...after.map(({ relativeError }) => relativeError));
  const limit = worst - MADE_UP * (worst - usual);
  const leap = after.findIndex(({ relativeError }) => relativeError === worst);
  const recovered = after.slice(leap).find(({ relativeError }) => relativeError <= limit);
  return recovered === undefined ? null : recovered.step - at;
}
