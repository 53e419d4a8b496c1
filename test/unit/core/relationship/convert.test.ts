/** Conversions between kinds of relationship: formulas, round trips, and a refusal for every other pair. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { cholesky, choleskyInverse } from '../../../../core/linalg/cholesky.ts';
import { combine, fromRows, identity, zeros, type Matrix } from '../../../../core/linalg/matrix.ts';
import { laplacianPseudoInverse } from '../../../../core/linalg/ones-complement.ts';
import { Random } from '../../../../core/random.ts';
import { relativeError, weightedLaplacian } from '../../../../core/relationship/compare.ts';
import { convert, CONVERSIONS, type RelationshipKind } from '../../../../core/relationship/convert.ts';
import { blockLaplacian } from '../../../../core/relationship/groups.ts';
import { kindFormat, RELATIONSHIP_KINDS } from '../../../../core/relationship/kinds.ts';
import type { Relationship } from '../../../../core/relationship/relationship.ts';

const K = 5;
const RING = weightedLaplacian(K, [
  [0, 1, 1],
  [1, 2, 2],
  [2, 3, 1],
  [3, 4, 0.5],
  [0, 4, 1],
]);
const GROUPS = [
  [0, 1, 2],
  [3, 4],
];

const covariance = (omega: Matrix): Relationship => ({ kind: 'covariance', agents: omega.rows, covariance: omega });
const precision = (laplacian: Matrix): Relationship => ({ kind: 'precision', agents: laplacian.rows, laplacian });

const EXAMPLES: { readonly [kind in RelationshipKind]: Relationship } = {
  precision: precision(RING),
  covariance: covariance(drawnCovariance(K, 3)),
  groups: { kind: 'groups', agents: K, groups: GROUPS, servedBy: [0, 0, 0, 1, 1], laplacian: blockLaplacian(K, GROUPS) },
  prior: {
    kind: 'prior',
    agents: K,
    prior: {
      mean: Float64Array.of(1, 2),
      covariance: fromRows([
        [2, 0.3],
        [0.3, 4],
      ]),
    },
  },
  subspace: { kind: 'subspace', agents: K, basis: fromRows([[0.6], [-0.8]]) },
};

/** A A' / cols, A drawn: what all agents have in common is in it. */
function drawnCovariance(size: number, seed: number, cols = 2 * size): Matrix {
  const random = new Random().rekey(seed, 0, 'batch', 0);
  const factor = Array.from({ length: size }, () => Array.from({ length: cols }, () => random.gaussian()));
  return fromRows(factor.map((one) => factor.map((other) => one.reduce((sum, x, j) => sum + x * other[j], 0) / cols)));
}

const matrixOf = (relationship: Relationship): Matrix => kindFormat(relationship.kind).matrix(relationship);
const made = (relationship: Relationship, to: RelationshipKind): Matrix => matrixOf(convert(relationship, to).relationship);
const epsOf = (relationship: Relationship, to: RelationshipKind): number => convert(relationship, to).diagnostics[0].value!;
const close = (found: Matrix, expected: Matrix, tolerance = 1e-9): void => {
  const off = relativeError(found, expected);
  assert.ok(off < tolerance, `${off}`);
};

const named = (kind: string): string => (kind === 'groups' ? 'groups' : `a ${kind}`);

describe('every pair of kinds converts, is itself, or is refused with the pairs there are', () => {
  for (const from of RELATIONSHIP_KINDS) {
    for (const to of RELATIONSHIP_KINDS) {
      const found = CONVERSIONS.find((one) => one.from === from && one.to === to);
      test(`${from} to ${to}: ${from === to ? 'itself' : (found?.formula ?? 'refused')}`, () => {
        if (from === to) return assert.deepEqual(convert(EXAMPLES[from], to), { relationship: EXAMPLES[from], diagnostics: [] });
        if (found === undefined)
          return assert.throws(() => convert(EXAMPLES[from], to), {
            code: 'RELATIONSHIP_NOT_CONVERTED',
            detail: new RegExp(
              `no formula makes ${named(to)} of ${named(from)}; there are covariance to precision, precision to covariance, groups to precision`,
            ),
          });
        const { relationship, diagnostics } = convert(EXAMPLES[from], to);
        assert.deepEqual([relationship.kind, relationship.agents, diagnostics.length], [to, K, 1]);
        // What a file refuses, no conversion may make.
        const format = kindFormat(to);
        assert.deepEqual(format.fromJson(format.toJson(relationship), K), relationship);
      });
    }
  }
});

