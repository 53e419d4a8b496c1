/** Noisy estimates of planted tasks: W = Wo + sqrt(n) N, Wo of a known graph. */
import { buildGraph, graphFromEdges, laplacian, type Edge } from '../../../../core/graph.ts';
import { copy, trace, type Matrix } from '../../../../core/linalg/matrix.ts';
import { complementSpectrum, mapSpectrum } from '../../../../core/linalg/ones-complement.ts';
import { sampleTruth } from '../../../../core/problem/gmrf-regression.ts';
import { draw } from '../../../../core/random.ts';
import { REF } from './golden-estimates.ts';

/** REF with every third edge of negative sign, lifted on 1-perp until it is positive definite there. */
export function signedTruth(): Matrix {
  const l = copy(REF);
  let edge = 0;
  for (let i = 0; i < 10; i++) {
    for (let j = i + 1; j < 10; j++) {
      if (REF.data[10 * i + j] === 0 || edge++ % 3 > 0) continue;
      const flipped = 2 * REF.data[10 * i + j];
      for (const [at, sign] of [
        [10 * i + j, -1],
        [10 * j + i, -1],
        [11 * i, 1],
        [11 * j, 1],
      ] as const)
        l.data[at] += sign * flipped;
    }
  }
  const spectrum = complementSpectrum(l);
  const lift = 1 - spectrum.values[0];
  return mapSpectrum(spectrum, (value) => value + lift);
}

/** Tasks with precision `l` on 1-perp, which need not be a graph's. */
export function signedTasks(l: Matrix, dimension: number, noise: number, seed: number): Matrix {
  const root = mapSpectrum(complementSpectrum(l), (value) => 1 / Math.sqrt(value));
  const random = draw(seed, 1, 'jitter', 0);
  const w = { rows: 10, cols: dimension, data: new Float64Array(10 * dimension) };
  for (let m = 0; m < dimension; m++) {
    const z = Array.from({ length: 10 }, () => random.gaussian());
    for (let k = 0; k < 10; k++)
      w.data[k * dimension + m] = z.reduce((sum, x, l0) => sum + root.data[10 * k + l0] * x, 0) + Math.sqrt(noise) * random.gaussian();
  }
  return w;
}

/** n at which n times the mean positive eigenvalue is `product`, for a Laplacian with `components` zero eigenvalues. */
export function noiseFor(product: number, l: Matrix, components = 1): number {
  return (product * (l.rows - components)) / trace(l);
}

/** K agents in c equal groups, an Erdos-Renyi graph each (mean degree 3 to 4), weights U(.5, 1.5), agents mixed up. */
export function groupedLaplacian(agents: number, groups: number, seed: number): Matrix {
  const size = agents / groups;
  const random = draw(seed, 0, 'graph', 1_000);
  const place = draw(seed, 0, 'permutation', 1_000).derangement(agents);
  const edges: Edge[] = [];
  for (let group = 0; group < groups; group++) {
    for (const { source, target } of buildGraph('erdos-renyi', size, seed * 10 + group).edges)
      edges.push({ source: place[group * size + source], target: place[group * size + target], weight: 0.5 + random.uniform() });
  }
  return laplacian(graphFromEdges(agents, edges));
}

export function noisyTasks(l: Matrix, dimension: number, noise: number | ArrayLike<number>, seed: number, purpose = 0): Matrix {
  const w = copy(sampleTruth(l, dimension, seed));
  const random = draw(seed, 0, 'jitter', purpose);
  const deviation = (k: number): number => Math.sqrt(typeof noise === 'number' ? noise : noise[k]);
  w.data.forEach((x, i) => (w.data[i] = x + deviation(Math.floor(i / dimension)) * random.gaussian()));
  return w;
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, x) => sum + x, 0) / values.length;
}

/** Of the mean. */
export function standardError(values: readonly number[]): number {
  const centre = mean(values);
  return Math.sqrt(mean(values.map((x) => (x - centre) ** 2)) / (values.length - 1));
}
