/** Streams of one's own in an experiment file: what is found of them, what they are refused for, and that seeds are one experiment. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { jobOf, parseJob } from '../../../config/job.ts';
import { load, refusal } from './fixture.ts';

const STREAM = `
import { defineProblem } from 'kindred';
export default defineProblem({
  summary: 'a mean',
  options: { size: { type: 'number', minimum: 1, default: 2, description: 'of a sample' } },
  stream: ({ agent, options }) => ({
    dimension: 3,
    truth: Float64Array.of(agent, 0, 1),
    sample: (random) => Float64Array.from([agent, 0, 1], (mean) => mean + random.gaussian()),
    loss: (w, x) => 0.5 * Number(options.size) * w.reduce((sum, value, m) => sum + (value - x[m]) ** 2, 0),
    gradient: (w, x, out) => out.forEach((_, m) => (out[m] = Number(options.size) * (w[m] - x[m]))),
  }),
});`;
const FILE = 'agents: 4\nproblem: { kind: ./mean.ts }\n';
const FILES = { 'mean.ts': STREAM };

const refused = (text: string, stream = STREAM): string => {
  const { code, text: words } = refusal(text, {}, { 'mean.ts': stream });
  return `${code} ${words}`;
};
const changed = (from: string, to: string): string => {
  assert.ok(STREAM.includes(from), from);
  return STREAM.replace(from, to);
};

test('the file says which module; its dimension and its curvature are found', () => {
  const { problem, cooperate, network } = load(FILE, {}, FILES);
  assert.deepEqual(problem, { kind: 'own-stream', own: { module: './mean.ts', options: { size: 2 } }, dimension: 3, curvature: 2, batch: 1_000_000 });
  assert.deepEqual(
    cooperate.arms.map(({ strategy }) => strategy),
    ['non-cooperative', 'consensus', 'multitask'],
  );
  assert.equal(network.graph, 'complete');
});

test('what is found is the same for every seed', () => {
  const [one, other] = [3, 4].map((seed) => load(FILE, { seed }, FILES).problem);
  assert.deepEqual(one, other);
});

test('without a truth it says by what it is judged', () => {
  const measureOf = (stream: string): unknown => (load(FILE, {}, { 'mean.ts': stream }).problem as { measure?: string }).measure;
  const blind = changed('truth: Float64Array.of(agent, 0, 1),', '');
  assert.equal(measureOf(STREAM), undefined);
  assert.equal(measureOf(blind), 'mean loss on held-out mini-batches');
  assert.equal(
    measureOf(blind.replace("summary: 'a mean'", "summary: 'a mean', measure: 'metres'").replace('dimension: 3', 'dimension: 3, evaluate: (w) => w[0]')),
    'metres',
  );
});

test('the job has what an agent needs of it', () => {
  const experiment = load(FILE, {}, FILES);
  const job = parseJob(jobOf(experiment, undefined, { agents: 4, edges: [] }));
  assert.deepEqual([job.kind, job.modules?.map(({ name }) => name)], ['own-stream', ['./mean.ts']]);
});

describe('what is refused, in words', () => {
  const WRONG: readonly [string, string, string, RegExp][] = [
    ['a key of a table', FILE.replace('mean.ts }', 'mean.ts, path: a.csv }'), STREAM, /problem\.path: unknown key/],
    ['an unknown option', FILE.replace('mean.ts }', 'mean.ts, options: { sise: 1 } }'), STREAM, /problem\.options\.sise: unknown key; did you mean "size"/],
    ['neither table nor stream', FILE, changed('stream:', 'flow:'), /MODULE_INVALID .*either table .* or stream/],
    [
      'a stream that throws',
      FILE,
      changed('({ agent, options }) => ({', '({ agent, options }) => { throw new Error("no"); return ({').replace('}),\n});', '});},\n});'),
      /MODULE_FAILED .*agent 0: Error: no/,
    ],
    ['a dimension that is none', FILE, changed('dimension: 3', 'dimension: 0'), /MODULE_INVALID .*agent 0 has the dimension 0/],
    ['a truth of another length', FILE, changed('(agent, 0, 1)', '(agent, 0)'), /MODULE_INVALID .*a truth of 2 numbers; it must be 3/],
    ['two judges', FILE, changed('dimension: 3', 'dimension: 3, evaluate: () => 1'), /MODULE_INVALID .*leave out evaluate and measure/],
    ['a flat loss', FILE, changed('Number(options.size) * (w[m] - x[m])', '0'), /MODULE_INVALID .*no curvature where learning begins/],
    [
      'the true relationship',
      `${FILE}cooperate: { arms: [{ strategy: multitask, relationship: known }] }`,
      STREAM,
      /arms\[0\]\.relationship: the true relationship of a stream of one's own is not known/,
    ],
    ['a prior', `${FILE}cooperate: { arms: [{ strategy: hierarchical }] }`, STREAM, /hierarchical is for tables/],
  ];
  for (const [what, text, stream, words] of WRONG) test(what, () => assert.match(refused(text, stream), words));
});
