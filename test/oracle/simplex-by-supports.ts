/** min theta' G theta over the simplex by trying every support: the best that is feasible. 2^d solutions, no cleverness. */
import { cholesky, choleskySolve } from '../../core/linalg/cholesky.ts';
import { zeros, type Matrix } from '../../core/linalg/matrix.ts';

export function simplexBySupports(gram: Matrix): { theta: number[]; variance: number } {
  const d = gram.rows;
  let best = { theta: [] as number[], variance: Infinity };
  for (let support = 1; support < 2 ** d; support++) {
    const on = Array.from({ length: d }, (_, l) => l).filter((l) => ((support >> l) & 1) === 1);
    const part = zeros(on.length, on.length);
    on.forEach((l, i) => on.forEach((m, j) => (part.data[i * on.length + j] = gram.data[l * d + m])));
    const x = new Float64Array(on.length).fill(1);
    choleskySolve(cholesky(part)!, x, x);
    const total = x.reduce((sum, value) => sum + value, 0);
    if (x.some((value) => value < 0) || 1 / total >= best.variance) continue;
    best = { theta: Array.from({ length: d }, (_, l) => (on.includes(l) ? x[on.indexOf(l)] / total : 0)), variance: 1 / total };
  }
  return best;
}
