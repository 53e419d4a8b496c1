/**
 * The programs that runs start are the bundles of this build, with a code cache that V8 accepts; and they run without it.
 * A trial build by tsc alone has no bundles: then the plain programs are used, and there is nothing to look at.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Script } from 'node:vm';
import { programOf } from '../../cli/programs.ts';
import { output } from '../support/experiments.ts';

const COMPILED = fileURLToPath(new URL('../../', import.meta.url));
const BUNDLES = join(COMPILED, 'bundle');
const PROGRAMS = ['agent', 'coordinator', 'cli'] as const;
/** What the programs are made of; the page's scripts are built after them. */
const ROOMS = ['core', 'proto', 'config', 'net', 'agent', 'coordinator', 'sim', 'figures', 'study', 'deploy', 'testkit', 'cli'];
const skip = existsSync(BUNDLES) ? false : 'this is a trial build, without bundles';

test('without bundles the plain programs are used', { skip: skip === false && 'there are bundles' }, () => {
  for (const program of PROGRAMS) assert.equal(programOf(program), join(COMPILED, program, 'main.js'));
});

test('runs use the bundles, and every one of them is newer than its sources', { skip }, () => {
  const newest = Math.max(...ROOMS.flatMap((room) => compiledIn(join(COMPILED, room))).map((file) => statSync(file).mtimeMs));
  for (const program of PROGRAMS) {
    const file = programOf(program);
    assert.equal(file, join(BUNDLES, `${program}.cjs`));
    assert.ok(statSync(textOf(file)).mtimeMs >= newest, `${program} was bundled before its sources were compiled`);
  }
});

test('V8 accepts the code caches, and refuses what is none', { skip }, () => {
  for (const program of PROGRAMS) {
    const filename = textOf(programOf(program));
    assert.equal(
      new Script(readFileSync(filename, 'utf8'), { filename, cachedData: readFileSync(`${filename}.cache`).subarray(0, -32) }).cachedDataRejected,
      false,
    );
    assert.equal(new Script(readFileSync(filename, 'utf8'), { filename, cachedData: Buffer.from('no cache') }).cachedDataRejected, true);
  }
});

for (const cache of [undefined, '', 'no cache'])
  test(`a program runs ${cache === undefined ? 'without a code cache' : `with the cache "${cache}"`}`, { skip }, () => {
    const directory = mkdtempSync(join(output, 'bundle-'));
    const program = join(directory, 'cli.cjs');
    copyFileSync(programOf('cli'), program);
    copyFileSync(textOf(programOf('cli')), textOf(program));
    if (cache !== undefined) writeFileSync(`${textOf(program)}.cache`, cache);
    const { status, stdout, stderr } = spawnSync(process.execPath, [program, 'agent', '--help'], { encoding: 'utf8' });
    assert.equal(status, 0, stderr);
    assert.match(stdout, /--token-file/);
  });

/** V8 itself would end the process, or run what the cache was made of. */
for (const [what, damage] of Object.entries({
  'a damaged code cache': (text: string, cache: Buffer) => ({ text, cache: cache.fill(0, cache.length >> 1, (cache.length >> 1) + 4_096) }),
  'the code cache of another text': (text: string, cache: Buffer) => ({ text: text.replaceAll('--token-file', '--TOKEN-file'), cache }),
}))
  test(`a program runs with ${what}`, { skip }, () => {
    const program = join(mkdtempSync(join(output, 'bundle-')), 'cli.cjs');
    copyFileSync(programOf('cli'), program);
    const whole = textOf(programOf('cli'));
    const { text, cache } = damage(readFileSync(whole, 'latin1'), readFileSync(`${whole}.cache`));
    writeFileSync(textOf(program), text, 'latin1');
    writeFileSync(`${textOf(program)}.cache`, cache);
    const { status, stdout, stderr } = spawnSync(process.execPath, [program, 'agent', '--help'], { encoding: 'utf8' });
    assert.equal(status, 0, stderr);
    assert.match(stdout, what.includes('another') ? /--TOKEN-file/ : /--token-file/);
  });

test('an error in a bundle says where it was, by the names of the sources', { skip }, () => {
  const { status, stderr, stdout } = spawnSync(process.execPath, [programOf('agent'), '--unknown', 'option'], { encoding: 'utf8' });
  assert.notEqual(status, 0);
  assert.match(stdout + stderr, /at processOptions \(.*agent\.bundle\.js:\d+:\d+\)/);
});

const textOf = (program: string): string => program.replace(/\.cjs$/, '.bundle.js');

function compiledIn(folder: string): string[] {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true });
  return files.filter((file) => file.isFile() && file.name.endsWith('.js')).map((file) => join(file.parentPath, file.name));
}
