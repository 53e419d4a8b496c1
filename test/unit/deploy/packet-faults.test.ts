/** Rules for the kernel's tools out of active faults: on whose side, against whom, and how they are undone. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dropsText, packetRules, packetsDelayed, packetsMet, shapesText, undropText } from '../../../deploy/packet-faults.ts';
import type { Place } from '../../../deploy/packet-faults.ts';
import type { Fault, FaultAction, Party } from '../../../core/fault/plan.ts';

const fault = (action: FaultAction): Fault => ({ at: { unit: 'ms', ms: 0 }, for: { unit: 'run' }, action });
const PLACES: readonly Place[] = [
  { party: 'coordinator', addresses: ['10.1.0.9'], devices: ['eth0'] },
  { party: 0, addresses: ['10.1.0.2', '10.2.0.2'], devices: ['eth0', 'eth1'] },
  { party: 1, addresses: ['10.1.0.3', '10.2.0.3'], devices: ['eth0', 'eth1'] },
];

function rulesAt(party: Party, ...actions: FaultAction[]): { drops: string[]; shapes: string[] } {
  const { drops, shapes } = packetRules(actions.map(fault), PLACES).find((rule) => rule.party === party)!;
  return { drops: drops === '' ? [] : drops.split('\n'), shapes: shapes === '' ? [] : shapes.split('\n') };
}

const loss = (from: Party, to: Party, probability: number): FaultAction => ({ kind: 'link', links: [[from, to]], conditions: { loss: probability } });

test('no fault, no rule', () => {
  for (const { drops, shapes } of packetRules([], PLACES)) assert.equal(drops + shapes, '');
});

test('packets are lost where they arrive, from every address of the sender', () => {
  const statistic = '-m statistic --mode random --probability 0.3 -j DROP';
  assert.deepEqual(rulesAt(1, loss(0, 1, 0.3)).drops, [`-A KINDRED -s 10.1.0.2 ${statistic}`, `-A KINDRED -s 10.2.0.2 ${statistic}`]);
  assert.deepEqual(rulesAt(0, loss(0, 1, 0.3)).drops, []);
});

test('of two losses the worst counts, and a partition swallows both', () => {
  assert.equal(rulesAt(1, loss(0, 1, 0.3), loss(0, 1, 0.1)).drops.length, 2);
  const partition: FaultAction = { kind: 'partition', groups: [['coordinator', 0], [1]], oneWay: false };
  assert.deepEqual(
    rulesAt(1, loss(0, 1, 0.3), partition).drops,
    ['10.1.0.9', '10.1.0.2', '10.2.0.2'].map((address) => `-A KINDRED -s ${address} -j DROP`),
  );
  assert.deepEqual(
    rulesAt('coordinator', partition).drops,
    ['10.1.0.3', '10.2.0.3'].map((address) => `-A KINDRED -s ${address} -j DROP`),
  );
});

test('one way: only the first group is not heard by the others', () => {
  const partition: FaultAction = { kind: 'partition', groups: [[0], [1]], oneWay: true };
  assert.equal(rulesAt(1, partition).drops.length, 2);
  assert.deepEqual(rulesAt(0, partition).drops, []);
});

test('a slow link is slow where it leaves, on every interface, and no other link is', () => {
  const slow: FaultAction = { kind: 'link', links: [[0, 1]], conditions: { bandwidth: 8_000 } };
  const { shapes } = rulesAt(0, slow);
  assert.equal(shapes.filter((line) => line.includes('htb rate 8000bps')).length, 2);
  assert.deepEqual(
    shapes.filter((line) => line.startsWith('filter add dev eth1')),
    ['10.1.0.3', '10.2.0.3'].map((address) => `filter add dev eth1 parent 1: protocol ip prio 1 u32 match ip dst ${address}/32 flowid 1:2`),
  );
  assert.deepEqual(rulesAt(1, slow).shapes, []);
});

test('the chain is hooked once, filled as a whole, and taken away as a whole', () => {
  assert.equal(
    dropsText('-A KINDRED -s 10.1.0.2 -j DROP', false),
    '*filter\n:KINDRED - [0:0]\n-I INPUT 1 -j KINDRED\n-A KINDRED -s 10.1.0.2 -j DROP\nCOMMIT\n',
  );
  assert.equal(dropsText('', true), '*filter\n:KINDRED - [0:0]\nCOMMIT\n');
  assert.equal(undropText(), '*filter\n-D INPUT -j KINDRED\n-F KINDRED\n-X KINDRED\nCOMMIT\n');
});

test('shapes replace those before, on the interfaces that are left', () => {
  assert.equal(
    shapesText({ shapes: 'qdisc add dev eth0 root handle 1: htb' }, ['eth0'], true),
    'qdisc del dev eth0 root\nqdisc add dev eth0 root handle 1: htb\n',
  );
  assert.equal(shapesText({ shapes: '' }, ['eth0'], true), 'qdisc del dev eth0 root\n');
});

test('counters tell how many packets met a rule', () => {
  const saved = `[7:420] -A INPUT -j KINDRED
[4:240] -A KINDRED -s 10.1.0.2/32 -j DROP
[12:720] -A KINDRED -s 10.2.0.2/32 -m statistic --mode random --probability 0.3 -j DROP
[9:9] -A KINDRED -s 10.2.0.2/32 -j ACCEPT`;
  assert.equal(packetsMet(saved), 16);
  assert.equal(packetsDelayed(' Sent 10 bytes 2 pkt (dropped 0, overlimits 31 requeues 0)\n (dropped 1, overlimits 4 requeues 0)'), 35);
});
