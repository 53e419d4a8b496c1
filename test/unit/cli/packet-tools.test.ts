/** Packet rules brought into a network, with tools that only write down what they were given, and fail once. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Container } from '../../../cli/engine.ts';
import { PacketTools } from '../../../cli/packet-tools.ts';
import type { Inside } from '../../../cli/packet-tools.ts';
import type { Party } from '../../../core/fault/plan.ts';
import type { PacketRules } from '../../../deploy/packet-faults.ts';

const CONTAINERS: ReadonlyMap<Party, Container> = new Map([
  [0, { id: 'id', party: 0, state: 'running', pid: 7, exitCode: 0, attachments: [], published: new Map() }],
]);
const DROP = '-A KINDRED -s 10.0.0.1 -j DROP';
const SHAPE = 'qdisc add dev eth0 root handle 1: htb';
const HOOK = '-I INPUT 1 -j KINDRED';

/** `fails`: so many of the first batches of tc. */
function bench(fails: number) {
  const given: string[] = [];
  let left = fails;
  const inside: Inside = async (_pid, [name, ...args], input) => {
    if (name === 'ip') return '[{"ifname":"eth0"},{"ifname":"eth1"}]';
    if (name === 'iptables-save') return '[4:240] -A KINDRED -s 10.0.0.1/32 -j DROP';
    if (input === undefined) return '(dropped 0, overlimits 3 requeues 0)';
    given.push(`${[name, ...args].join(' ')}: ${input.trim().replaceAll('\n', '; ')}`);
    if (args[0] === '-batch' && left-- > 0) throw new Error('File exists');
    return '';
  };
  const tools = new PacketTools(inside);
  const apply = (drops: string, shapes: string): Promise<void> => tools.apply(CONTAINERS, () => [{ party: 0, drops, shapes } satisfies PacketRules]);
  return { given, tools, apply };
}

test('where tc stops in the middle nothing of it is left, and a retry is about the shapes only', async () => {
  const { given, tools, apply } = bench(1);
  await assert.rejects(apply(DROP, SHAPE), /File exists/);
  assert.equal(given.filter((line) => line.includes(HOOK)).length, 1);
  assert.equal(given.at(-1), 'tc -force -batch -: qdisc del dev eth0 root; qdisc del dev eth1 root');
  assert.equal(tools.isIdle, false);
  given.length = 0;
  await apply(DROP, SHAPE);
  assert.deepEqual(given, [`tc -batch -: ${SHAPE}`]);
});

test('what came before a failure is undone', async () => {
  const { given, tools, apply } = bench(1);
  await assert.rejects(apply(DROP, SHAPE));
  given.length = 0;
  await apply('', '');
  assert.equal(given.length, 1);
  assert.match(given[0], /-X KINDRED/);
  assert.equal(tools.isIdle, true);
});

test('packets are counted once, when the rule that they met goes', async () => {
  const { tools, apply } = bench(0);
  await apply(DROP, '');
  await apply(DROP, SHAPE);
  assert.equal(tools.packetsMet, 0);
  await apply(DROP, '');
  assert.equal(tools.packetsMet, 6);
  await apply('', '');
  assert.equal(tools.packetsMet, 10);
});
