/** Generated documents are what the code says, and the code says nothing that it does not use. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { references } from '../../../config/references.ts';
import { METRICS_DOCUMENT, metricsReference } from '../../../coordinator/metrics-text.ts';
import { ERRORS } from '../../../core/errors.ts';
import { LIMITS } from '../../../core/limits.ts';
import { filesOf, textOf } from '../../support/documents.ts';

const TABLES = ['core/errors.ts', 'core/limits.ts'];
const sources = ['core', 'proto', 'config', 'net', 'agent', 'coordinator', 'sim', 'figures', 'cli']
  .flatMap((room) => filesOf('.ts', room))
  .filter((file) => !TABLES.includes(file))
  .map(textOf)
  .join('\n');

for (const { path, text } of [...references(textOf), { path: METRICS_DOCUMENT, text: metricsReference() }]) {
  test(`${path} is up to date`, () => assert.equal(textOf(path), text, 'npm run docs'));
}

test('the references name every error and every limit', () => {
  const [errors, limits] = references(textOf).map(({ text }) => text);
  for (const code of Object.keys(ERRORS)) assert.match(errors, new RegExp(`^\\| \`${code}\` \\| .+ \\| .+ \\| \\d+ \\|`, 'm'));
  for (const name of Object.keys(LIMITS)) assert.match(limits, new RegExp(`^\\| \`${name}\` \\| \\d\\S*( \\S+)? \\| [A-Z].+ \\|$`, 'm'));
});

test('a limit without a comment is refused', () => {
  const silent = (path: string): string => textOf(path).replace(/.*\n {2}stallMs:/, '\n  stallMs:');
  assert.throws(() => references(silent), /nothing about stallMs/);
});

test('every error code is used', () => {
  assert.ok(sources.length > 100_000);
  const unused = Object.keys(ERRORS).filter((code) => !sources.includes(`'${code}'`));
  assert.deepEqual(unused, []);
});

test('every limit is used', () => {
  const unused = Object.keys(LIMITS).filter((name) => !new RegExp(`\\b[lL]imits\\.${name}\\b|\\bLIMITS\\.${name}\\b`).test(sources));
  assert.deepEqual(unused, []);
});
