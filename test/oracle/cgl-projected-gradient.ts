/** CGL by dense projected gradient with backtracking: min over w >= 0 of sum w s - log det(L(w) + 11'/K). Slow, no cleverness. */
import { cholesky, choleskyInverse } from '../../core/linalg/cholesky.ts';
import { zeros, type Matrix } from '../../core/linalg/matrix.ts';

export function cglByProjectedGradient(distances: Matrix, steps: number): Matrix {
  const n = distances.rows;
  const pairs = Array.from({ length: n }, (_, i) => Array.from({ length: i }, (_, j) => [i, j] as const)).flat();
  const s = pairs.map(([i, j]) => distances.data[i * n + j]);
  let w = s.map((value) => (n - 1) / pairs.length / value);
  let step = 1;
  for (let t = 0; t < steps; t++) {
    const p = choleskyInverse(cholesky(anchored(n, pairs, w))!);
    const gradient = pairs.map(([i, j], e) => s[e] - (p.data[i * n + i] + p.data[j * n + j] - 2 * p.data[i * n + j]));
    const move = (): number[] => w.map((value, e) => Math.max(0, value - step * gradient[e]));
    step *= 2;
    while (cost(n, pairs, move(), s) > cost(n, pairs, w, s) - sufficient(w, move(), gradient)) step /= 2;
    w = move();
  }
  const out = anchored(n, pairs, w);
  out.data.forEach((_, i) => (out.data[i] -= 1 / n));
  return out;
}

function sufficient(w: number[], next: number[], gradient: number[]): number {
  return (
    0.1 *
    Math.max(
      0,
      w.reduce((sum, value, e) => sum + gradient[e] * (value - next[e]), 0),
    )
  );
}

function anchored(n: number, pairs: readonly (readonly [number, number])[], w: readonly number[]): Matrix {
  const out = zeros(n, n);
  out.data.fill(1 / n);
  pairs.forEach(([i, j], e) => {
    out.data[i * n + j] = out.data[j * n + i] -= w[e];
    out.data[i * n + i] += w[e];
    out.data[j * n + j] += w[e];
  });
  return out;
}

function cost(n: number, pairs: readonly (readonly [number, number])[], w: readonly number[], s: readonly number[]): number {
  const factor = cholesky(anchored(n, pairs, w));
  if (!factor) return Infinity;
  let logDet = 0;
  for (let i = 0; i < n; i++) logDet += 2 * Math.log(factor.data[i * n + i]);
  return w.reduce((sum, value, e) => sum + value * s[e], 0) - logDet;
}
