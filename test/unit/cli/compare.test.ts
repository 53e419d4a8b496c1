/** `compare` on runs whose figures were computed by hand; what it refuses; what it says of itself. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Command } from 'commander';
import { addCompareCommand, compare } from '../../../cli/compare.ts';
import type { Comparison } from '../../../cli/compare.ts';
import { KindredError } from '../../../core/errors.ts';
import type { ComparisonRow } from '../../../core/comparison.ts';
import type { RunResult } from '../../../core/run-result.ts';
import { projectRoot } from '../../support/project.ts';
import { LOGISTIC_RESULT, TABLE_RESULT, storeRun, temporaryDirectory } from './fixture.ts';

const RUNS = join(projectRoot, 'test', 'fixtures', 'compare');
const PLAIN = ['plain-1', 'plain-2', 'plain-3'];
const NOISY = ['noisy-1', 'noisy-2', 'noisy-4'];

const near = (value: number | null | undefined, expected: number): void =>
  assert.ok(typeof value === 'number' && Math.abs(value - expected) < 1e-9, `${value} is not ${expected}`);

function intervalIs({ interval }: ComparisonRow, low: number, high: number): void {
  near(interval?.[0], low);
  near(interval?.[1], high);
}

function plain(seed: number): RunResult {
  return JSON.parse(readFileSync(join(RUNS, `plain-${seed}`, 'run.json'), 'utf8')) as RunResult;
}

function refusal(code: string, action: () => unknown): string {
  try {
    action();
  } catch (error) {
    assert.ok(error instanceof KindredError && error.code === code, String(error));
    return error.message;
  }
  throw new assert.AssertionError({ message: 'nothing was refused' });
}

test('arms against learning alone: as computed by hand', () => {
  const { rows, comparisons } = compare(PLAIN, RUNS);
  assert.deepEqual(
    rows.map(({ kind, arm, against, pairs, verdict }) => [kind, arm, against, pairs, verdict]),
    [
      ['arms', 'consensus', 'non-cooperative', 3, 'worse'],
      ['arms', 'multitask', 'non-cooperative', 3, 'not told apart'],
    ],
  );
  assert.equal(comparisons, 2);
  const [consensus, multitask] = rows;
  // Differences -.1, -.2, 0: s.e. .1/sqrt(3); t(.975, 2) = 4.3026527; p = 1 - sqrt(3)/sqrt(5).
  near(multitask.difference, -0.1);
  near(multitask.standardError, 0.1 / Math.sqrt(3));
  const reach = (4.302652729911275 * 0.1) / Math.sqrt(3);
  intervalIs(multitask, -0.1 - reach, -0.1 + reach);
  near(multitask.relative, -0.1);
  near(multitask.p, 1 - Math.sqrt(3 / 5));
  near(multitask.pAdjusted, 1 - Math.sqrt(3 / 5));
  // Differences .5, .5, .56: s.e. .02, t = 26; the smaller of two p counts twice.
  near(consensus.difference, 0.52);
  intervalIs(consensus, 0.52 - 0.08605305459822, 0.52 + 0.08605305459822);
  near(consensus.p, 1 - 26 / Math.sqrt(678));
  near(consensus.pAdjusted, 2 * (1 - 26 / Math.sqrt(678)));
});

test('agents: who gained, who was harmed, of whom it is certain, and the worst', () => {
  const [, { agents }] = compare(PLAIN, RUNS).rows;
  // Agent a: -.3, -.4, -.3, p = 1 - 10/sqrt(102), twice below .05. Agent b: .1, 0, .3.
  assert.deepEqual([agents?.gained, agents?.surelyGained, agents?.harmed, agents?.surelyHarmed], [[0], [0], [1], []]);
  assert.equal(agents?.worst?.name, 'b');
  near(agents?.worst?.difference, 0.4 / 3);
  near(agents?.worst?.relative, 0.4 / 3);
});

test('experiments: paired by the seeds they share, the others named', () => {
  const { rows, notes } = compare([...PLAIN, ...NOISY], RUNS);
  const [row, ...others] = rows.filter(({ kind }) => kind === 'experiments');
  assert.deepEqual([others.length, row.experiment, row.against, row.arm, row.pairs], [0, 'noisy', 'plain', 'non-cooperative', 2]);
  // Differences .1, .2: t(.975, 1) = 12.706204736; p = 1 - 2/pi atan 3; the largest of three p.
  near(row.difference, 0.15);
  intervalIs(row, 0.15 - 0.05 * 12.7062047361747, 0.15 + 0.05 * 12.7062047361747);
  near(row.p, 1 - (2 / Math.PI) * Math.atan(3));
  assert.ok(notes.includes('not paired: seed 3 of plain, not in noisy; seed 4 of noisy, not in plain'), notes.join('\n'));
});

test('one seed: no interval, and it says so', () => {
  const { rows, notes } = compare(['plain-1'], RUNS);
  assert.deepEqual(
    rows.map(({ interval, p, verdict }) => [interval, p, verdict]),
    [
      [null, null, 'no interval'],
      [null, null, 'no interval'],
    ],
  );
  assert.match(notes.join('\n'), /^one pair only: no interval/);
});

test('pairs that do not differ have no interval either', (context) => {
  const runs = temporaryDirectory(context);
  for (const seed of [1, 2]) storeRun(runs, `same-${seed}`, 1, { ...plain(1), seed });
  const { rows, notes } = compare(['same-1', 'same-2'], runs);
  assert.deepEqual([rows[0].pairs, rows[0].interval], [2, null]);
  assert.match(notes.join('\n'), /the same difference to the last bit/);
});

test('a run repeated counts once; two results of one seed are refused', (context) => {
  const runs = temporaryDirectory(context);
  for (const seed of [1, 2, 3]) storeRun(runs, `one-${seed}`, 1, plain(seed));
  storeRun(runs, 'again-1', 1, { ...plain(1), mode: 'processes' });
  const repeated = compare(['one-1', 'one-2', 'one-3', 'again-1', join(runs, 'one-1')], runs);
  assert.equal(repeated.rows[0].pairs, 3);
  assert.match(repeated.notes.join('\n'), /^1 of the runs repeat/);
  storeRun(runs, 'other-1', 1, { ...plain(2), seed: 1 });
  assert.match(
    refusal('RUNS_INCOMPARABLE', () => compare(['one-1', 'other-1'], runs)),
    /one-1 and other-1 are of one experiment and one seed 1/,
  );
});

test('what cannot be paired is refused', (context) => {
  assert.match(
    refusal('RUNS_INCOMPARABLE', () => compare(['noisy-4', 'noisy-1'], RUNS)),
    /one arm only/,
  );
  const runs = temporaryDirectory(context);
  storeRun(runs, 'gmrf', 1, plain(1));
  storeRun(runs, 'table', 1, TABLE_RESULT);
  storeRun(runs, 'labels', 1, LOGISTIC_RESULT);
  storeRun(runs, 'lonely', 1, { ...plain(1), experiment: 'lonely', seed: 9, arms: plain(1).arms.slice(0, 1) });
  storeRun(runs, 'going-on', 1, undefined);
  assert.match(
    refusal('RUNS_INCOMPARABLE', () => compare(['gmrf', 'table'], runs)),
    /not of one kind: gmrf .* table/,
  );
  assert.match(
    refusal('RUNS_INCOMPARABLE', () => compare(['table', 'labels'], runs)),
    /not of one kind/,
  );
  refusal('RUN_UNFINISHED', () => compare(['going-on'], runs));
  refusal('RUN_UNKNOWN', () => compare(['nobody'], runs));
  assert.match(
    refusal('USAGE', () => compare(PLAIN, RUNS, 'multitsk')),
    /did you mean "multitask"/,
  );
});

test('logistic tables are compared by 1 - AUC; an agent without one is left out', (context) => {
  const runs = temporaryDirectory(context);
  storeRun(runs, 'labels', 1, LOGISTIC_RESULT);
  const { rows, errorName } = compare(['labels'], runs);
  assert.match(errorName, /AUC/);
  near(rows[0].difference, -0.1);
  assert.deepEqual(rows[0].agents?.gained, [0]);
});

test('arms that are about other agents are not compared', (context) => {
  const runs = temporaryDirectory(context);
  const [alone, ...others] = plain(1).arms;
  storeRun(runs, 'part', 1, { ...plain(1), arms: [{ ...alone, errorByAgent: [1, null] }, ...others] });
  refusal('RUNS_INCOMPARABLE', () => compare(['part'], runs));
});

test('the command: tables for people, JSON with the pinned names', () => {
  const call = (...args: string[]): string => {
    let text = '';
    const program = new Command('kindred').exitOverride();
    addCompareCommand(program, (part) => (text += part));
    program.parse(['compare', ...PLAIN, '--out', RUNS, ...args], { from: 'user' });
    return text;
  };
  const text = call();
  assert.match(text, /plain: 3 runs \(seed 1, seed 2, seed 3\)/);
  assert.match(text, /multitask +3 +0\.9000 +-0\.1000 +-0\.3484 \.\. \+0\.1484 +-10\.0 % +0\.225 +not told apart +1\/1 \(1\/0 sure\) +b \+13\.3 %/);
  assert.match(text, /adjusted for 2 comparisons \(Holm\)/);
  const { rows } = JSON.parse(call('--json')) as Comparison;
  near(rows[1].difference, -0.1);
  assert.equal(rows[1].interval?.length, 2);
  assert.match(call('--against', 'multitask'), /arms, against multitask/);
});
