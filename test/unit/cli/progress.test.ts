import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { createProgress, manyRunsText, progressText, type ProgressEvent } from '../../../cli/progress.ts';
import { describeTerminal, paint } from '../../../cli/terminal.ts';

const EVENT: ProgressEvent = { phase: 'cooperating', step: 120, steps: 300, agentsUp: 10, agents: 10 };

/** A progress display on lines, with the five-second timer in the test's hand. */
function onLines(quiet = false) {
  const stream = new PassThrough();
  let text = '';
  stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
  let tick: (() => void) | undefined;
  const every = (ms: number, callback: () => void) => {
    assert.equal(ms, 5_000);
    tick = callback;
    return () => (tick = undefined);
  };
  const terminal = describeTerminal({ environment: {}, stream: {}, quiet });
  const progress = createProgress({ terminal, stream, every });
  return { progress, tick: () => tick?.(), lines: () => text.split('\n').slice(0, -1) };
}

test('one text for all that is known', () => {
  assert.equal(progressText(EVENT), 'step 120/300, agents 10/10');
  const { steps: _, ...endless } = EVENT;
  const full = { ...endless, error: 0.19312, bytesPerSecond: 1_234_567, secondsLeft: 75, waitingFor: 'agent 3 until 12:00:30' };
  assert.equal(progressText(full), 'step 120, agents 10/10, error 0.1931, 1.23 MB/s, 1m15s left, waiting for agent 3 until 12:00:30');
});

test('of many runs: done, failed, time left, and what runs now', () => {
  const runs = { phase: 'sweep', done: 0, of: 12, running: ['a=1, seed 1'] };
  assert.equal(manyRunsText(runs), '0 of 12 runs, now a=1, seed 1');
  assert.equal(
    manyRunsText({ ...runs, done: 3, failed: 1, secondsLeft: 75, running: ['a=1, seed 4', 'a=1, seed 5', 'a=2, seed 1'] }),
    '3 of 12 runs, 1 failed, 1m15s left, now a=1, seed 4 and 2 more',
  );
  const { progress, lines } = onLines();
  progress.show(runs);
  progress.show({ ...runs, running: ['a=1, seed 2'] });
  progress.show({ ...runs, done: 1, secondsLeft: 5 });
  progress.show({ ...runs, done: 2, secondsLeft: 4 });
  assert.deepEqual(lines(), ['sweep: 0 of 12 runs, now a=1, seed 1', 'sweep: 1 of 12 runs, 5s left, now a=1, seed 1']);
  progress.finish();
});

test('off a terminal: a line at each phase and one each 5 s, also while nothing happens', () => {
  const { progress, tick, lines } = onLines();
  tick();
  progress.show({ ...EVENT, phase: 'exploring', step: 1 });
  progress.show({ ...EVENT, phase: 'exploring', step: 2 });
  tick();
  tick();
  progress.show(EVENT);
  progress.note('relationship v1 learned');
  progress.finish();
  tick();
  assert.deepEqual(lines(), [
    'exploring: step 1/300, agents 10/10',
    'exploring: step 2/300, agents 10/10',
    'exploring: step 2/300, agents 10/10',
    'cooperating: step 120/300, agents 10/10',
    'relationship v1 learned',
    'cooperating: step 120/300, agents 10/10',
  ]);
});

test('quiet shows nothing', () => {
  const { progress, tick, lines } = onLines(true);
  progress.show(EVENT);
  tick();
  progress.finish();
  assert.deepEqual(lines(), []);
});

test('on a terminal: a bar that redraws itself', () => {
  const stream = Object.assign(new PassThrough(), {
    isTTY: true,
    columns: 100,
    cursorTo: () => true,
    clearLine: () => true,
    moveCursor: () => true,
  });
  let text = '';
  stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const terminal = describeTerminal({ environment: {}, stream, quiet: false });
  const progress = createProgress({ terminal, stream });
  progress.show(EVENT);
  progress.finish();
  assert.match(text, /cooperating \[[█░]+\] step 120\/300, agents 10\/10/);
});

test('what a terminal may show', () => {
  const tty = { isTTY: true, columns: 120 };
  const of = (environment: Record<string, string>, stream: { isTTY?: boolean; columns?: number } = tty, quiet = false) =>
    describeTerminal({ environment, stream, quiet });
  assert.deepEqual(of({}), { interactive: true, colour: true, quiet: false, columns: 120 });
  assert.deepEqual(of({}, {}), { interactive: false, colour: false, quiet: false, columns: 80 });
  assert.equal(of({ NO_COLOR: '1' }).colour, false);
  assert.equal(of({ NO_COLOR: '1' }).interactive, true);
  assert.equal(of({ NO_COLOR: '' }).colour, true);
  assert.equal(of({ CI: 'true' }).interactive, false);
  assert.equal(of({ TERM: 'dumb' }).interactive, false);
  assert.equal(of({}, tty, true).interactive, false);
  assert.equal(paint(of({}), 'red', 'x'), '\u001b[31mx\u001b[0m');
  assert.equal(paint(of({ NO_COLOR: '1' }), 'red', 'x'), 'x');
});
