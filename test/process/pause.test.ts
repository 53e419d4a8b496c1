/** Real processes: a run that was paused, whatever happened to it meanwhile, ends in the bits of one that nobody touched. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readEvents } from '../../cli/fault-record.ts';
import type { RunProgress } from '../../coordinator/run-progress.ts';
import type { RunResult } from '../../core/run-result.ts';
import { experimentFile, kindred, onlyRun } from '../support/command.ts';
import { digests, simulated, smallExperiment } from '../support/experiments.ts';
import { once, watchedRun } from '../support/watched-run.ts';
import type { Watched } from '../support/watched-run.ts';

const ROOM = ['explore.steps=2000', 'cooperate.steps=400', 'cooperate.arms=[{strategy: multitask}, {strategy: filter}]'];
const expected = digests(simulated(smallExperiment(ROOM)));

/** Of the commands that act on a run. */
async function json(...args: readonly string[]): Promise<Record<string, unknown>> {
  const { code, stdout, stderr } = await kindred(...args, '--json').ended;
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout) as Record<string, unknown>;
}

/** Pauses in the middle of an arm, then does `hurt`, and goes on when `isHealed`. */
async function pausedRun(hurt: (run: Watched) => void, isHealed: (progress: RunProgress, run: Watched) => boolean): Promise<string[]> {
  const commands: Promise<unknown>[] = [];
  const pause = once<[RunProgress, Watched]>(
    ({ phase, iteration }) => phase === 'cooperating' && iteration > 0,
    (_, run) => void commands.push(json('pause', run.directory).then(() => hurt(run))),
  );
  const resume = once<[RunProgress, Watched]>(
    (progress, run) => progress.paused && isHealed(progress, run),
    (_, run) => void commands.push(json('resume', run.directory)),
  );
  const { result, run, alive } = await watchedRun(smallExperiment(ROOM), {
    progress: (progress, watched) => {
      pause(progress, watched);
      resume(progress, watched);
    },
  });
  await Promise.all(commands);
  assert.equal(result.status, 'completed', result.error?.message);
  assert.deepEqual(digests(result), expected);
  assert.deepEqual(alive, []);
  return readEvents(run.directory).map(({ type }) => type);
}

/** These happened, in this order; nothing was learned between the pause and its end. */
function assertOrder(events: readonly string[], ...types: readonly string[]): void {
  // Each after the one before: on a busy machine an arm may have ended before the command paused the run.
  let at = -1;
  for (const type of types) {
    at = events.indexOf(type, at + 1);
    assert.ok(at >= 0, `${type} of ${types.join(', ')}: ${events.join(', ')}`);
  }
  const meanwhile = events.slice(events.indexOf('paused'), events.indexOf('unpaused'));
  assert.ok(!meanwhile.includes('arm') && !meanwhile.includes('stage'), meanwhile.join(', '));
}

test('paused, an agent killed, resumed', async () => {
  const events = await pausedRun(
    (run) => process.kill(run.pid(2), 'SIGKILL'),
    ({ agentsUp }, run) => run.starts(2) === 2 && agentsUp === 6,
  );
  assertOrder(events, 'paused', 'lost', 'rejoined', 'unpaused', 'arm');
});

test('paused, the coordinator killed, resumed: the next one knows that it is paused', async () => {
  const events = await pausedRun(
    (run) => process.kill(run.pid('coordinator'), 'SIGKILL'),
    ({ agentsUp }, run) => run.starts('coordinator') === 2 && agentsUp === 6,
  );
  assertOrder(events, 'paused', 'resumed', 'unpaused', 'arm');
});

test('paused, stopped, resumed: it goes on at once', async () => {
  const { file, directory } = experimentFile(smallExperiment(ROOM));
  const command = kindred('run', file);
  await command.said(/^cooperating:/);
  const run = onlyRun(directory);
  assert.equal((await json('pause', run))['paused'], true);
  assert.equal((await json('pause', run))['paused'], true);
  assert.equal((await json('stop', run))['status'], 'cancelled');
  assert.equal((await command.ended).code, 130);
  for (const again of ['pause', 'stop']) {
    const { code, stderr } = await kindred(again, run).ended;
    assert.equal(code, 2);
    assert.match(stderr, /^error RUN_NOT_LIVE/);
  }
  const result = (await json('resume', run)) as unknown as RunResult;
  assert.equal(result.status, 'completed');
  assert.deepEqual(digests(result), expected);
  assertOrder(
    readEvents(run).map(({ type }) => type),
    'paused',
    'cancelled',
    'unpaused',
    'arm',
  );
});
