import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildGraph, laplacian } from '../../../core/graph.ts';
import { fromRows, toRows } from '../../../core/linalg/matrix.ts';
import { completeStrength, filterSpectrumMax, laplacianViews, linksOf, meanViews, restrictToLinks } from '../../../coordinator/views.ts';

const L = fromRows([
  [3, -1, -2],
  [-1, 1, 0],
  [-2, 0, 2],
]);

test('an agent gets its own row and nothing of the others', () => {
  assert.deepEqual(laplacianViews(L)[1], { kind: 'edges', neighbours: [0], weights: [1], strength: 0, hub: 0 });
  assert.deepEqual(laplacianViews(L)[0].weights, [1, 2]);
});

test('an isolated agent has nobody to talk to', () => {
  const isolated = laplacianViews(fromRows([[0, 0, 0], [0, 1, -1], [0, -1, 1]])); // prettier-ignore
  assert.deepEqual(isolated[0].neighbours, []);
});

test('links are the pairs of all arms, once each; a mean needs the hub only', () => {
  assert.deepEqual(linksOf([laplacianViews(L), laplacianViews(L)]), [
    [0, 1],
    [0, 2],
  ]);
  assert.deepEqual(linksOf([meanViews(4, 1)]), [
    [0, 1],
    [0, 2],
    [0, 3],
  ]);
});

test('the complete graph has the trace of the relationship it controls', () => {
  assert.equal(completeStrength(L), 3);
});

test('edges that are no links are left out, the diagonal rebuilt, and listed', () => {
  const { laplacian: kept, dropped } = restrictToLinks(L, new Set(['0-1']));
  assert.deepEqual(toRows(kept), [
    [1, -1, 0],
    [-1, 1, 0],
    [0, 0, 0],
  ]);
  assert.deepEqual(dropped, [[0, 2]]);
});

test('the spectrum bound of the filter holds on the reference graph', () => {
  const reference = laplacian(buildGraph('reference', 10, 1));
  const noise = Array.from({ length: 10 }, () => 0.25);
  // lambda max of REF is 7.6183 (algorithms-1 section 2).
  assert.ok(filterSpectrumMax(reference, noise) >= 1 + 0.25 * 7.6183);
});
