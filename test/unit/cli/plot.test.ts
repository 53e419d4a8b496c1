/** `kindred plot` on run directories made here, and the course of a run out of its events. */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { Command } from 'commander';
import { addPlotCommand } from '../../../cli/plot.ts';
import { runTimeline } from '../../../cli/run-timeline.ts';
import { KindredError, type ErrorCode } from '../../../core/errors.ts';
import { FIGURE_KINDS } from '../../../figures/run-figures.ts';
import { projectRoot } from '../../support/project.ts';
import { givenFile } from '../config/fixture.ts';
import { paperRun } from '../figures/fixtures.ts';
import { elementsOf } from '../figures/markup.ts';
import { GMRF_RESULT, TABLE_RESULT, arm, storeRun, temporaryDirectory } from './fixture.ts';

async function plot(...args: string[]): Promise<string> {
  let text = '';
  const program = new Command('kindred').exitOverride();
  addPlotCommand(program, (part) => (text += part));
  await program.parseAsync(['plot', ...args], { from: 'user' });
  return text;
}

/** Three seeds of one experiment, and a run of a table. */
function stored(context: TestContext): { runs: string; seeds: string[] } {
  const runs = temporaryDirectory(context);
  const seeds = [1, 2, 3].map((seed) => {
    const error = [0.18, 0.2, 0.22][seed - 1];
    const arms = [arm('non-cooperative', 'none', [0.4, 0.4]), arm('multitask', 'learned', [error, error])];
    storeRun(runs, `paper-${seed}`, 1_000_000 * seed, { ...GMRF_RESULT, runId: `paper-${seed}`, seed, arms });
    writeFileSync(join(runs, `paper-${seed}`, 'experiment.json'), JSON.stringify({ name: 'paper', seed, agents: 2, problem: { kind: 'gmrf-regression' } }));
    return `paper-${seed}`;
  });
  storeRun(runs, 'wind-1-bbbb', 9_000_000, TABLE_RESULT);
  return { runs, seeds };
}

const refused =
  (code: ErrorCode, text: RegExp) =>
  (error: unknown): boolean =>
    error instanceof KindredError && error.code === code && text.test(error.message);

test('three seeds become one SVG with their mean and interval', async (context) => {
  const { runs, seeds } = stored(context);
  const file = join(runs, 'gain.svg');
  const told = JSON.parse(await plot(...seeds, '--kind', 'gain', '-o', file, '--out', runs, '--json')) as Record<string, unknown>;
  const svg = readFileSync(file, 'utf8');
  elementsOf(svg);
  // 55, 50 and 45 % saved: 50 ± 4.30265 * 5 / sqrt(3) = 12.4.
  assert.match(svg, />50\.0 ± 12\.4 % better · 2 of 2 agents</);
  assert.deepEqual([told['runs'], told['seeds'], told['format'], told['width']], [seeds, [1, 2, 3], 'svg', 420]);
});

test('a PNG has its signature, and the size that was told', async (context) => {
  const { runs, seeds } = stored(context);
  const file = join(runs, 'gain.PNG');
  const { width, height } = JSON.parse(await plot(seeds[0], '--kind', 'gain', '-o', file, '--out', runs, '--json')) as { width: number; height: number };
  const bytes = readFileSync(file);
  assert.equal(bytes.subarray(0, 8).toString('hex'), '89504e470d0a1a0a');
  assert.deepEqual([bytes.readUInt32BE(16), bytes.readUInt32BE(20)], [width, height]);
  // 600 dots per inch on 88 mm.
  assert.ok(width / (88 / 25.4) >= 600);
});

test('what cannot be drawn is refused, and says why', async (context) => {
  const { runs, seeds } = stored(context);
  const draw = (...args: string[]): Promise<string> => plot(...args, '--out', runs);
  await assert.rejects(draw(seeds[0], 'wind-1-bbbb', '--kind', 'gain', '-o', 'x.svg'), refused('RUNS_DIFFER', /paper-1.*wind-1-bbbb/));
  await assert.rejects(draw(seeds[0], '--kind', 'gain', '-o', 'x.pdf'), refused('USAGE', /must end in \.svg or \.png/));
  await assert.rejects(draw(seeds[0], '--kind', 'curves', '-o', 'x.svg'), refused('USAGE', /no curves figure/));
  await assert.rejects(draw(...seeds, '--kind', 'timeline', '-o', 'x.svg'), refused('USAGE', /a timeline is of one run/));
  await assert.rejects(draw(seeds[0], '--kind', 'gain', '-o', join(runs, 'nowhere', 'x.svg')), refused('OUTPUT_UNWRITABLE', /no such directory/));
  await assert.rejects(draw('nothing', '--kind', 'gain', '-o', 'x.svg'), refused('RUN_UNKNOWN', /nothing/));
});

