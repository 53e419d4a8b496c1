import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Matrix } from '../../../../core/linalg/matrix.ts';
import { cglSparse } from '../../../../core/relationship/cgl-sparse.ts';
import { cgl } from '../../../../core/relationship/cgl.ts';
import { laplacianEdges, relativeError } from '../../../../core/relationship/compare.ts';
import { spanningTree } from '../../../../core/relationship/spanning-tree.ts';
import { GOLDEN_ERRORS, goldenEstimates, learnFrom, REF } from './golden-estimates.ts';
import { groupedLaplacian, mean, noiseFor, noisyTasks } from './planted.ts';

const pairs = (l: Matrix): string[] => laplacianEdges(l).map(([i, j]) => `${i}-${j}`);
const codes = (found: readonly { code: string }[]): string[] => found.map(({ code }) => code);

/** 2 |found and true| / (|found| + |true|). */
function edgeScore(learned: Matrix, truth: Matrix): number {
  const [found, there] = [pairs(learned), pairs(truth)];
  return (2 * found.filter((pair) => there.includes(pair)).length) / (found.length + there.length);
}

test('exact estimates give L back, noise subtracted: no true edge is dropped (algorithms-1 section 4)', () => {
  for (const { noise } of [{ noise: 0 }, ...GOLDEN_ERRORS]) {
    const { relationship } = learnFrom(cglSparse, goldenEstimates(noise, 150), { kkt: 1e-8, noise });
    assert.ok(relativeError(relationship.laplacian, REF) < 1e-7);
    assert.deepEqual(pairs(relationship.laplacian), pairs(REF));
  }
});

test('from 40 dimensions per agent on it finds the edges and halves no accuracy (algorithms-1 section 1: F = 1.00 on REF, .987 at K = 30)', () => {
  for (const { truths, dimension, score } of [
    { truths: [1, 2, 3, 4, 5, 6].map(() => REF), dimension: 1500, score: 0.99 },
    { truths: [1, 2, 3, 4].map((seed) => groupedLaplacian(30, 1, seed)), dimension: 1500, score: 0.97 },
  ]) {
    const drawn = truths.map((truth, seed) => {
      const noise = noiseFor(0.2, truth);
      const w = noisyTasks(truth, dimension, noise, seed + 1);
      const [dense, sparse] = [cgl, cglSparse].map((estimator) => learnFrom(estimator, w, { noise }).relationship.laplacian);
      return { dense: relativeError(dense, truth), sparse: relativeError(sparse, truth), score: edgeScore(sparse, truth), scoreDense: edgeScore(dense, truth) };
    });
    const average = (key: keyof (typeof drawn)[number]): number => mean(drawn.map((one) => one[key]));
    assert.ok(average('score') >= score && average('scoreDense') < 0.85, `${average('score')} ${average('scoreDense')}`);
    assert.ok(average('sparse') < 0.92 * average('dense'), `${average('sparse')} ${average('dense')}`);
  }
});

test('below 40 dimensions per agent it is cgl, and says so', () => {
  const w = noisyTasks(REF, 399, 0.02, 5);
  const [dense, sparse] = [cgl, cglSparse].map((estimator) => learnFrom(estimator, w, { noise: 0.02 }));
  assert.deepEqual(sparse.relationship.laplacian.data, dense.relationship.laplacian.data);
  assert.match(sparse.diagnostics.find(({ code }) => code === 'TOO_FEW_DIMENSIONS_TO_DROP')!.message, /39\.9 dimensions per agent/);
  const enough = learnFrom(cglSparse, noisyTasks(REF, 400, 0.02, 5), { noise: 0.02 });
  assert.ok(codes(enough.diagnostics).includes('EDGES_DROPPED') && !codes(enough.diagnostics).includes('SPANNING_TREE_EDGES'));
});

test('what connects unrelated groups is kept by the spanning tree only, and is counted', () => {
  const truth = groupedLaplacian(12, 3, 4);
  // Means of the groups that differ: no null space, but no relation either.
  const w = noisyTasks(truth, 1200, 0.01, 4);
  const common = noisyTasks(REF, 1200, 1, 9);
  const group = Array.from({ length: 12 }, (_, k) => Math.min(...Array.from({ length: 12 }, (_, l) => l).filter((l) => l === k || reach(truth, k, l))));
  w.data.forEach((x, i) => (w.data[i] = x + 40 * common.data[(group[Math.floor(i / 1200)] % 10) * 1200 + (i % 1200)]));
  const { relationship, diagnostics } = learnFrom(cglSparse, w, { noise: 0.01 });
  assert.ok(diagnostics.find(({ code }) => code === 'SPANNING_TREE_EDGES')!.value! >= 1);
  assert.ok(pairs(relationship.laplacian).length < 40);
});

/** Whether a path of edges joins k and l. */
function reach(l: Matrix, from: number, to: number): boolean {
  const seen = new Set([from]);
  for (const k of seen) for (let j = 0; j < l.rows; j++) if (l.data[k * l.cols + j] < 0) seen.add(j);
  return seen.has(to);
}

test('a maximum spanning tree takes the heaviest edges that close no circle', () => {
  const edges = [
    [0, 1, 1],
    [1, 2, 3],
    [0, 2, 2],
    [2, 3, 0.5],
  ] as const;
  assert.deepEqual(
    spanningTree(4, edges).map(([k, l]) => [k, l]),
    [
      [1, 2],
      [0, 2],
      [2, 3],
    ],
  );
});
