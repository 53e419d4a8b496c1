/**
 * Faults of packets, as text for the kernel's own tools in the network namespace of each container. Pure: which faults hold
 * now and where everybody is are arguments.
 *
 * 1. Packets are dropped where they arrive (iptables, INPUT): the sender is not told, as on a network.
 * 2. They are slowed down where they leave (tc: one htb class per destination), so that a bandwidth is one of a link.
 * 3. Of several faults on one direction the worst counts, as everywhere (core/fault/link-effect.ts).
 * 4. All rules of a container are in one chain, which is filled anew as a whole: undoing is taking the chain away.
 */
import { conditionsOf } from '../core/fault/link-effect.ts';
import type { Fault, LinkConditions, Party } from '../core/fault/plan.ts';

/** Where a party is now: its addresses on every network, and its own names for the interfaces to them. */
export interface Place {
  readonly party: Party;
  readonly addresses: readonly string[];
  readonly devices: readonly string[];
}

/** What is to hold in one container; empty texts where nothing is. Equal texts need no change. */
export interface PacketRules {
  readonly party: Party;
  /** Rules of the chain, a line each. */
  readonly drops: string;
  /** Commands of `tc -batch`. */
  readonly shapes: string;
}

const CHAIN = 'KINDRED';
/** What passes at once: one full packet. */
const BURST_BYTES = 1_600;
/** Class 1 would be the root's. */
const FIRST_CLASS = 2;

export function packetRules(active: readonly Fault[], places: readonly Place[]): PacketRules[] {
  return places.map((here) => ({
    party: here.party,
    drops: places.flatMap((there) => dropLines(there, conditionsOf(active, there.party, here.party))).join('\n'),
    shapes: shapeLines(here, places, active).join('\n'),
  }));
}

/** For `iptables-restore --noflush`. `isHooked`: the chain is there already. */
export function dropsText(drops: string, isHooked: boolean): string {
  const lines = [...(isHooked ? [] : [`-I INPUT 1 -j ${CHAIN}`]), ...(drops === '' ? [] : [drops])];
  return table([`:${CHAIN} - [0:0]`, ...lines]);
}

/** Takes the chain away again. */
export function undropText(): string {
  return table([`-D INPUT -j ${CHAIN}`, `-F ${CHAIN}`, `-X ${CHAIN}`]);
}

/** For `tc -batch`: the shapes instead of those before. */
export function shapesText({ shapes }: Pick<PacketRules, 'shapes'>, devices: readonly string[], isShaped: boolean): string {
  const before = isShaped ? devices.map((device) => `qdisc del dev ${device} root`) : [];
  return [...before, ...(shapes === '' ? [] : [shapes]), ''].join('\n');
}

/** How many packets met a rule, out of `iptables-save --counters`. */
export function packetsMet(saved: string): number {
  const counts = saved.matchAll(new RegExp(`^\\[(\\d+):\\d+\\] -A ${CHAIN} .*-j DROP$`, 'gm'));
  return [...counts].reduce((sum, [, packets]) => sum + Number(packets), 0);
}

/** How many packets waited, out of `tc -s class show`. */
export function packetsDelayed(shown: string): number {
  return [...shown.matchAll(/\boverlimits (\d+)/g)].reduce((sum, [, packets]) => sum + Number(packets), 0);
}

function table(lines: readonly string[]): string {
  return ['*filter', ...lines, 'COMMIT', ''].join('\n');
}

function dropLines({ addresses }: Place, { blackhole, loss }: LinkConditions): string[] {
  if (!blackhole && loss === 0) return [];
  const match = blackhole || loss === 1 ? '' : ` -m statistic --mode random --probability ${loss}`;
  return addresses.map((address) => `-A ${CHAIN} -s ${address}${match} -j DROP`);
}

function shapeLines(here: Place, places: readonly Place[], active: readonly Fault[]): string[] {
  const slow = places.flatMap(({ party, addresses }) => {
    const { bandwidth } = conditionsOf(active, here.party, party);
    return bandwidth === 0 ? [] : [{ addresses, bandwidth }];
  });
  if (slow.length === 0) return [];
  return here.devices.flatMap((device) => [
    `qdisc add dev ${device} root handle 1: htb`,
    ...slow.flatMap(({ addresses, bandwidth }, i) => classLines(device, (FIRST_CLASS + i).toString(16), addresses, Math.max(1, Math.round(bandwidth)))),
  ]);
}

function classLines(device: string, minor: string, addresses: readonly string[], bytesPerSecond: number): string[] {
  const rate = `rate ${bytesPerSecond}bps ceil ${bytesPerSecond}bps burst ${BURST_BYTES} cburst ${BURST_BYTES} quantum 1514`;
  return [
    `class add dev ${device} parent 1: classid 1:${minor} htb ${rate}`,
    ...addresses.map((address) => `filter add dev ${device} parent 1: protocol ip prio 1 u32 match ip dst ${address}/32 flowid 1:${minor}`),
  ];
}