test('the same seed twice is one sample', async (context) => {
  const { runs, seeds } = stored(context);
  storeRun(runs, 'twin', 5_000_000, { ...GMRF_RESULT, runId: 'twin', seed: 1 });
  writeFileSync(join(runs, 'twin', 'experiment.json'), JSON.stringify({ name: 'paper', seed: 1, agents: 2, problem: { kind: 'gmrf-regression' } }));
  await assert.rejects(plot(seeds[0], 'twin', '--kind', 'gain', '-o', 'x.svg', '--out', runs), refused('RUNS_DIFFER', /one sample, not two/));
});

const at = (ms: number): string => new Date(1_700_000_000_000 + ms).toISOString();

test('the course of a run: phases, arms without their parts, faults from beginning to end, absences', () => {
  const events = [
    { at: at(0), type: 'started' },
    { at: at(1_000), type: 'stage', phase: 'exploring', label: 'learning alone' },
    { at: at(2_000), type: 'stage', phase: 'exploring', label: 'learning alone' },
    { at: at(3_000), type: 'stage', phase: 'cooperating', label: 'multitask (learned): choosing eta' },
    { at: at(3_500), type: 'fault', order: 'kill', target: 1, fault: 'kill 1, restart after 1 s' },
    { at: at(3_600), type: 'lost', agent: 1 },
    { at: at(4_000), type: 'stage', phase: 'cooperating', label: 'multitask (learned)' },
    { at: at(4_500), type: 'fault', order: 'start', target: 1, fault: 'kill 1, restart after 1 s' },
    { at: at(4_600), type: 'rejoined', agent: 1 },
    { at: at(5_000), type: 'fault-began', agent: 0, detail: 'loss 20 % on 0<->1' },
    { at: at(6_000), type: 'completed' },
    { at: at(6_100), type: 'lost', agent: 0 },
  ];
  const timeline = runTimeline(events, [], ['0', 'Dublin'])!;
  const times = (bands: readonly { name: string; fromMs: number; untilMs: number }[]) => bands.map(({ name, fromMs, untilMs }) => [name, fromMs, untilMs]);
  assert.deepEqual(times(timeline.phases), [
    ['assembling', 0, 1_000],
    ['exploring', 1_000, 3_000],
    ['cooperating', 3_000, 6_000],
  ]);
  assert.deepEqual(times(timeline.arms), [['multitask (learned)', 3_000, 6_000]]);
  assert.deepEqual(times(timeline.faults), [
    ['kill 1, restart after 1 s', 3_500, 4_500],
    ['loss 20 % on 0<->1', 5_000, 6_000],
  ]);
  assert.deepEqual(
    timeline.parties.map(({ name, away, marks }) => ({ name, away, kinds: marks.map(({ kind }) => kind) })),
    [{ name: 'Dublin', away: [{ fromMs: 3_500, untilMs: 4_600 }], kinds: ['lost', 'lost', 'back'] }],
  );
  assert.equal(runTimeline([], [], []), null);
});

test('every example of docs/figures.md draws its figure', async (context) => {
  const folder = temporaryDirectory(context);
  for (const seed of [1, 2, 3]) storeWhole(join(folder, 'runs'), seed);
  const [, block] = /```sh\n(.*?)```/s.exec(readFileSync(join(projectRoot, 'docs/figures.md'), 'utf8'))!;
  const examples = block.trim().split('\n');
  assert.deepEqual(new Set(examples.map((line) => / --kind (\w+)/.exec(line)![1])), new Set(FIGURE_KINDS));
  for (const line of examples) {
    const args = line.split(' ').slice(2);
    const file = args[args.indexOf('-o') + 1];
    await plot(...args.map((arg) => (arg.startsWith('runs/') || arg === file ? join(folder, arg) : arg)));
    const bytes = readFileSync(join(folder, file));
    if (file.endsWith('.svg')) elementsOf(bytes.toString());
    else assert.equal(bytes.subarray(1, 4).toString(), 'PNG');
  }
});

/** With curves, a graph, its file and events. */
function storeWhole(runs: string, seed: number): void {
  const run = { ...paperRun(), runId: `paper-${seed}`, seed };
  const directory = storeRun(runs, run.runId, 1_000 * seed, run);
  const experiment = { name: 'paper', seed, agents: 10, problem: { kind: 'gmrf-regression' }, faults: [] };
  writeFileSync(join(directory, 'experiment.json'), JSON.stringify(experiment));
  mkdirSync(join(directory, 'relationship'));
  writeFileSync(join(directory, 'relationship', 'v0001.json'), givenFile(10, 'precision', [0, 1, 2, 3, 4, 5, 6, 7, 8, 9 + seed]));
  const events = [
    { at: at(0), type: 'started' },
    { at: at(500), type: 'stage', phase: 'cooperating', label: 'multitask (learned)' },
    { at: at(900), type: 'completed' },
  ];
  writeFileSync(join(directory, 'events.jsonl'), events.map((event) => `${JSON.stringify(event)}\n`).join(''));
}
