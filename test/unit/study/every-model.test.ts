/** Made-up errors on five splits: what the advice says, and that it says no more than the pairs do. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Random } from '../../../core/random.ts';
import { adviceAmong, againstAlone, type ModelErrors } from '../../../study/every-model.ts';

const SPLITS = [0, 1, 2, 3, 4];
const NAMES = ['a', 'b'];

/** Two agents with the error of the network; `share` of alone's, `noise` of it unlike from split to split. */
function modelOf(model: string, share: number, noise = 0.01, splits = SPLITS): ModelErrors {
  const random = new Random().rekey(model.length, 0, 'batch', 0);
  const alone = splits.map((split) => 1 + 0.3 * split);
  const errors = alone.map((error) => error * (share + (model === 'alone' ? 0 : noise * random.gaussian())));
  return { model, errors, errorByAgent: errors.map((error) => [error, error]) };
}

function withChanges(model: string, changes: readonly number[]): ModelErrors {
  const alone = modelOf('alone', 1, 0).errors;
  const errors = changes.map((change, i) => alone[i] * (1 + change));
  return { model, errors, errorByAgent: errors.map((error) => [error, error]) };
}

function adviceOn(...models: readonly ModelErrors[]): string {
  const all = [
    modelOf(
      'alone',
      1,
      0,
      models[0].errors.map((_, i) => i),
    ),
    ...models,
  ];
  return adviceAmong(
    againstAlone(
      all,
      all[0].errors.map((_, i) => i),
      NAMES,
    ),
    all,
  );
}

test('differences are shares of alone, split by split, with p adjusted for all rows', () => {
  const rows = againstAlone([modelOf('alone', 1, 0), modelOf('pooled', 0.8), modelOf('complete', 1.2)], SPLITS, NAMES);
  assert.deepEqual(
    rows.map(({ arm, verdict, pairs }) => [arm, verdict, pairs]),
    [
      ['pooled', 'better', 5],
      ['complete', 'worse', 5],
    ],
  );
  assert.ok(Math.abs(rows[0].difference + 0.2) < 0.02);
  assert.deepEqual(
    [rows[0].agents?.gained, rows[1].agents?.harmed],
    [
      [0, 1],
      [0, 1],
    ],
  );
  assert.ok(rows.every(({ p, pAdjusted }) => pAdjusted! >= p!));
});

test('the best that is sure, and whoever is as good', () => {
  assert.match(adviceOn(modelOf('pooled', 0.9), modelOf('hierarchical', 0.7)), /^Use hierarchical: its error is 30\.\d \+- 0\.\d % smaller than alone/);
  assert.match(adviceOn(modelOf('subspace', 0.705, 0.02), modelOf('hierarchical', 0.7, 0.02)), /^Use \w+, from which \w+ is not told apart: its error/);
});

test('no difference is no advice, nor is one that is nothing among many', () => {
  assert.match(adviceOn(modelOf('pooled', 1), modelOf('complete', 1.1)), /^Learn alone: .*surely better \(p adjusted for 2\)\.$/);
  const one = withChanges('hierarchical', [-0.042, -0.017, -0.025, -0.033, -0.008]);
  assert.match(adviceOn(one), /^Use hierarchical/);
  const many = ['pooled', 'complete', 'learned', 'permuted', 'subspace', 'another', 'a seventh', 'an eighth'].map((name) => modelOf(name, 1));
  assert.match(adviceOn(one, ...many), /^Learn alone/);
});

test('a graph as good with its agents mixed up, and a control that is best', () => {
  assert.match(
    adviceOn(modelOf('learned', 0.7, 0.02), modelOf('permuted', 0.7, 0.02)),
    /^Use learned: .*not told apart from itself with its agents mixed up\.$/,
  );
  assert.doesNotMatch(adviceOn(modelOf('learned', 0.7), modelOf('permuted', 0.9)), /mixed up/);
  assert.match(adviceOn(modelOf('learned', 1), modelOf('permuted', 0.7)), /^Learn alone/);
});

test('one split makes nothing certain', () => {
  assert.match(adviceOn(modelOf('pooled', 0.9, 0, [0])), /^On this one split pooled has the smallest error, 10\.0 % below alone/);
  assert.match(adviceOn(modelOf('pooled', 1.1, 0, [0])), /^Learn alone: .* on this split\.$/);
});
