/**
 * Faults of real packets: coordinator and agents started by hand, each in a network namespace of its own, while the kernel
 * drops, rejects, slows down and cuts. One run loses packets from the first one on; in the other every arm but the first
 * meets one fault. Each fault must be shown to have happened; the bits are those of the fault-free run.
 */
import assert from 'node:assert/strict';
import { watch } from 'node:fs';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { setTimeout as lasting } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { readEvents } from '../../cli/fault-record.ts';
import type { RunEvent } from '../../cli/fault-record.ts';
import { resultOf } from '../../cli/run-files.ts';
import { AGENTS, chaosExperiment, explained, reference, SCENARIO_MS, sightings } from '../support/chaos.ts';
import type { Scenario, Sight } from '../support/chaos.ts';
import { experimentFile, onlyRun } from '../support/command.ts';
import { digests } from '../support/experiments.ts';
import { addressOf, filtered, limited, openNetwork, unplugged, whyNoNetwork } from '../support/namespaces.ts';
import type { Break, Network, Place, Started } from '../support/namespaces.ts';

interface Trouble {
  readonly name: string;
  readonly breaks: Break;
  /** Without it until the arm is over, which must take longer than the first. */
  readonly forMs?: number;
  /** What must be in the record within 2 s. */
  readonly names?: readonly Sight[];
  /** What must be in it when the arm is over. */
  readonly sees?: readonly Sight[];
}

const NAMED_MS = 2_000;
const SILENT = 'nothing heard for 1750 ms';
const MAIN = fileURLToPath(new URL('../../cli/main.js', import.meta.url));
const everybody = Array.from({ length: AGENTS }, (_, agent) => agent);
const options = { skip: whyNoNetwork() ?? false, timeout: SCENARIO_MS };

/** In the order of the arms. */
const TROUBLES: readonly Trouble[] = [
  { name: 'tc tbf: no agent sends more than 256 kbit/s', breaks: limited(everybody, '256kbit') },
  {
    name: 'iptables DROP between two agents: each names the other',
    breaks: filtered([2, '-s', addressOf(3), '-j', 'DROP'], [3, '-s', addressOf(2), '-j', 'DROP']),
    forMs: 3_000,
    names: [linkLost(2, 3, SILENT), linkLost(3, 2, SILENT)],
    sees: [linkOpen(2, 3), linkOpen(3, 2)],
  },
  {
    name: 'iptables DROP one way: who hears nothing says so',
    breaks: filtered([6, '-s', addressOf(5), '-j', 'DROP']),
    forMs: 3_000,
    names: [linkLost(6, 5, SILENT)],
    sees: [linkLost(5, 6), linkOpen(5, 6), linkOpen(6, 5)],
  },
  {
    name: 'iptables REJECT with tcp-reset: all connections of an agent are gone',
    breaks: filtered([7, '-p', 'tcp', '-j', 'REJECT', '--reject-with', 'tcp-reset']),
    forMs: 700,
    names: [linkLost(6, 7), linkLost(0, 7), { type: 'lost', agent: 7 }],
    sees: [{ type: 'rejoined', agent: 7, incarnation: 1 }, linkOpen(6, 7), linkOpen(0, 7)],
  },
  {
    name: 'a cable is out: the agent is named, and comes back as the same process',
    breaks: unplugged(4),
    forMs: 2_500,
    names: [linkLost(3, 4, SILENT), linkLost(5, 4, SILENT), { type: 'lost', agent: 4, detail: SILENT }],
    sees: [{ type: 'rejoined', agent: 4, incarnation: 1 }, linkOpen(3, 4), linkOpen(5, 4)],
  },
];

function linkLost(agent: number, neighbour: number, detail?: string): Sight {
  return { type: 'link-lost', agent, neighbour, ...(detail === undefined ? {} : { detail }) };
}

function linkOpen(agent: number, neighbour: number): Sight {
  return { type: 'link-open', agent, neighbour };
}

test('a tenth of all packets is lost, from the first one on', options, async (context) => {
  const scenario: Scenario = { faults: [] };
  const network = await networkFor(context);
  const places: Place[] = ['hub', ...everybody];
  const mend = filtered(...places.map((at) => [at, ...'-m statistic --mode random --probability 0.1 -j DROP'.split(' ')] as const))(network);
  const run = await startByHand(network, scenario);
  await assertEqualBits(run, scenario);
  const dropped = mend();
  context.diagnostic(`dropped: ${dropped.join(', ')}; ${seconds(spanOf(run.events(), 'started', 'completed'))}`);
  assert.ok(Math.min(...dropped) > 0, `dropped: ${dropped.join(', ')}`);
});

test('one fault after the other', options, async (context) => {
  const arms = Array.from({ length: TROUBLES.length + 1 }, () => '{strategy: consensus}').join(', ');
  const scenario: Scenario = { faults: [], overrides: ['cooperate.steps=300', `cooperate.arms=[${arms}]`] };
  const network = await networkFor(context);
  const run = await startByHand(network, scenario);
  for (const [i, trouble] of TROUBLES.entries()) await context.test(trouble.name, (inner) => assertSurvives(inner, { run, network, trouble, arm: i + 1 }));
  await assertEqualBits(run, scenario);
});

async function networkFor(context: TestContext): Promise<Network> {
  const network = await openNetwork(AGENTS);
  context.after(() => network.close());
  return network;
}

interface Case {
  readonly run: RunByHand;
  readonly network: Network;
  readonly trouble: Trouble;
  readonly arm: number;
}

/** Breaks and mends while the arm goes on. */
async function assertSurvives(context: TestContext, { run, network, trouble, arm }: Case): Promise<void> {
  const { breaks, forMs, names = [], sees = [] } = trouble;
  await run.saw((events) => armsOf(events).length > arm);
  const brokenAt = Date.now();
  const mend = breaks(network);
  if (forMs !== undefined) await lasting(forMs);
  const isOver = (events: readonly RunEvent[]): boolean => sightings(events, { type: 'arm' }).length > arm;
  assert.ok(forMs === undefined || !isOver(run.events()), 'the arm did not wait for the fault to end');
  const mended = forMs === undefined ? undefined : mend();
  const mendedAt = Date.now();
  await run.saw(isOver);
  const met = mended ?? mend();
  const since = run.events().filter(({ at }) => Date.parse(at) >= brokenAt);
  const took = names.map((sight) => timeOf(sightings(since, sight)[0]) - brokenAt);
  const tookMs = armMs(since)
  context.diagnostic(`met: ${met.join(', ')}; named after ${took.map(seconds).join(', ')}; over`);
}
