/** Where a document names a limit with its value, as in `lostMs` (1.75 s), it is the value of docs/limits.md. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { filesOf, textOf } from '../../support/documents.ts';

const values = new Map([...textOf('docs/limits.md').matchAll(/^\| `(\w+)` \| ([^|]+) \|/gm)].map(([, name, value]) => [name, value]));

function faultsOf(text: string): string[] {
  const quoted = [...text.matchAll(/`(\w+)`\s\(([\d.,]+(?: [A-Za-z]+)?)\)/g)];
  return quoted.flatMap(([, name, value]) => (!values.has(name) || values.get(name) === value ? [] : [`${name} is ${values.get(name)}, not ${value}`]));
}

const documents = filesOf('.md').filter((file) => file !== 'docs/limits.md');

test('every limit that a document quotes has its value', () => {
  assert.ok(values.size > 30);
  assert.deepEqual(
    documents.flatMap((file) => faultsOf(textOf(file)).map((fault) => `${file}: ${fault}`)),
    [],
  );
});

test('the check sees a planted fault', () => {
  assert.deepEqual(faultsOf('after `lostMs` (1.75 s), or\n`pullMs` (26 ms), `nothing` (3 s)'), ['pullMs is 25 ms, not 26 ms']);
});