test('covariance to precision: Theta - Theta 1 1 Theta / 1 Theta 1, Theta = (Omega + eps I)^-1', () => {
  for (const seed of [1, 2, 3]) {
    const omega = drawnCovariance(K, seed);
    const eps = epsOf(covariance(omega), 'precision');
    close(made(covariance(omega), 'precision'), contrasts(inverse(combine(1, omega, eps, identity(K)))));
  }
});

const inverse = (matrix: Matrix): Matrix => choleskyInverse(cholesky(matrix)!);

function contrasts(theta: Matrix): Matrix {
  const out = zeros(theta.rows, theta.rows);
  const sums = Array.from({ length: theta.rows }, (_, k) => theta.data.subarray(k * theta.rows, (k + 1) * theta.rows).reduce((sum, x) => sum + x, 0));
  const total = sums.reduce((sum, x) => sum + x, 0);
  theta.data.forEach((x, i) => (out.data[i] = x - (sums[Math.floor(i / theta.rows)] * sums[i % theta.rows]) / total));
  return out;
}

test('there and back: a connected graph, and a covariance without what is common', () => {
  close(made(convert(precision(RING), 'covariance').relationship, 'precision'), RING);
  close(made(precision(RING), 'covariance'), laplacianPseudoInverse(RING));
  const centred = matrixOf(convert(convert(EXAMPLES.covariance, 'precision').relationship, 'covariance').relationship);
  close(made(convert(covariance(centred), 'precision').relationship, 'covariance'), centred);
  assert.equal(epsOf(precision(RING), 'covariance'), 0);
});

test('negative edges are said: a precision need be no graph', () => {
  const signed = weightedLaplacian(4, [
    [0, 1, 2],
    [0, 2, 2],
    [1, 2, -0.5],
    [2, 3, 1],
  ]);
  const { relationship, diagnostics } = convert(convert(precision(signed), 'covariance').relationship, 'precision');
  close(matrixOf(relationship), signed);
  assert.match(diagnostics[0].message, /edges are negative: a precision, but no graph's Laplacian$/);
});

test('a covariance of low rank: eps keeps differences that it calls certain from being so', () => {
  const low = drawnCovariance(K, 4, 1);
  const eps = epsOf(covariance(low), 'precision');
  assert.ok(eps > 0);
  const { diagnostics } = convert(covariance(low), 'precision');
  assert.match(diagnostics[0].message, /; eps = \d/);
  close(made(covariance(low), 'precision'), contrasts(inverse(combine(1, low, eps, identity(K)))), 1e-6);
});

test('groups: members are drawn to their mean, and agents of two groups differ far more than those of one', () => {
  close(made(EXAMPLES.groups, 'precision'), blockLaplacian(K, GROUPS));
  const { data } = made(EXAMPLES.groups, 'covariance');
  const between = (k: number, l: number): number => data[k * (K + 1)] + data[l * (K + 1)] - 2 * data[k * K + l];
  assert.ok(Math.abs(between(0, 1) - 2) < 0.01, `${between(0, 1)}`);
  assert.ok(between(0, 3) > 100 * between(0, 1), `${between(0, 3)}`);
});

test('a prior: its graph where it has one, else everybody alike by the mean variance', () => {
  const { prior } = EXAMPLES.prior as Extract<Relationship, { kind: 'prior' }>;
  const gated: Relationship = { kind: 'prior', agents: K, prior, laplacian: RING };
  assert.deepEqual(made(gated, 'precision'), RING);
  const found = made(EXAMPLES.prior, 'precision');
  assert.ok(Math.abs(found.data[1] + 1 / (3 * K)) < 1e-12, `${found.data[1]}`);
  close(made(EXAMPLES.prior, 'covariance'), laplacianPseudoInverse(found));
});

test('what relates nobody, and what tells nobody apart, has no other kind', () => {
  const refused = { code: 'RELATIONSHIP_NOT_CONVERTED' };
  assert.throws(() => convert(precision(zeros(3, 3)), 'covariance'), { ...refused, detail: /it relates nobody/ });
  const ones = fromRows([0, 1, 2].map(() => [0.3, 0.3, 0.3]));
  assert.throws(() => convert(covariance(ones), 'precision'), { ...refused, detail: /all agents are equal/ });
  const flat: Relationship = { kind: 'prior', agents: 3, prior: { mean: Float64Array.of(1), covariance: zeros(1, 1) } };
  assert.throws(() => convert(flat, 'precision'), { ...refused, detail: /all agents are equal/ });
});
