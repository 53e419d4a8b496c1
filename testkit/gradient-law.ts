/** A gradient held against central differences of its loss, coordinate by coordinate, at several points. */
import { draw } from '../core/random.ts';
import type { Verdict } from './law-result.ts';
import { slopes } from './problem-laws.ts';

/** Relative to the largest slope: what central differences cannot tell from a wrong gradient. */
const TOLERANCE = 1e-5;
const SPREAD = 0.3;
/** Where learning begins, and near it. Then as far as learned parameters of standardised features go, in every coordinate. */
const NEAR = 3;
const POINTS = 5;
const FAR = 2;
/** Central differences of h = 2^-17 and more: what rounding of the loss makes of a slope, for a loss of one. */
const ROUNDING = 2 ** -34;

export interface Slope {
  readonly dimension: number;
  loss(w: Float64Array): number;
  gradient(w: Float64Array): Float64Array;
}

/** Names the worst coordinate, with both values. */
export function gradientVerdict(of: Slope): Verdict {
  let worst = { share: -1, detail: '' };
  for (let which = 0; which < POINTS; which++) {
    const w = pointOf(of.dimension, which);
    const [analytic, numeric] = [of.gradient(w), slopes((at) => of.loss(at), w)];
    // Far out an exponential may overflow, and learning does not go there.
    if (which >= NEAR && !numeric.every(Number.isFinite)) continue;
    const scale = numeric.reduce((most, x) => Math.max(most, Math.abs(x)), Math.max(1e-300, (ROUNDING * Math.abs(of.loss(w))) / TOLERANCE));
    analytic.forEach((value, m) => {
      const difference = Math.abs(value - numeric[m]) / scale;
      const share = Number.isNaN(difference) ? Infinity : difference;
      if (share > worst.share) worst = { share, detail: `coordinate ${m}: the gradient says ${shown(value)}, differences of the loss ${shown(numeric[m])}` };
    });
  }
  return { passed: worst.share <= TOLERANCE, detail: worst.detail };
}

/** Where learning begins, w = 0, and elsewhere, further and further. */
export function pointOf(dimension: number, which: number): Float64Array {
  const w = new Float64Array(dimension);
  if (which > 0) draw(1, which, 'jitter', 0).fillGaussian(w);
  return w.map((value) => (which < NEAR ? SPREAD * value : FAR * Math.sign(value) + value));
}

/** `write` fills in what it is given, which was NaN. */
export function writtenVerdict(dimension: number, write: (out: Float64Array) => void): Verdict {
  const out = new Float64Array(dimension).fill(NaN);
  write(out);
  const missing = out.findIndex((value) => Number.isNaN(value));
  return { passed: missing < 0, detail: missing < 0 ? `${out.length} entries` : `coordinate ${missing} was left as it was, or is NaN` };
}

function shown(value: number): string {
  return String(Number(value.toPrecision(7)));
}
