/**
 * Faults of real packets: coordinator and agents started by hand, each in a network namespace of its own, while the kernel
 * drops, rejects, slows down and cuts. One run loses packets from the first one on; in the other every arm but the first
 * meets one fault. Each fault must be shown to have happened; the bits are those of the fault-free run.
 */
import assert from 'node:assert/strict';
import { readFileSync, watch } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { readEvents } from '../../cli/fault-record.ts';
import type { RunEvent } from '../../core/run-event.ts';
import { programOf } from '../../cli/programs.ts';
import { EVENTS_FILE } from '../../cli/run-files.ts';
import type { RunResult } from '../../core/run-result.ts';
import { AGENTS, assertWithin, chaosExperiment, explained, reference, SCENARIO_MS, sightings } from '../support/chaos.ts';
import type { Scenario, Sight } from '../support/chaos.ts';
import { experimentFile, onlyRun } from '../support/command.ts';
import { digests } from '../support/experiments.ts';
import { addressOf, filtered, limited, openNetwork, unplugged, whyNoNetwork } from '../support/namespaces.ts';
import type { Break, Network, Place, Started } from '../support/namespaces.ts';

interface Trouble {
  readonly name: string;
  readonly breaks: Break;
  /** What the record must name, within 2 s in the median; then it is mended. Without: mended when the arm is over. */
  readonly names?: readonly Sight[];
  /** What the record must hold afterwards. */
  readonly sees?: readonly Sight[];
}

const NAMED_MS = 2_000;
/** An arm at the least, of what a rate allows. */
const SLOWED_MS = 1_000;
/** Long enough to break something in the middle: 1 to 2 s without a fault. */
const ROUNDS = 300;
const SILENT = 'nothing heard for 1750 ms';
const everybody = Array.from({ length: AGENTS }, (_, agent) => agent);
/** As many scenarios in a run. */
const options = { skip: whyNoNetwork() ?? false, timeout: 3 * SCENARIO_MS };

/** In the order of the arms; an arm without a fault goes before them. */
const TROUBLES: readonly Trouble[] = [
  {
    name: 'iptables DROP between two agents: each names the other',
    breaks: filtered([2, '-s', addressOf(3), '-j', 'DROP'], [3, '-s', addressOf(2), '-j', 'DROP']),
    names: [linkLost(2, 3, SILENT), linkLost(3, 2, SILENT)],
    sees: [linkOpen(2, 3), linkOpen(3, 2)],
  },
  {
    name: 'iptables DROP one way: who hears nothing says so',
    breaks: filtered([6, '-s', addressOf(5), '-j', 'DROP']),
    names: [linkLost(6, 5, SILENT)],
    sees: [linkLost(5, 6), linkOpen(5, 6), linkOpen(6, 5)],
  },
  {
    name: 'iptables REJECT with tcp-reset: all connections of an agent are gone',
    breaks: filtered([7, '-p', 'tcp', '-j', 'REJECT', '--reject-with', 'tcp-reset']),
    names: [linkLost(6, 7), linkLost(0, 7), { type: 'lost', agent: 7 }],
    sees: [{ type: 'rejoined', agent: 7, incarnation: 1 }, linkOpen(6, 7), linkOpen(0, 7)],
  },
  {
    name: 'a cable is out: the agent is named, and comes back as the same process',
    breaks: unplugged(4),
    names: [linkLost(3, 4, SILENT), linkLost(5, 4, SILENT), { type: 'lost', agent: 4, detail: SILENT }],
    sees: [{ type: 'rejoined', agent: 4, incarnation: 1 }, linkOpen(3, 4), linkOpen(5, 4)],
  },
  { name: 'tc tbf: an agent sends no more than 256 kbit/s', breaks: limited(0, 256) },
];

function linkLost(agent: number, neighbour: number, detail?: string): Sight {
  return { type: 'link-lost', agent, neighbour, ...(detail === undefined ? {} : { detail }) };
}

function linkOpen(agent: number, neighbour: number): Sight {
  return { type: 'link-open', agent, neighbour };
}

interface RunByHand {
  readonly directory: string;
  events(): RunEvent[];
  /** Resolves when the record is so; rejects when the run ended without. */
  saw(isSo: (events: readonly RunEvent[]) => boolean): Promise<void>;
  /** Rejects when one of the processes failed. */
  readonly ended: Promise<unknown>;
}

test('a tenth of all packets is lost, from the first one on', options, async (context) => {
  const scenario: Scenario = { faults: [] };
  const network = await networkFor(context);
  const places: Place[] = ['hub', ...everybody];
  const mend = filtered(...places.map((at) => [at, ...'-m statistic --mode random --probability 0.1 -j DROP'.split(' ')] as const))(network);
  const run = await startByHand(network, scenario);
  await assertEqualBits(run, scenario);
  const dropped = mend().packets;
  context.diagnostic(`packets dropped: ${dropped.join(', ')}; arms: ${armsMs(run.events()).join(', ')} ms`);
  assert.ok(Math.min(...dropped) > 0, `packets dropped: ${dropped.join(', ')}`);
});

test('one fault after the other', options, async (context) => {
  const arms = Array.from({ length: TROUBLES.length + 1 }, () => '{strategy: consensus}').join(', ');
  const scenario: Scenario = { faults: [], overrides: [`cooperate.steps=${ROUNDS}`, `cooperate.arms=[${arms}]`] };
  const network = await networkFor(context);
  const run = await startByHand(network, scenario);
  const namedMs: number[] = [];
  for (const [i, trouble] of TROUBLES.entries())
    await context.test(trouble.name, async (inner) => void namedMs.push(...(await assertSurvives(inner, { run, network, trouble, arm: i + 1 }))));
  await assertEqualBits(run, scenario);
  assertWithin(context, 'named after', namedMs, NAMED_MS);
  context.diagnostic(`arms: ${armsMs(run.events()).join(', ')} ms`);
});

