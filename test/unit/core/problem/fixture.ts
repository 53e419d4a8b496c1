/** Small seeded tables. */
import { draw } from '../../../../core/random.ts';
import type { Rows } from '../../../../core/problem/rows.ts';

/** Gaussian features; targets follow a linear model with an intercept of 1, as numbers or as labels. */
export function someRows(count: number, features: number, seed: number, labels = false): Rows {
  const random = draw(seed, 0, 'truth', 0);
  const x = new Float64Array(count * features);
  const slopes = new Float64Array(features);
  random.fillGaussian(slopes);
  random.fillGaussian(x);
  const y = Float64Array.from({ length: count }, (_, i) => {
    const signal = 1 + slopes.reduce((sum, slope, j) => sum + slope * x[i * features + j], 0);
    return labels ? Number(signal + 2 * random.gaussian() > 0) : signal + 0.5 * random.gaussian();
  });
  return { count, features, x, y };
}

/** All rows but row i. */
export function without(rows: Rows, i: number): Rows {
  const d = rows.features;
  return {
    count: rows.count - 1,
    features: d,
    x: rows.x.filter((_, at) => Math.floor(at / d) !== i),
    y: rows.y.filter((_, at) => at !== i),
  };
}

export function relativeDifference(a: number, b: number): number {
  return Math.abs(a - b) / Math.max(Math.abs(a), Math.abs(b), Number.MIN_VALUE);
}
