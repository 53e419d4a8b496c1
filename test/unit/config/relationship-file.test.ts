import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { canonicalJson } from '../../../config/canonical-json.ts';
import { parseRelationship, readRelationship, relationshipFile, type RelationshipAbout } from '../../../config/relationship-file.ts';
import { KindredError } from '../../../core/errors.ts';
import { buildGraph, laplacian } from '../../../core/graph.ts';
import { fromRows, toRows } from '../../../core/linalg/matrix.ts';
import { blockLaplacian } from '../../../core/relationship/groups.ts';
import { kindFormat, RELATIONSHIP_KINDS } from '../../../core/relationship/kinds.ts';
import type { Relationship } from '../../../core/relationship/relationship.ts';
import { orthonormal } from '../../../core/subspace/orthonormal.ts';
import { createHash } from 'node:crypto';

const K = 4;

const EXAMPLES: { readonly [kind in Relationship['kind']]: Relationship } = {
  precision: { kind: 'precision', agents: K, laplacian: laplacian(buildGraph('ring', K, 1)) },
  groups: {
    kind: 'groups',
    agents: K,
    groups: [
      [0, 1],
      [1, 3],
    ],
    servedBy: [0, 1, -1, 1],
    laplacian: blockLaplacian(K, [
      [0, 1],
      [1, 3],
    ]),
  },
  covariance: {
    kind: 'covariance',
    agents: K,
    covariance: fromRows([
      [2, 0.3, 0, 1],
      [0.3, 1, -0.1, 1 / 7],
      [0, -0.1, 3, 0],
      [1, 1 / 7, 0, 1],
    ]),
  },
  prior: {
    kind: 'prior',
    agents: K,
    prior: {
      mean: Float64Array.of(0.1, -1 / 3),
      covariance: fromRows([
        [2, 0.3],
        [0.3, 1 / 7],
      ]),
    },
  },
  subspace: {
    kind: 'subspace',
    agents: K,
    basis: orthonormal(
      fromRows([
        [1, 2],
        [0.3, -1 / 7],
        [2, 0.5],
      ]),
    ),
    heads: {
      covariance: fromRows([
        [2, 1 / 3],
        [1 / 3, 1],
      ]),
      ridge: 1 / 7,
    },
  },
};

const ABOUT: RelationshipAbout = {
  version: 2,
  agentNames: ['a', 'b', 'c', 'd'],
  estimator: 'cgl',
  options: { kkt: 1e-5 },
  contributors: [0, 1, 3],
  missing: [2],
  spectrum: [0, 2, 2, 4],
  inputs: {
    run: 'paper-1',
    experiment: 'paper',
    seed: 7,
    problem: { kind: 'gmrf-regression', dimension: 9 },
    evidence: ['average', 'noise'],
    dimension: 9,
    noise: [0.1, 0.2, null, 0.3],
    noisePower: null,
    stepSize: 0.01,
    settledWindows: 4,
  },
  expectedError: { finiteSample: 0.2, bias: 0, total: 0.2 },
  relativeError: null,
  truth: null,
  diagnostics: [{ code: 'X', message: 'something' }],
  given: null,
};

describe('every kind is written and read with the same bits', () => {
  for (const kind of RELATIONSHIP_KINDS) {
    test(kind, () => {
      const file = relationshipFile(EXAMPLES[kind], ABOUT);
      const { relationship, file: back } = parseRelationship(JSON.stringify(file, null, 1));
      assert.deepEqual(relationship, EXAMPLES[kind]);
      assert.deepEqual(back, file);
      assert.equal(kindFormat(kind).matrix(relationship).rows, { precision: K, covariance: K, prior: 2, subspace: 3, groups: K }[kind]);
    });
  }
});

/** The file with fields changed, and a digest that fits again. */
function altered(change: object, kind: Relationship['kind'] = 'precision'): string {
  const { digest: _digest, ...content } = { ...relationshipFile(EXAMPLES[kind], ABOUT), ...change };
  return JSON.stringify({ ...content, digest: createHash('sha256').update(canonicalJson(content)).digest('hex') });
}

function refused(text: string, code: string, detail: RegExp): void {
  assert.throws(
    () => parseRelationship(text),
    (error) => error instanceof KindredError && error.code === code && detail.test(error.detail),
    text.slice(0, 100),
  );
}

test('what is no relationship, or of another time, is refused by name', () => {
  refused('{', 'RELATIONSHIP_UNREADABLE', /not JSON/);
  refused('[1]', 'RELATIONSHIP_INVALID', /format must be "kindred-relationship"/);
  refused(altered({ format: 'graph' }), 'RELATIONSHIP_INVALID', /format must be/);
  refused(altered({ formatVersion: 2 }), 'RELATIONSHIP_VERSION', /formatVersion 2; this version reads 1/);
  refused(altered({}).replace('"seed":7', '"seed":8'), 'RELATIONSHIP_DAMAGED', /does not match its digest/);
  const nothing = (): never => {
    throw Object.assign(new Error('no'), { code: 'ENOENT' });
  };
  assert.throws(() => readRelationship('far/away.json', nothing), { code: 'RELATIONSHIP_UNREADABLE', where: 'far/away.json', detail: 'there is no such file' });
});

