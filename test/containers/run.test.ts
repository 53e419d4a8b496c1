/**
 * Runs in containers, as `kindred run --mode compose` makes them: a coordinator and eight agents. One run meets every fault
 * that an engine can bring about, one after the other, and ends in the bits of the simulated run without faults; another is
 * interrupted, and broken while it goes on. Nothing of them is left. Without an engine these tests fail.
 */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { runInContainers } from '../../cli/containers.ts';
import type { Engine } from '../../cli/engine.ts';
import { readEvents } from '../../cli/fault-record.ts';
import type { RunEvent } from '../../core/run-event.ts';
import { createRun } from '../../cli/new-run.ts';
import { readLive } from '../../cli/run-files.ts';
import { whyNoPackets } from '../../cli/packet-tools.ts';
import type { RunProgress } from '../../coordinator/run-progress.ts';
import type { RunResult } from '../../core/run-result.ts';
import { assertHappened, assertUnharmed, chaosExperiment, explained, seen, sightings } from '../support/chaos.ts';
import type { Observed, Scenario, Sight } from '../support/chaos.ts';
import { experimentFile, kindred, kindredIn, onlyRun } from '../support/command.ts';
import { output } from '../support/experiments.ts';
import { assertNothingLeft, assertOwned, builtImage, requireEngine } from '../support/engine.ts';

const RUN_MS = 480_000;
const BUILD_MS = 600_000;
const STEPS = 500;
const SILENT = 'nothing heard for 1750 ms';
const LOSS = 'loss 30 % on 4<->5';
const SPLIT = { whole: 'loss 10 %, duplicate 10 % on 6<->7', agents: 'duplicate 10 % on 6<->7' };

/**
 * In the order of their steps. The coordinator's first: rounds go on without it, so there must be many left. What stops the
 * rounds keeps the next one waiting. The delay makes a run of it that lasts on any machine.
 */
const FAULTS: readonly string[] = [
  '{ link: all, delay: 10ms, jitter: 5ms }',
  '{ at: 60, for: 2s, pause: coordinator }',
  '{ at: 160, restart: coordinator }',
  '{ at: 260, kill: coordinator, restartAfter: 1s }',
  '{ at: 360, kill: 2, restartAfter: 1s }',
  '{ at: 420, restart: 5 }',
  '{ at: 480, for: 3s, pause: 3 }',
  '{ at: 540, for: 3s, isolate: 4 }',
  '{ at: 600, for: 3s, partition: [["0-3"], ["4-7"]] }',
  '{ at: 660, for: 3s, partition: [[0], ["1-7"]], direction: one-way }',
  '{ at: 720, for: 3s, link: "4<->5", loss: 30% }',
  '{ at: 720, for: 3s, link: "6<->7", loss: 10%, duplicate: 10% }',
  '{ at: 840, for: 3s, link: "0<->1", bandwidth: 500B/s }',
  '{ at: 940, for: 2500ms, link: "1<->2", blackhole: true }',
];

let engine: Engine;
let image: string;

before(
  async () => {
    engine = await requireEngine();
    // Otherwise nothing would be asked of packets, and nobody would know.
    if (process.getuid?.() === 0) assert.equal(whyNoPackets(), undefined);
    image = await builtImage();
  },
  { timeout: BUILD_MS },
);

test('every fault of containers, in one run', { timeout: RUN_MS }, async (context) => {
  const scenario: Scenario = { faults: FAULTS, overrides: [`cooperate.steps=${STEPS}`] };
  const observed = await runFaults(scenario);
  const { result, events, run } = observed;
  explained(observed, () => {
    assertUnharmed(observed, scenario);
    assert.equal(result.mode, 'compose');
    assertHappened(observed);
    for (const sight of [...EFFECTS, ...(whyNoPackets() === undefined ? PACKETS : [])])
      assert.ok(seen(events, sight), `the record lacks ${JSON.stringify(sight)}`);
    if (whyNoPackets() === undefined) assertPacketsMet(events);
    assertOrdersDone(events);
  });
  context.diagnostic(`joined after ${secondsUntil(events, 'stage')} s; completed after ${secondsUntil(events, 'completed')} s`);
  for (const { detail, packets } of events.filter(({ type, by }) => type === 'fault-ended' && by !== undefined))
    context.diagnostic(`${String(detail)}${packets === undefined ? '' : `: ${String(packets)} packets`}`);
  await assertNothingLeft(engine, result.runId);
  assertOwned(run.directory);
});

/** What came of the faults that an engine brings about everywhere. */
const EFFECTS: readonly Sight[] = [
  { type: 'restarted', party: 2, starts: 2 },
  { type: 'rejoined', agent: 2, incarnation: 2 },
  { type: 'restarted', party: 5, starts: 2 },
  { type: 'rejoined', agent: 5, incarnation: 2 },
  { type: 'link-lost', agent: 5, neighbour: 4, detail: SILENT },
  { type: 'fault-began', detail: 'isolate 4', by: 'network disconnect' },
  { type: 'lost', agent: 4, detail: SILENT },
  { type: 'rejoined', agent: 4, incarnation: 1 },
  { type: 'fault-ended', detail: 'isolate 4', by: 'network disconnect' },
  { type: 'restarted', party: 'coordinator', starts: 3 },
];

