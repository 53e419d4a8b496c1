/** Gains of unrelated tasks, for solvers to disagree about. */
import { zeros, type Matrix } from '../../../../core/linalg/matrix.ts';
import { draw } from '../../../../core/random.ts';

export function randomGains(tasks: number, seed: number): Matrix {
  const out = zeros(tasks, tasks);
  const random = draw(seed, tasks, 'truth', 0);
  for (let i = 0; i < tasks; i++) for (let j = 0; j < tasks; j++) if (i !== j) out.data[i * tasks + j] = random.gaussian();
  return out;
}
