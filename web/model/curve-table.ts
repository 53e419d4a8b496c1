/** Curves as the columns of one plot: a measured line each, and where there is theory a dotted one. A log axis knows no zero. */
import type { CurveView } from '../../core/run-view.ts';
import { isNumber } from '../../figures/format.ts';

export interface Line {
  readonly curve: number;
  readonly predicted: boolean;
  readonly x: readonly number[];
  readonly y: readonly (number | null)[];
}

/** In the order they are drawn: theory first, so that the measured lines lie on top. */
export function linesOf(curves: readonly CurveView[]): Line[] {
  const last = Math.max(1, ...curves.map(({ iteration }) => iteration.at(-1) ?? 0));
  const measured = curves.map((curve, i): Line => ({ curve: i, predicted: false, x: curve.iteration, y: curve.error.map(positive) }));
  const theory = curves.flatMap((curve, i): Line[] => predictedLine(curve, i, last));
  return [...measured, ...theory];
}

/** Theory's curve, else the steady state that it predicts as a level. */
function predictedLine({ iteration, predicted, predictedError }: CurveView, curve: number, last: number): Line[] {
  if (predicted !== null) return [{ curve, predicted: true, x: iteration, y: predicted.map(positive) }];
  if (!isNumber(predictedError) || predictedError <= 0) return [];
  return [{ curve, predicted: true, x: [0, last], y: [predictedError, predictedError] }];
}

function positive(value: number): number | null {
  return value > 0 && Number.isFinite(value) ? value : null;
}

/** The value measured at an iteration, or at the last one before it. */
export function valueAt({ iteration, error }: CurveView, at: number | null): number | null {
  if (iteration.length === 0) return null;
  if (at === null) return error.at(-1) ?? null;
  const place = iteration.findLastIndex((one) => one <= at);
  return place < 0 ? null : error[place];
}
