/** What the documents tell people to type exists: npm scripts, subcommands with their options, programs, tests. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { filesOf, textOf } from '../../support/documents.ts';
import { wordsOf } from '../../support/document-blocks.ts';
import { projectRoot } from '../../support/project.ts';
import { usageFault } from '../../support/usage.ts';

const DOCUMENTS = filesOf('.md').filter((file) => !file.startsWith('docs/decisions/'));
/** npm knows these without being told. */
const NPM_OWN = new Set(['install', 'ci', 'exec', 'run', 'pack', 'audit', 'ls']);

const { scripts } = JSON.parse(textOf('package.json')) as { scripts: Record<string, string> };
/** Code spans and the lines of code blocks but drawings; comments and shell continuations as a reader sees them. */
function snippetsOf(text: string): string[] {
  const blocks = [...text.matchAll(/^```(?!text)\w*\n([\s\S]*?)^```/gm)].flatMap(([, block]) => block.replaceAll('\\\n', ' ').split('\n'));
  const spans = [...text.replaceAll(/^```[\s\S]*?^```/gm, '').matchAll(/`([^`\n]+)`/g)].map(([, span]) => span);
  return [...blocks, ...spans].map((line) => line.replace(/(^|\s)#\s.*$/, '').trim());
}

/** What does not exist of the things a snippet names. */
function faultsOf(snippet: string): string[] {
  return snippet.split(/&&|;|\|/).flatMap((part) => {
    const words = wordsOf(part);
    const at = words.findIndex((word) => word === 'npm' || word === 'kindred' || word === 'node');
    if (at < 0 || words.slice(0, at).some((word) => !/^(\$|npx|[A-Z_]+=\S*)$/.test(word))) return [];
    const rest = words.slice(at + 1);
    if (words[at] === 'npm') return npmFaults(rest);
    return words[at] === 'kindred' ? kindredFaults(rest) : programFaults(rest);
  });
}

function npmFaults(words: readonly string[]): string[] {
  // `npm --prefix FOLDER run` is that folder's script, typed elsewhere.
  const named = words.filter((word, i) => word !== '--silent' && word !== '-s' && word !== '--prefix' && words[i - 1] !== '--prefix');
  const script = named[0] === 'run' ? named[1] : named[0];
  if (script === undefined || (named[0] !== 'run' && NPM_OWN.has(script))) return [];
  if (!Object.hasOwn(scripts, script)) return [`npm has no script ${script}`];
  const args = named.slice(named[0] === 'run' ? 2 : 1).filter((word) => word !== '--');
  if (script === 'kindred') return kindredFaults(args);
  return script === 'test' ? args.flatMap(testFaults) : [];
}

/** `kindred` may stand alone, or for the program: `kindred --help`. */
function kindredFaults(args: readonly string[]): string[] {
  const [name] = args;
  if (name === undefined || name.startsWith('-') || /^[A-Z.]+$/.test(name)) return [];
  const fault = usageFault(
    args.filter((word) => word !== '...'),
    true,
  );
  const files = args.filter((word) => /^examples\/.*\.(yaml|csv)$/.test(word) && !existsSync(join(projectRoot, word)));
  return [...(fault === undefined ? [] : [fault]), ...files.map((file) => `there is no ${file}`)];
}

function programFaults(words: readonly string[]): string[] {
  const file = words.find((word) => /\.m?js$/.test(word)) ?? '';
  const source = file.startsWith('dist/') ? file.slice('dist/'.length).replace(/\.js$/, '.ts') : file;
  return source === '' || existsSync(join(projectRoot, source)) ? [] : [`there is no ${source}`];
}

/** An argument of `npm test`: the beginning of a path below test/. */
function testFaults(name: string): string[] {
  const tests = filesOf('.test.ts', 'test');
  return /^[A-Z]+$/.test(name) || tests.some((file) => file.startsWith(join('test', name))) ? [] : [`no test is named ${name}`];
}

for (const document of DOCUMENTS) {
  test(`${document}: every command exists`, () => {
    assert.deepEqual(snippetsOf(textOf(document)).flatMap(faultsOf), []);
  });
}

test('CONTRIBUTING.md names every npm script', () => {
  const text = textOf('CONTRIBUTING.md');
  const missing = Object.keys(scripts).filter((name) => !text.includes(`npm run ${name}`) && !text.includes(`npm ${name}`) && name !== 'kindred');
  assert.deepEqual(missing, []);
  assert.ok(text.includes('npm run --silent kindred --'));
});

test('the check sees planted faults', () => {
  const faults = (text: string): string[] => snippetsOf(text).flatMap(faultsOf);
  assert.deepEqual(faults('`npm run nothing`'), ['npm has no script nothing']);
  assert.deepEqual(faults('```\nnpm test unit/nothing   # a comment\n```'), ['no test is named unit/nothing']);
  const first = (text: string): string => faults(text)[0].split('\n')[0];
  assert.equal(first('`npm run --silent kindred -- rnu examples/paper.yaml`'), "error: unknown command 'rnu'");
  assert.equal(first('`kindred run examples/nothing.yaml --mood x`'), "error: unknown option '--mood'");
  assert.deepEqual(faults('`kindred run examples/nothing.yaml`'), ['there is no examples/nothing.yaml']);
  assert.equal(first('`kindred fault injct RUN`'), "error: unknown command 'injct'");
  assert.match(first('`kindred run a.yaml b.yaml`'), /^error: too many arguments/);
  assert.deepEqual(faults('`npm run build && node dist/bench/nothing.js`'), ['there is no bench/nothing.ts']);
  assert.deepEqual(faults('`npm start`, `kindred run FILE --seed 3 --json` and `NAME=1 npm run kindred -- run FILE`'), []);
});
