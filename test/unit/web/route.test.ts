/** Addresses of the page: what a fragment says, and that a token never stays in one. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addressOf, readFragment } from '../../../web/model/route.ts';

test('a fragment names a view, with or without a token', () => {
  assert.deepEqual(readFragment(''), { token: null, route: { page: 'list' } });
  assert.deepEqual(readFragment('#token=abc'), { token: 'abc', route: { page: 'list' } });
  assert.deepEqual(readFragment('#/runs/paper-7?token=a%2Bb'), { token: 'a+b', route: { page: 'run', runId: 'paper-7' } });
  assert.deepEqual(readFragment('#/compare/a/b'), { token: null, route: { page: 'compare', runIds: ['a', 'b'] } });
});

test('what is no address is the list, and no reason to fail', () => {
  for (const fragment of ['#/runs', '#/runs/a/b', '#/compare/a', '#nonsense', '#/runs/%E0%A4%A'])
    assert.ok(['list', 'run'].includes(readFragment(fragment).route.page), fragment);
});

test('an address reads back as the view it was made of, whatever its names', () => {
  for (const runId of ['paper-7', 'a b', 'a/b', 'ä?#&token=x']) {
    const route = { page: 'run', runId } as const;
    assert.deepEqual(readFragment(addressOf(route)), { token: null, route });
  }
});
