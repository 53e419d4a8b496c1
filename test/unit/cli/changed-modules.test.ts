/** What a run that goes on says of modules whose files are other ones by now. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changedModules } from '../../../cli/changed-modules.ts';
import { readModule } from '../../../config/module-source.ts';

const TEXT = `import { defineStrategy } from 'kindred';
import { zero } from './zero.ts';
export default defineStrategy({ summary: 'stands still', cooperatesOver: 'nothing', usesEta: false, start: () => zero });`;
const FILES: Readonly<Record<string, string>> = { '/own/still.ts': TEXT, '/own/zero.ts': 'export const zero: number = 0;' };

function reading(files: Readonly<Record<string, string | undefined>>): (path: string) => string {
  return (path) => {
    const text = { ...FILES, ...files }[path];
    if (text === undefined) throw Object.assign(new Error('gone'), { code: 'ENOENT' });
    return text;
  };
}

const modules = [readModule('./still.ts', '/own/still.ts', reading({}))];
const said = (files: Readonly<Record<string, string | undefined>>): string => changedModules({ modules }, reading(files)).join();

test('as it was, or with other types only, nothing is said', () => {
  assert.equal(said({}), '');
  assert.equal(said({ '/own/zero.ts': 'export const zero = 0;' }), '');
  assert.deepEqual(changedModules({}, reading({})), []);
});

test('edited, or with another file beside it, it is named', () => {
  assert.match(
    said({ '/own/still.ts': TEXT.replace('stands', 'stood') }),
    /^note MODULE_CHANGED: \/own\/still\.ts was changed since the run began; the run goes on/,
  );
  assert.match(said({ '/own/zero.ts': 'export const zero = 1;' }), /still\.ts was changed/);
});

test('gone, or no module any more, it is named with the reason', () => {
  assert.match(said({ '/own/still.ts': undefined }), /still\.ts cannot be read any more \(.*there is no such file/);
  assert.match(said({ '/own/still.ts': 'export default (' }), /cannot be read any more/);
});