/** What came of the faults of packets. */
const PACKETS: readonly Sight[] = [
  ...['partition 0,1,2,3 | 4,5,6,7', 'one-way partition 0 -> 1,2,3,4,5,6,7', LOSS, SPLIT.whole, 'bandwidth 500 B/s on 0<->1'].map((detail) => ({
    type: 'fault-ended',
    detail,
    by: 'iptables, tc',
  })),
  { type: 'link-lost', agent: 1, neighbour: 0, detail: SILENT },
  { type: 'fault-ended', agent: 6, detail: SPLIT.agents },
];

async function runFaults(scenario: Scenario): Promise<Observed> {
  const experiment = chaosExperiment(scenario);
  const run = createRun(experiment);
  const progress: RunProgress[] = [];
  const notes: string[] = [];
  const addresses = new Set<string>();
  const onProgress = (now: RunProgress): void => {
    progress.push(now);
    addresses.add(readLive(run.directory)?.url ?? '');
  };
  const result = await runInContainers({ experiment, run, onProgress, onNote: (line) => notes.push(line) });
  addresses.delete('');
  assert.equal(addresses.size, 1, `a coordinator that restarts stays where its page was opened: ${[...addresses].join(', ')}`);
  const watched = { directory: run.directory, pid: () => 0, starts: () => 0 };
  return { result, run: watched, notes, alive: [], experiment, progress, events: readEvents(run.directory) };
}

function assertPacketsMet(events: readonly RunEvent[]): void {
  for (const event of events.filter(({ type, by }) => type === 'fault-ended' && by === 'iptables, tc'))
    assert.ok(Number(event['packets']) > 0, `no packet met ${String(event['detail'])}`);
}

/** An order that the engine refused is no fault that happened. */
function assertOrdersDone(events: readonly RunEvent[]): void {
  assert.deepEqual(sightings(events, { type: 'engine-failed' }), []);
}

function secondsUntil(events: readonly RunEvent[], what: string): string {
  const [began, ended] = [events[0], events.find(({ type }) => type === what)!].map(({ at }) => Date.parse(at));
  return ((ended - began) / 1_000).toFixed(1);
}

test(
  'interrupted: ended in order, nothing left, and cannot be resumed; packets are broken by the agents where the tools are missing',
  {
    timeout: RUN_MS,
  },
  async (context) => {
    const { file, directory } = experimentFile(chaosExperiment({ faults: ['{ link: all, delay: 5ms }'], overrides: ['cooperate.steps=100000'] }));
    // A machine without the tools for packets: only what is needed to ask the engine.
    const path = onlyTools(['docker', 'docker-compose']);
    const running = kindredIn({ PATH: path, KINDRED_IMAGE: image }, 'run', file, '--mode', 'compose', '--json');
    context.after(async () => {
      running.child.kill('SIGINT');
      await running.ended;
    });
    await running.said(/^cooperating: /);
    const run = onlyRun(directory);
    const inject = kindred('fault', 'inject', run, '{ partition: [[0], ["1-7"]], for: 1s }');
    assert.equal((await inject.ended).code, 0);
    assert.equal((await kindred('fault', 'inject', run, '{ isolate: 3, for: 1s }').ended).code, 0);
    await running.said(/^over: isolate 3/);
    assert.equal((await kindred('pause', run).ended).code, 0);
    await running.said(/^cooperating: paused/);
    assert.equal((await kindred('resume', run).ended).code, 0);
    const since = performance.now();
    running.child.kill('SIGINT');
    const { code, stdout } = await running.ended;
    context.diagnostic(`gone ${((performance.now() - since) / 1_000).toFixed(1)} s after Ctrl-C`);
    assert.equal(code, 130);
    const { runId, status, directory: told } = JSON.parse(stdout) as RunResult;
    assert.deepEqual({ status, told }, { status: 'cancelled', told: run });
    const events = readEvents(run);
    explained({ events, run: { directory: run } }, () => {
      assert.match(String(sightings(events, { type: 'engine' })[0]['packets']), /^by the agents/);
      for (const type of ['paused', 'unpaused']) assert.ok(seen(events, { type }), type);
      assert.ok(seen(events, { type: 'fault-ended', detail: 'partition 0 | 1,2,3,4,5,6,7', agent: 0 }), 'the agents did not enact the partition');
    });
    await assertNothingLeft(engine, runId);
    assertOwned(run);
    const { code: refused, stderr } = await kindred('resume', run).ended;
    assert.equal(refused, 2);
    assert.match(stderr, /RUN_NOT_RESUMABLE/);
  },
);

test('without an engine the command refuses, says what to install, and makes no run', async () => {
  const { file, directory } = experimentFile(chaosExperiment({ faults: [] }));
  const { code, stderr } = await kindredIn({ DOCKER_HOST: `unix://${directory}/none.sock` }, 'run', file, '--mode', 'compose').ended;
  assert.equal(code, 2);
  assert.match(stderr, /ENGINE_MISSING[^]*hint: install one/);
  assert.throws(() => onlyRun(directory), /no run/);
});

/** A PATH with nothing else in it. */
function onlyTools(names: readonly string[]): string {
  const folder = join(output, 'tools');
  mkdirSync(folder);
  for (const name of names) {
    const at = (process.env['PATH'] ?? '')
      .split(':')
      .map((one) => join(one, name))
      .find((one) => existsSync(one));
    if (at !== undefined) symlinkSync(at, join(folder, name));
  }
  return folder;
}
