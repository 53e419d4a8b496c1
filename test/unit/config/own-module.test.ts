/** Modules of one's own: read from files, compiled, brought by digest, and what is refused of them in which words. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { experimentFileText } from '../../../cli/experiment-file.ts';
import { jobOf, parseJob } from '../../../config/job.ts';
import { experimentHash } from '../../../config/load.ts';
import { digestOf, evaluate, holdModule, bringModules } from '../../../config/own-module.ts';
import { readModule } from '../../../config/module-source.ts';
import { strategyByName } from '../../../core/strategy/index.ts';
import { CSV, PAPER, load, refusal } from './fixture.ts';

const LOSS = `
import { defineProblem } from 'kindred';
import { score } from './score.ts';
type Row = Float64Array;
export default defineProblem({
  summary: 'absolute error, smoothed',
  measure: 'mean smoothed error',
  options: { width: { type: 'number', minimum: 0, default: 1, description: 'where it turns' }, needed: { type: 'integer', description: 'one without default' } },
  table: ({ features, options }) => ({
    dimension: 1 + features,
    loss: (w: Row, x: Row, y: number) => Math.sqrt(Number(options.width) ** 2 + (score(w, x) - y) ** 2),
    gradient(w: Row, x: Row, y: number, out: Row): void {
      const e = score(w, x) - y;
      const slope = e / Math.sqrt(Number(options.width) ** 2 + e ** 2);
      out[0] = slope;
      for (let j = 0; j < x.length; j++) out[1 + j] = slope * x[j];
    },
    refuseTarget: (y: number) => (y < 0 ? 'must not be negative' : undefined),
  }),
});`;
const SCORE = `export const score = (w: Float64Array, x: Float64Array): number => x.reduce((z, value, j) => z + w[1 + j] * value, w[0]);`;
const STRATEGY = `
import { defineStrategy } from 'kindred';
export default defineStrategy({ summary: 'stands still', cooperatesOver: 'nothing', usesEta: false, start: ({ task }) => {
  const w = new Float64Array(task.dimension);
  return { state: [w], outgoing: w, adapt() {}, hops: () => 0, combine() {}, output: () => w };
} });`;
const ESTIMATOR = `
import { defineEstimator, zeros } from 'kindred';
export default defineEstimator({ summary: 'nobody is related', options: { force: { type: 'boolean', default: false, description: 'x' } }, estimate: ({ rows }) => zeros(rows.rows, rows.rows) });`;

const FILES = { 'data.csv': CSV, 'loss.ts': LOSS, 'score.ts': SCORE, 'still.mjs': STRATEGY, 'nobody.js': ESTIMATOR };
const FILE = `
problem: { kind: ./loss.ts, options: { needed: 2 }, path: data.csv, target: y, split: { train: 10 } }
relationship: { estimator: ./nobody.js, force: true }
cooperate: { arms: [{ strategy: non-cooperative }, { strategy: ./still.mjs }] }
`;

const refused = (text: string, files: Record<string, string> = {}): string => {
  const { code, text: words } = refusal(text, {}, { ...FILES, ...files });
  return `${code} ${words}`;
};

test('an experiment names a problem, an estimator and a strategy by path; their code goes with it', () => {
  const experiment = load(FILE, {}, FILES);
  assert.deepEqual(experiment.problem, {
    ...experiment.problem,
    kind: 'csv-table',
    loss: 'own',
    own: { module: './loss.ts', options: { width: 1, needed: 2 } },
  });
  assert.deepEqual(experiment.relationship, { estimator: './nobody.js', options: { force: true } });
  assert.deepEqual(
    experiment.modules?.map(({ name, files }) => [name, ...files.map(({ path }) => path)]),
    [
      ['./loss.ts', 'loss.ts', 'score.ts'],
      ['./nobody.js', 'nobody.js'],
      ['./still.mjs', 'still.mjs'],
    ],
  );
  assert.equal(strategyByName('./still.mjs')?.summary, 'stands still');
});

test('another line in a module, or in what it imports, is another experiment', () => {
  const hash = (files: Record<string, string>): string => experimentHash(load(FILE, {}, { ...FILES, ...files }));
  assert.equal(hash({}), hash({}));
  assert.notEqual(hash({ 'score.ts': SCORE.replace('w[0]', '2 * w[0]') }), hash({}));
  // Types are no part of what runs; an experiment without modules has no word of them.
  assert.equal(load(PAPER).modules, undefined);
});

const TUNED = STRATEGY.replace(
  "summary: 'stands still',",
  "summary: 'stands still', options: { beta: { type: 'number', minimum: 0, default: 0.5, description: 'b' }, needed: { type: 'integer', description: 'n' } },",
);
const armsOf = (arms: string, strategy = TUNED): string | readonly unknown[] =>
  load(FILE.replace('{ strategy: ./still.mjs }', arms), {}, { ...FILES, 'still.mjs': strategy }).cooperate.arms.slice(1);

test('options of a strategy stand beside its name in an arm, arm by arm; defaults are filled in', () => {
  const plain = { strategy: './still.mjs', relationship: 'learned', eta: 'auto', guard: false };
  assert.deepEqual(armsOf('{ strategy: ./still.mjs, needed: 1 }, { strategy: ./still.mjs, beta: 0.3, needed: 2 }'), [
    { ...plain, options: { beta: 0.5, needed: 1 } },
    { ...plain, options: { beta: 0.3, needed: 2 } },
  ]);
  assert.deepEqual(armsOf('{ strategy: ./still.mjs }', STRATEGY), [plain]);
});

test('agents are told the options of every arm; without any there is no word of them', () => {
  const job = (arms: string, strategy: string) =>
    parseJob(jobOf(load(FILE.replace('{ strategy: ./still.mjs }', arms), {}, { ...FILES, 'still.mjs': strategy }), undefined, { agents: 2, edges: [] }));
  assert.deepEqual(job('{ strategy: ./still.mjs, needed: 1 }', TUNED).armOptions, [{}, { beta: 0.5, needed: 1 }]);
  assert.equal(job('{ strategy: ./still.mjs }', STRATEGY).armOptions, undefined);
});

test('a file written out of an experiment has the options beside the name again', () => {
  const text = experimentFileText(load(FILE.replace('./still.mjs }', './still.mjs, needed: 1 }'), {}, { ...FILES, 'still.mjs': TUNED }));
  assert.match(text, /"needed":1/);
});

test('a module that was changed after it was taken is refused, and one that nobody has is named', () => {
  const module = readModule('./still.mjs', '/x/still.mjs', () => STRATEGY);
  const changed = { ...module, files: [{ ...module.files[0], code: `${module.files[0].code}\n` }] };
  assert.throws(() => holdModule(changed), /was changed/);
  assert.throws(() => bringModules([{ name: './still.mjs', digest: digestOf(changed.files) }]), { code: 'MODULE_MISSING' });
});

test('a module that does not end while it is loaded is refused', () => {
  const endless = { path: 'still.mjs', code: 'while (true);' };
  assert.throws(() => evaluate(endless, './still.mjs', () => undefined, 50), { code: 'MODULE_INVALID', message: /was not loaded after 0\.05 s/ });
});

describe('what is refused, in words', () => {
  const WRONG: readonly [string, string, Record<string, string>, RegExp][] = [
    ['a path that leads nowhere', FILE.replace('./still.mjs', './gone.ts'), {}, /MODULE_UNREADABLE .*arms\[1\]\.strategy: gone\.ts there is no such file/],
    ['another ending', FILE.replace('./still.mjs', './still.py'), {}, /MODULE_UNREADABLE .*a module ends in \.ts/],
    ['no TypeScript', FILE, { 'loss.ts': 'export default (' }, /MODULE_INVALID .*loss\.ts /],
    ['no default export', FILE, { 'still.mjs': 'export const a = 1;' }, /MODULE_INVALID .*it has no default export/],
    ['something else by default', FILE, { 'still.mjs': 'export default 1;' }, /MODULE_INVALID .*was not made by defineProblem/],
    ['a module that throws', FILE, { 'still.mjs': 'throw new Error("no");' }, /MODULE_INVALID .*fails while it is loaded: Error: no/],
    [
      'a slip in what a module has',
      FILE,
      { 'still.mjs': STRATEGY.replace('usesEta', 'useEta') },
      /MODULE_INVALID .*the strategy has "useEta"; did you mean "usesEta"\?/,
    ],
    ['a slip in a table', FILE, { 'loss.ts': LOSS.replace('gradient(', 'gradiant(') }, /MODULE_INVALID .*the table has "gradiant"; did you mean "gradient"\?/],
    ['a slip in what may be left out', FILE, { 'loss.ts': LOSS.replace('refuseTarget', 'refuseTargets') }, /MODULE_INVALID .*the table has "refuseTargets"/],
    ['a part that is missing', FILE, { 'loss.ts': LOSS.replace('loss:', 'cost:') }, /MODULE_INVALID .*the table has no loss/],
    ['a package', FILE, { 'score.ts': `import 'node:fs';\n${SCORE}` }, /MODULE_UNREADABLE .*score\.ts imports "node:fs": only 'kindred' and files beside it/],
    [
      'a file beside it that is not there',
      FILE,
      { 'loss.ts': LOSS.replace('./score.ts', './other.ts') },
      /MODULE_UNREADABLE .*other\.ts there is no such file/,
    ],
    ['a strategy as a problem', FILE.replace('./loss.ts', './still.mjs'), {}, /MODULE_INVALID .*problem\.kind: "\.\/still\.mjs" brings a strategy; a problem/],
    ['an option it does not know', FILE.replace('needed: 2', 'needed: 2, wdith: 3'), {}, /problem\.options\.wdith: unknown key; did you mean "width"/],
    ['an option below its minimum', FILE.replace('needed: 2', 'needed: 2, width: -1'), {}, /problem\.options\.width: must be >= 0 \(got -1\)/],
    ['a required option left out', FILE.replace('needed: 2', 'width: 2'), {}, /problem\.options\.needed: is missing/],
    ['a key that tables do not have', FILE.replace('target: y', 'target: y, loss: squared'), {}, /problem\.loss: unknown key/],
    ['an option of the estimator', FILE.replace('force: true', 'force: 3'), {}, /relationship\.force: must be true or false \(got 3\)/],
    ['a key of an arm', FILE.replace('./still.mjs }', './still.mjs, eta: -1 }'), {}, /arms\[1\]\.eta: must be >= 0/],
    ['an eta of a strategy that has none', FILE.replace('./still.mjs }', './still.mjs, eta: 1 }'), {}, /arms\[1\]\.eta: \.\/still\.mjs has no eta/],
    [
      'an option of a strategy it does not know',
      FILE.replace('./still.mjs }', './still.mjs, needed: 1, bata: 2 }'),
      { 'still.mjs': TUNED },
      /arms\[1\]\.bata: unknown key; did you mean "beta"/,
    ],
    [
      'an option of a strategy below its minimum',
      FILE.replace('./still.mjs }', './still.mjs, needed: 1, beta: -1 }'),
      { 'still.mjs': TUNED },
      /arms\[1\]\.beta: must be >= 0 \(got -1\)/,
    ],
    ['a required option of a strategy left out', FILE, { 'still.mjs': TUNED }, /arms\[1\]\.needed: is missing/],
    ['an option called as a key of every arm', FILE, { 'still.mjs': TUNED.replaceAll('beta', 'eta') }, /MODULE_INVALID .*its option "eta" is called as a key/],
    ['a prior over an unknown loss', FILE.replace('non-cooperative', 'hierarchical'), {}, /arms\[0\]\.strategy: hierarchical must know the loss/],
    [
      'targets it does not take',
      FILE,
      { 'data.csv': CSV.replace('t0,0,', 't0,-1,') },
      /TABLE_INVALID .*problem\.target: task "t0", its row 1: the target must not be negative \(got -1\)/,
    ],
    ['a dimension that is none', FILE, { 'loss.ts': LOSS.replace('1 + features', '0.5') }, /MODULE_INVALID .*its dimension is 0\.5/],
  ];
  for (const [what, text, files, words] of WRONG) test(what, () => assert.match(refused(text, files), words));
});
