/** `kindred fault` on a run that goes on: what is injected happens, what is cleared is over, and the bits stay the same. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { watch } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { Command } from 'commander';
import { addFaultCommand, type FaultRecord } from '../../cli/fault.ts';
import { KindredError } from '../../core/errors.ts';
import { digests, simulated, smallExperiment } from '../support/experiments.ts';
import { once, watchedRun, type Watched } from '../support/watched-run.ts';

const ROOM = ['cooperate.steps=800', 'cooperate.arms=[{strategy: multitask}]'];
const expected = digests(simulated(smallExperiment(ROOM)));

async function fault(...args: string[]): Promise<unknown> {
  let text = '';
  const program = new Command('kindred').exitOverride();
  addFaultCommand(program, (part) => (text += part));
  await program.parseAsync(['fault', ...args, '--json'], { from: 'user' });
  return JSON.parse(text);
}

/** Runs, and does `action` when the agents cooperate; its outcome, and the record of the run. */
async function during<T>(action: (run: Watched) => Promise<T>) {
  let acted: Promise<T> | undefined;
  const act = once<[Watched]>(
    () => true,
    (run) => void (acted = action(run)),
  );
  const { result, run, alive } = await watchedRun(smallExperiment(ROOM), {
    progress: ({ phase, iteration }, watched) => phase === 'cooperating' && iteration > 0 && act(watched),
  });
  assert.ok(acted !== undefined, `the run never cooperated: ${result.error?.message}`);
  const outcome = await acted;
  assert.equal(result.status, 'completed', result.error?.message);
  assert.deepEqual(digests(result), expected);
  assert.deepEqual(alive, []);
  return { outcome, run, record: (await fault('list', run.directory)) as FaultRecord };
}

const eventsOf = ({ timeline }: FaultRecord): string[] => timeline.map(({ event, party }) => (party === undefined ? event : `${event} ${party}`));

test('inject: a kill with a restart, from now on', async () => {
  const { outcome, run, record } = await during(({ directory }) => fault('inject', directory, '{ kill: 2, restartAfter: 200ms }'));
  const { faults } = outcome as { faults: { at: { unit: string; ms: number } }[] };
  assert.equal(faults[0].at.unit, 'ms');
  assert.ok(faults[0].at.ms > 0);
  assert.equal(run.starts(2), 2);
  assert.deepEqual(eventsOf(record), ['injected', 'kill 2', 'start 2', 'restarted 2']);
  assert.equal(record.live, false);
});

test('clear: a pause of a minute is over at once', async () => {
  const { record, outcome } = await during(async ({ directory }) => {
    await fault('inject', directory, '[{ pause: 4, for: 60s }, { link: all, delay: 1ms }]');
    const listed = (await fault('list', directory)) as FaultRecord;
    await fault('clear', directory);
    return listed;
  });
  assert.equal(outcome.live, true);
  assert.ok(eventsOf(outcome).includes('injected'));
  const events = eventsOf(record);
  for (const event of ['stop 4', 'cleared', 'continue 4']) assert.ok(events.includes(event), `${event} is missing in ${events.join(', ')}`);
});

test('clear: an agent that was cut off from the coordinator too hears of it', async () => {
  const { record } = await during(async ({ directory }) => {
    await fault('inject', directory, '{ isolate: 1 }');
    await lostIn(directory, 1);
    await fault('clear', directory);
  });
  assert.ok(eventsOf(record).includes('cleared'));
});

/** Waits for the coordinator to write that it lost the agent. */
async function lostIn(directory: string, agent: number): Promise<void> {
  const events = join(directory, 'events.jsonl');
  for await (const _ of watch(directory)) if (readFileSync(events, 'utf8').includes(`"type":"lost","agent":${agent}`)) return;
}

test('inject: what the coordinator would refuse is refused before', async () => {
  const { outcome } = await during(({ directory }) =>
    assert.rejects(fault('inject', directory, '{ kill: 6 }'), (error) => error instanceof KindredError && error.code === 'USAGE'),
  );
  assert.equal(outcome, undefined);
});
