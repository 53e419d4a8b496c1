/** Changes are paired by split; the advice follows what is clear, and says what is not. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { advice, compared } from '../../../study/table-comparison.ts';
import type { ModelErrors } from '../../../study/table-comparison.ts';

const FIVE = [1, 1.1, 0.9, 1.05, 0.95];

/** Errors as a factor of alone's, with a little of their own. */
function models(factors: Readonly<Record<string, number>>, wobble = 0.002): ModelErrors[] {
  const names = ['alone', 'pooled', 'complete', 'hierarchical', 'learned', 'permuted'];
  return names.map((model, at) => ({ model, errors: FIVE.map((error, split) => error * (factors[model] ?? 1) * (1 + wobble * Math.sin(7 * at + 3 * split))) }));
}

describe('a comparison', () => {
  test('is paired: a common factor has no spread, however unlike the splits are', () => {
    const [alone, , complete] = compared(models({ complete: 0.8 }, 0));
    assert.deepEqual([alone.change, alone.standardError], [null, null]);
    assert.ok(Math.abs(complete.change! + 20) < 1e-9);
    assert.ok(complete.standardError! < 1e-9);
    assert.ok(Math.abs(complete.mean - 0.8) < 1e-12);
  });
  test('of one split has no standard error', () => {
    const one = models({}).map(({ model, errors }) => ({ model, errors: errors.slice(0, 1) }));
    assert.equal(compared(one)[1].standardError, null);
  });
});

describe('advice', () => {
  const cases: [string, Record<string, number>, RegExp][] = [
    ['nothing is better', {}, /^Learn alone/],
    ['everything is worse', { pooled: 1.3, complete: 1.1, hierarchical: 1.02, learned: 1.1, permuted: 1.1 }, /^Learn alone/],
    [
      'the prior is best and the graph a decoration',
      { pooled: 0.9, complete: 0.8, hierarchical: 0.7, learned: 0.8, permuted: 0.8 },
      /^Use strategy hierarchical: its error is 30\.\d \+- 0\.\d % smaller than alone; a learned graph adds nothing/,
    ],
    [
      'one model does as well',
      { pooled: 0.7, complete: 0.75, hierarchical: 0.7, learned: 0.72, permuted: 0.76 },
      /one model for all slopes does as well here\.$/,
    ],
    [
      'the graph is better than the prior, and than its permutation',
      { pooled: 0.9, complete: 0.9, hierarchical: 0.85, learned: 0.7, permuted: 0.9 },
      /^Use strategy multitask with a learned relationship: .* with its agents mixed up it is worse\.$/,
    ],
    ['only one model for all is better', { pooled: 0.9 }, /^Use pooled/],
  ];
  for (const [name, factors, expected] of cases) test(name, () => assert.match(advice(models(factors)), expected));
});