test('every field is checked, and named where it is wrong', () => {
  const ring = [
    [2, -1, 0, -1],
    [-1, 2, -1, 0],
    [0, -1, 2, -1],
    [-1, 0, -1, 2],
  ];
  const cases: [object, RegExp][] = [
    [{ version: 0 }, /^version: /],
    [{ kind: 'circle' }, /^kind: must be one of|^kind: must be precision or prior/],
    [{ agents: 1 }, /^agents: /],
    [{ agents: 5 }, /^agentNames: must have 5 entries/],
    [{ contributors: [0, 1, 2] }, /^contributors and missing: every agent from 0 to 3/],
    [{ missing: [] }, /^contributors and missing/],
    [{ inputs: { ...ABOUT.inputs, noise: [1] } }, /^inputs\.noise: must have 4 entries/],
    [{ inputs: { ...ABOUT.inputs, noise: [1, 2, 3, -1] } }, /^inputs\.noise/],
    [{ inputs: { ...ABOUT.inputs, dimension: 'many' } }, /^inputs\.dimension/],
    [{ inputs: undefined }, /^inputs: is missing/],
    [{ expectedError: { total: 1 } }, /^expectedError/],
    [{ diagnostics: [{ code: 1 }] }, /^diagnostics\[0\]/],
    [{ laplacian: null }, /^laplacian: must have 4 rows/],
    [{ laplacian: ring.slice(1) }, /^laplacian: must have 4 rows \(got 3\)/],
    [{ laplacian: ring.with(1, [1, 2, 3]) }, /^laplacian\[1\]: must have 4 numbers \(got 3\)/],
    [{ laplacian: ring.with(2, [0, null as never, 2, -1]) }, /^laplacian\[2\]\[1\]: must be a finite number \(got null\)/],
    [{ laplacian: ring.with(1, [-2, 3, -1, 0]) }, /^laplacian\[1\]\[0\]: is -2, but laplacian\[0\]\[1\] is -1; it must be symmetric/],
    [{ laplacian: ring.with(0, [3, -1, 0, -1]) }, /^laplacian\[0\]: must sum to 0 \(got 1\)/],
  ];
  for (const [change, detail] of cases) refused(altered(change), 'RELATIONSHIP_INVALID', detail);
  refused(altered({ digest: 'x' }).replace(/"digest":"[0-9a-f]+"/, '"digest":"x"'), 'RELATIONSHIP_INVALID', /^digest: must be a SHA-256/);
});

test('a covariance refuses its own mistakes', () => {
  const rows = toRows(kindFormat('covariance').matrix(EXAMPLES.covariance));
  const cases: [unknown, RegExp][] = [
    [undefined, /^covariance: must have 4 rows/],
    [rows.slice(1), /^covariance: must have 4 rows \(got 3\)/],
    [rows.with(2, [1, -0.1, 3, 0]), /^covariance\[2\]\[0\]: is 1, but covariance\[0\]\[2\] is 0; it must be symmetric/],
    [rows.with(2, [0, -0.1, -3, 0]), /^covariance: must be positive semidefinite/],
  ];
  for (const [covariance, detail] of cases) refused(altered({ covariance }, 'covariance'), 'RELATIONSHIP_INVALID', detail);
});

test('a subspace refuses its own mistakes', () => {
  const cases: [unknown, RegExp][] = [
    [undefined, /^subspace: must have a rank and a basis/],
    [{ rank: 1, basis: [] }, /^subspace\.basis: must have a row for each feature/],
    [{ rank: 2, basis: [[1], [0]] }, /^subspace\.basis\[0\]: must have as many numbers as the rank, 2 \(got 1\)/],
    [{ rank: 1, basis: [[1], ['x']] }, /^subspace\.basis\[1\]\[0\]: must be a finite number/],
    [{ rank: 1, basis: [[1], [0.1]] }, /^subspace\.basis: its columns must be orthonormal/],
  ];
  for (const [subspace, detail] of cases) refused(altered({ subspace }, 'subspace'), 'RELATIONSHIP_INVALID', detail);
});

test('groups refuse their own mistakes', () => {
  const cases: [object, RegExp][] = [
    [{ groups: null }, /^groups: must be a list of lists of agents/],
    [{ groups: [[0, 4]] }, /^groups\[0\]\[1\]: must be a whole number from 0 to 3 \(got 4\)/],
    [{ groups: [[0, 1], 3] }, /^groups\[1\]: must be a list of numbers/],
    [
      {
        groups: [
          [0, 0, 1],
          [1, 3],
        ],
      },
      /^groups\[0\]: names an agent twice/,
    ],
    [{ groups: [[], [0, 1, 3]] }, /^groups\[0\]: must have an agent/],
    [{ servedBy: [0, 1] }, /^servedBy: must have 4 entries/],
    [{ servedBy: [1, 0, -1, 1] }, /^servedBy\[0\]: must be a group that it is in/],
    [{ servedBy: [-1, 0, -1, 1] }, /^servedBy\[0\]: must be a group that it is in/],
  ];
  for (const [change, detail] of cases) refused(altered(change, 'groups'), 'RELATIONSHIP_INVALID', detail);
});

test('a prior refuses its own mistakes', () => {
  const cases: [unknown, RegExp][] = [
    [undefined, /^prior: must have a mean/],
    [{ mean: 'x', covariance: [] }, /^prior\.mean: must be a list/],
    [{ mean: [1], covariance: [[1], [2]] }, /^prior\.covariance: must have 1 rows/],
    [
      {
        mean: [1, 2],
        covariance: [
          [1, 2],
          [2, 1],
        ],
      },
      /positive semidefinite/,
    ],
    [{ mean: [], covariance: [] }, /positive semidefinite/],
  ];
  for (const [prior, detail] of cases) refused(altered({ prior }, 'prior'), 'RELATIONSHIP_INVALID', detail);
});
