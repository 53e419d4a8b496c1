import assert from 'node:assert/strict';
import { test } from 'node:test';
import { didYouMean, editDistance, nearest } from '../../../config/did-you-mean.ts';

test('the distance counts insertions, deletions, replacements and swaps of neighbours', () => {
  assert.equal(editDistance('', 'abc'), 3);
  assert.equal(editDistance('abc', 'abc'), 0);
  assert.equal(editDistance('abc', 'abd'), 1);
  assert.equal(editDistance('abc', 'ac'), 1);
  assert.equal(editDistance('abc', 'acb'), 1);
  assert.equal(editDistance('ring', 'rign'), 1);
  assert.equal(editDistance('kitten', 'sitting'), 3);
});

test('suggests slips, other spellings and beginnings, and nothing far-fetched', () => {
  const keys = ['stepSize', 'steps', 'arms'];
  assert.equal(nearest('step_size', keys), 'stepSize');
  assert.equal(nearest('stpes', keys), 'steps');
  assert.equal(nearest('random', ['erdos-renyi', 'random-geometric']), 'random-geometric');
  assert.equal(nearest('banana', keys), undefined);
  assert.equal(nearest('x', keys), undefined);
  assert.equal(didYouMean('amrs', keys), '; did you mean "arms"?');
  assert.equal(didYouMean('banana', keys), '');
  assert.equal(didYouMean('a', []), '');
});
