/** What studies share: means and bands, and the theory they compare with; every study says what it is. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { noiseFloor } from '../../../core/theory.ts';
import { expectedPinvError } from '../../../core/relationship/expected-error.ts';
import { withFindings } from '../../../study/report.ts';
import { STUDIES, studyByName } from '../../../study/index.ts';
import { BATCH, NOISE, referenceLaplacian } from '../../../study/paper-setting.ts';
import { around, atLeast, atMost, finding, logSlope, near } from '../../../study/study.ts';

const close = (found: number, expected: number, tolerance: number): void =>
  assert.ok(Math.abs(found - expected) <= tolerance, `${found} is not ${expected} +- ${tolerance}`);

describe('a finding', () => {
  test('is the mean over seeds with its standard error', () => {
    const { mean, standardError, seeds, holds } = finding('here', 'error', [1, 2, 3, 4]);
    assert.equal(mean, 2.5);
    close(standardError!, Math.sqrt(5 / 3 / 4), 1e-12);
    assert.deepEqual([seeds, holds], [4, null]);
  });
  test('of one value has no standard error, and no allowance', () => {
    const { standardError, holds } = finding('here', 'error', [1.2], near(1, 0.1));
    assert.deepEqual([standardError, holds], [null, false]);
  });
  test('holds within two standard errors of its band, not beyond', () => {
    // Mean 2, standard error 1.
    const values = [1, 3];
    assert.equal(finding('', '', values, atMost(0.1)).holds, true);
    assert.equal(finding('', '', values, atMost(-0.1)).holds, false);
    assert.equal(finding('', '', values, atLeast(3.9)).holds, true);
    assert.equal(finding('', '', values, atLeast(4.1)).holds, false);
    assert.equal(finding('', '', values, around(5, 0.5)).holds, false);
  });
});

test('the slope on logarithmic axes is the exponent', () => close(logSlope([1, 2, 4, 8], [3, 12, 48, 192]), 2, 1e-12));

describe('the expected error of pinv (algorithms-1, sections 2.1 and 2.2)', () => {
  const expected = (mu: number, dimension: number): number => expectedPinvError(referenceLaplacian(), noiseFloor(mu, NOISE, BATCH, dimension), dimension).total;
  const steps = [
    [1e-3, 0.0745],
    [2e-3, 0.086],
    [5e-3, 0.1435],
    [1e-2, 0.2436],
  ];
  for (const [mu, value] of steps) test(`mu = ${mu}`, () => close(expected(mu, 1_500), value, 1e-4));
  const dimensions = [
    [200, 0.204],
    [600, 0.156],
    [2_000, 0.142],
  ];
  for (const [dimension, value] of dimensions) test(`M = ${dimension}`, () => close(expected(5e-3, dimension), value, 6e-4));
});

test('a report says what is expected in words, and what is off', () => {
  const findings = [finding('here', 'error', [1, 1.1], near(1, 0.1)), finding('here', 'share', [0.2], atLeast(0.9)), finding('there', 'error', [2])];
  const before = `<!-- reproduced: written by npm run docs from docs/reproduced.json -->\nbefore\n<!-- /reproduced -->`;
  const text = withFindings(before, JSON.parse(JSON.stringify([{ name: 'a', title: 'A', claim: 'c', findings }])), (_, rows) =>
    rows.map((row) => row.join('|')),
  );
  assert.match(text, /### a: A\n\nc\n\nhere\|error\|1\.05 ± 0\.05\|0\.9 to 1\.1\|holds\nhere\|share\|0\.2\|at least 0\.9\|\*\*OFF\*\*\nthere\|error\|2\|\|/);
  assert.ok(!text.includes('\nbefore\n'));
});

describe('the registry', () => {
  for (const { name, title, claim } of STUDIES) {
    test(name, () => {
      assert.match(name, /^[a-z]+(-[a-z]+)*$/);
      assert.equal(studyByName(name)?.title, title);
      assert.ok(claim.length > 50);
    });
  }
  test('names are there once', () => assert.equal(new Set(STUDIES.map(({ name }) => name)).size, STUDIES.length));
});