async function networkFor(context: TestContext): Promise<Network> {
  const network = await openNetwork(AGENTS);
  context.after(() => network.close());
  return network;
}

async function startByHand(network: Network, scenario: Scenario): Promise<RunByHand> {
  const { file, directory: runs } = experimentFile(chaosExperiment(scenario));
  const token = `${runs}.token`;
  const kindred = (at: Place, ...args: readonly string[]): Started =>
    network.start(at, process.execPath, programOf('cli'), ...args, '--host', addressOf(at), '--token-file', token);
  const coordinator = kindred('hub', 'coordinator', file);
  await coordinator.said(/"msg":"listening"/);
  const join = `ws://${addressOf('hub')}:7373/agents`;
  const agents = everybody.map((k) => kindred(k, 'agent', '--join', join, '--index', String(k), '--state', `${runs}.agent-${k}`));
  const ended = Promise.all([coordinator, ...agents].map(succeeded));
  // Whoever waits for something else meanwhile hears of it later.
  ended.catch(() => {});
  const directory = onlyRun(runs);
  const events = (): RunEvent[] => readEvents(directory);
  return { directory, events, ended, saw: (isSo) => saw(directory, ended, () => isSo(events())) };
}

async function succeeded({ ended }: Started): Promise<void> {
  const { code, text } = await ended;
  assert.equal(code, 0, text);
}

/** Looks whenever the record grows. */
function saw(directory: string, ended: Promise<unknown>, isSo: () => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    const watcher = watch(join(directory, EVENTS_FILE));
    const settle = (action: () => void): void => {
      watcher.close();
      action();
    };
    const look = (): void => {
      if (isSo()) settle(resolve);
    };
    watcher.on('change', look);
    void ended.then(
      () => settle(isSo() ? resolve : () => reject(new Error('the run ended, and its record lacks what the test waits for'))),
      (error: Error) => settle(() => reject(error)),
    );
    look();
  });
}

interface Case {
  readonly run: RunByHand;
  readonly network: Network;
  readonly trouble: Trouble;
  readonly arm: number;
}

/** Breaks something while the arm goes on, and mends it when everybody said so, after these milliseconds, or when the arm is over. */
async function assertSurvives(context: TestContext, { run, network, trouble, arm }: Case): Promise<number[]> {
  const { names, sees = [] } = trouble;
  await run.saw((events) => arms(events).length > arm);
  const before = run.events().length;
  const since = Date.now();
  const hold = (events: readonly RunEvent[], sights: readonly Sight[]): boolean => sights.every((sight) => sightings(events.slice(before), sight).length > 0);
  const mend = trouble.breaks(network);
  // The commands that break it take tenths of a second on a busy machine.
  const broken = Date.now();
  await run.saw((events) => (names === undefined ? arms(events).length > arm + 1 || isOver(events) : hold(events, names)));
  const { packets, atLeastMs } = mend();
  const lastedMs = Date.now() - since;
  const namedMs = named(run.events().slice(before), names ?? [], broken);
  context.diagnostic(`met it: ${packets.join(', ')}; named after ${namedMs.join(', ')} ms; lasted ${lastedMs} ms`);
  assert.ok(Math.min(...packets) > 0, `how many packets met it: ${packets.join(', ')}`);
  if (atLeastMs !== undefined) assertSlowed(context, lastedMs, atLeastMs);
  await run.saw((events) => hold(events, sees));
  return namedMs;
}

/** Not against other arms: where the machine is slow, the rate may be no hindrance; but nobody sends faster than it. */
function assertSlowed(context: TestContext, lastedMs: number, atLeastMs: number): void {
  context.diagnostic(`what was sent takes ${atLeastMs.toFixed()} ms at that rate`);
  assert.ok(lastedMs >= atLeastMs, `${lastedMs} ms; what was sent takes ${atLeastMs} ms`);
  assert.ok(atLeastMs > SLOWED_MS, `so little was sent that the rate could slow nobody down: ${atLeastMs} ms`);
}

function named(events: readonly RunEvent[], names: readonly Sight[], broken: number): number[] {
  return names.map((sight) => Date.parse(sightings(events, sight)[0].at) - broken);
}

/** When each arm began. */
function arms(events: readonly RunEvent[]): number[] {
  return sightings(events, { type: 'stage', phase: 'cooperating' }).map(({ at }) => Date.parse(at));
}

function isOver(events: readonly RunEvent[]): boolean {
  return events.some(({ type }) => type === 'completed');
}

function armsMs(events: readonly RunEvent[]): number[] {
  const end = Date.parse(events.find(({ type }) => type === 'completed')!.at);
  return arms(events).map((began, i, all) => (all[i + 1] ?? end) - began);
}

async function assertEqualBits(run: RunByHand, scenario: Scenario): Promise<void> {
  await run.ended;
  explained({ events: run.events(), run }, () => {
    const result = JSON.parse(readFileSync(join(run.directory, 'run.json'), 'utf8')) as RunResult;
    assert.equal(result.status, 'completed');
    assert.deepEqual(digests(result), digests(reference(scenario)));
  });
}
