import assert from 'node:assert/strict';
import { test } from 'node:test';
import { laplacian, graphFromEdges } from '../../../../core/graph.ts';
import { fromRows } from '../../../../core/linalg/matrix.ts';
import { relationshipDifference } from '../../../../core/relationship/difference.ts';
import type { Relationship } from '../../../../core/relationship/relationship.ts';

function graph(...edges: [number, number, number][]): Relationship {
  const named = edges.map(([source, target, weight]) => ({ source, target, weight }));
  return { kind: 'precision', agents: 3, laplacian: laplacian(graphFromEdges(3, named)) };
}

function prior(variance: number): Relationship {
  return { kind: 'prior', agents: 3, prior: { mean: Float64Array.of(1), covariance: fromRows([[variance]]) } };
}

test('edges are gained, lost, changed or equal, the largest change first', () => {
  const { relativeDifference, edges } = relationshipDifference(graph([0, 1, 1], [1, 2, 2]), graph([0, 1, 1], [0, 2, 3], [1, 2, 0.5]));
  assert.deepEqual(edges, {
    unchanged: 1,
    gained: [{ agents: [0, 2], before: 0, after: 3 }],
    lost: [],
    changed: [{ agents: [1, 2], before: 2, after: 0.5 }],
  });
  // ||dL||^2 = 2 (3^2 + 1.5^2) + 3^2 + 1.5^2 + 1.5^2, ||L||^2 = 1 + 9 + 4 + 2 (1 + 4).
  assert.ok(Math.abs(relativeDifference - Math.sqrt((2 * 11.25 + 9 + 2.25 + 2.25) / 24)) < 1e-12);
  const back = relationshipDifference(graph([0, 1, 1], [0, 2, 3]), graph([0, 1, 1]));
  assert.deepEqual(back.edges?.lost, [{ agents: [0, 2], before: 3, after: 0 }]);
});

test('a prior has a distance and no edges; different kinds and sizes cannot be compared', () => {
  assert.deepEqual(relationshipDifference(prior(2), prior(3)), { kind: 'prior', relativeDifference: 0.5, edges: null });
  assert.throws(() => relationshipDifference(graph([0, 1, 1]), prior(1)), {
    code: 'RELATIONSHIPS_DIFFER',
    message: 'one is a precision, the other a prior',
  });
  const wider: Relationship = {
    kind: 'prior',
    agents: 3,
    prior: {
      mean: new Float64Array(2),
      covariance: fromRows([
        [1, 0],
        [0, 1],
      ]),
    },
  };
  assert.throws(() => relationshipDifference(prior(1), wider), { code: 'RELATIONSHIPS_DIFFER', message: 'one is of 1 parameters, the other of 2' });
});

test('a prior with a graph on top has edges; one of other agents cannot be compared', () => {
  const withGraph = { ...prior(2), laplacian: graph([0, 1, 1]).laplacian } as Relationship;
  assert.deepEqual(relationshipDifference(prior(2), withGraph), {
    kind: 'prior',
    relativeDifference: 0,
    edges: { unchanged: 0, gained: [{ agents: [0, 1], before: 0, after: 1 }], lost: [], changed: [] },
  });
  const more = { ...prior(2), agents: 4 };
  assert.equal(relationshipDifference(prior(2), more).edges, null);
  assert.throws(() => relationshipDifference(withGraph, more), { code: 'RELATIONSHIPS_DIFFER', message: 'one is about 3 agents, the other about 4' });
});
