import assert from 'node:assert/strict';
import { test } from 'node:test';
import { invokedFrom } from '../../../cli/invoked-from.ts';

const NPM = { npm_package_name: 'kindred', npm_lifecycle_event: 'kindred', INIT_CWD: '/home/ada/visits' };

test('npm run kindred means paths from where it was typed', () => {
  assert.equal(invokedFrom(NPM), '/home/ada/visits');
});

test('any other way to start it stays where it is', () => {
  assert.equal(invokedFrom({}), undefined);
  assert.equal(invokedFrom({ ...NPM, npm_lifecycle_event: 'start' }), undefined);
  assert.equal(invokedFrom({ ...NPM, npm_package_name: 'my-study' }), undefined);
});
