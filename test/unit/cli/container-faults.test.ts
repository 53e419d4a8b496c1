/** Faults that the engine enacts, with an engine that only writes down what it was asked for. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ContainerFaults } from '../../../cli/container-faults.ts';
import type { FaultsEngine } from '../../../cli/container-faults.ts';
import type { Container } from '../../../cli/engine.ts';
import { KindredError } from '../../../core/errors.ts';
import type { Fault, FaultAction, Party } from '../../../core/fault/plan.ts';
import type { PacketRules, Place } from '../../../deploy/packet-faults.ts';

const ATTACHED = [
  { network: 'control', address: '10.1.0.2', aliases: ['agent-2'] },
  { network: 'data', address: '10.2.0.2', aliases: ['agent-2', 'agent-2.data'] },
];
const container = (party: Party, gone: ReadonlySet<string>): Container => ({
  id: `id-${party}`,
  party,
  state: 'running',
  pid: 1,
  exitCode: 0,
  attachments: ATTACHED.filter(({ network }) => !gone.has(`id-${party} ${network}`)),
  published: new Map(),
});
const PLACES: readonly Place[] = [0, 1, 2].map((party) => ({ party, addresses: [`10.0.0.${party}`], devices: ['eth0'] }));
const during = (from: number, to: number, action: FaultAction): Fault => ({ at: { unit: 'ms', ms: from }, for: { unit: 'ms', ms: to - from }, action });
const ISOLATION = during(10, 20, { kind: 'isolate', agent: 2 });
const PARTITION = during(10, 20, { kind: 'partition', groups: [[0], [1]], oneWay: false });

/** `fails`: so many of the first requests to the engine. */
function bench({ fails = 0 } = {}) {
  const done: string[] = [];
  const errors: string[] = [];
  const waits: number[] = [];
  const gone = new Set<string>();
  let left = fails;
  const asked = (what: string): void => {
    if (left-- > 0) throw new KindredError('ENGINE_FAILED', what);
    done.push(what);
  };
  const engine: FaultsEngine = {
    disconnect: async (id, network) => {
      asked(`disconnect ${id} ${network}`);
      gone.add(`${id} ${network}`);
    },
    connect: async (id, { network, aliases }) => {
      asked(`connect ${id} ${network} ${aliases.join('+')}`);
      gone.delete(`${id} ${network}`);
    },
  };
  let rules: readonly PacketRules[] = [];
  const tools = {
    packetsMet: 0,
    get isIdle(): boolean {
      return rules.every(({ drops }) => drops === '');
    },
    apply: async (_containers: ReadonlyMap<Party, Container>, wanted: (places: readonly Place[]) => readonly PacketRules[]) => void (rules = wanted(PLACES)),
  };
  const faults = new ContainerFaults({
    engine,
    tools,
    enacts: { isolation: true, packets: true },
    containers: async () => new Map([0, 1, 2].map((party) => [party, container(party, gone)])),
    record: (type, { detail }) => void done.push(`${type} ${String(detail)}`),
    tell: () => {},
    onError: (error) => errors.push((error as KindredError).detail),
    wait: async (ms) => waits.push(ms),
  });
  const at = async (ms: number): Promise<void> => {
    faults.look({ step: 0, ms, phase: 'cooperating' });
    await faults.settled();
  };
  return { done, errors, waits, faults, at, drops: () => rules.filter(({ drops }) => drops !== '').map(({ party }) => party) };
}

test('an isolated agent leaves its networks, and comes back under its names', async () => {
  const { done, faults, at } = bench();
  faults.replace([ISOLATION]);
  await at(9);
  assert.deepEqual(done, []);
  await at(11);
  assert.deepEqual(done.splice(0), ['disconnect id-2 control', 'disconnect id-2 data', 'fault-began isolate 2']);
  await at(21);
  assert.deepEqual(done, ['connect id-2 control agent-2', 'connect id-2 data agent-2+agent-2.data', 'fault-ended isolate 2']);
});

test('packets are stopped while the partition holds, and no longer', async () => {
  const { done, faults, at, drops } = bench();
  faults.replace([PARTITION]);
  await at(11);
  assert.deepEqual(drops(), [0, 1]);
  await at(20);
  assert.deepEqual(drops(), []);
  assert.deepEqual(done, ['fault-began partition 0 | 1', 'fault-ended partition 0 | 1']);
});

test('what is cleared is over at the next look', async () => {
  const { done, faults, at, drops } = bench();
  faults.replace([PARTITION]);
  await at(11);
  faults.replace([]);
  await at(12);
  assert.deepEqual(drops(), []);
  assert.equal(done.at(-1), 'fault-ended partition 0 | 1');
});

test('a run that ends in the middle leaves nothing of it', async () => {
  const { done, faults, at, drops } = bench();
  faults.replace([ISOLATION, PARTITION]);
  await at(11);
  await faults.stop();
  assert.deepEqual(drops(), []);
  assert.deepEqual(done.filter((line) => line.startsWith('connect')).length, 2);
  faults.moved();
  await faults.settled();
  assert.equal(done.filter((line) => line.startsWith('fault-ended')).length, 2);
});

test('a fault that was over before anybody could look is recorded as missed, and not enacted', async () => {
  const { done, faults, at } = bench();
  faults.replace([ISOLATION]);
  await at(0);
  await at(25);
  assert.deepEqual(done, ['fault-missed isolate 2']);
});

test('what the engine refuses is tried again, from where it stands', async () => {
  const { done, errors, faults, at } = bench({ fails: 1 });
  faults.replace([ISOLATION]);
  await at(11);
  assert.deepEqual(errors, ['disconnect id-2 control']);
  assert.deepEqual(done.splice(0), ['disconnect id-2 control', 'disconnect id-2 data', 'fault-began isolate 2']);
  await at(21);
  assert.deepEqual(done, ['connect id-2 control agent-2', 'connect id-2 data agent-2+agent-2.data', 'fault-ended isolate 2']);
});

test('an engine that refuses all the time is asked less and less, and not for ever', async () => {
  const { done, errors, waits, faults, at } = bench({ fails: 1_000 });
  faults.replace([ISOLATION]);
  await at(11);
  assert.equal(errors.length, 5);
  assert.deepEqual(waits, [100, 200, 400, 800]);
  assert.deepEqual(done, []);
});

test('what was given up is tried again with the next change', async () => {
  const { done, errors, waits, faults, at } = bench({ fails: 6 });
  faults.replace([ISOLATION]);
  await at(11);
  assert.deepEqual(done, []);
  faults.moved();
  await faults.settled();
  assert.equal(errors.length, 6);
  assert.equal(waits.at(-1), 100);
  assert.deepEqual(done, ['disconnect id-2 control', 'disconnect id-2 data', 'fault-began isolate 2']);
});
