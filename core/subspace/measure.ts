/** How far a subspace is from another: sub = ||(I - B B') A||_F^2 / k, B and A orthonormal (d x k). 0: the same, 1: orthogonal. */
import { multiply, transpose, type Matrix } from '../linalg/matrix.ts';

/** What of A is outside of the span of B; by the residual itself, since k - ||B'A||^2 would end at rounding. */
export function subspaceDistance(b: Matrix, a: Matrix): number {
  const inside = multiply(b, multiply(transpose(b), a));
  let sum = 0;
  for (let i = 0; i < a.data.length; i++) sum += (a.data[i] - inside.data[i]) ** 2;
  return sum / a.cols;
}
