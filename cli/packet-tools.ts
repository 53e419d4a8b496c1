/**
 * Brings the packet rules of deploy/packet-faults.ts into the network namespaces of containers on this machine: iptables
 * and tc of this machine, run inside by nsenter. Needs root. Nothing outside the containers' own networks is touched; what
 * a container that is gone had is gone with it.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { Party } from '../core/fault/plan.ts';
import { dropsText, packetsDelayed, packetsMet, shapesText, undropText } from '../deploy/packet-faults.ts';
import type { PacketRules, Place } from '../deploy/packet-faults.ts';
import { command } from './engine.ts';
import type { Container } from './engine.ts';

/** What holds in the network of one process. */
interface Applied extends Pick<PacketRules, 'drops' | 'shapes'> {
  readonly pid: number;
  readonly devices: readonly string[];
}

const TRIAL = `
iptables -A INPUT -m statistic --mode random --probability 0.1 -j DROP
tc qdisc add dev lo root handle 1: htb
tc class add dev lo parent 1: classid 1:2 htb rate 1000bps
tc filter add dev lo parent 1: protocol ip prio 1 u32 match ip dst 10.0.0.1/32 flowid 1:2`;

/** Why packets cannot be broken from here; undefined where they can. Tries it in a network of its own, which goes away again. */
export function whyNoPackets(): string | undefined {
  if (process.platform !== 'linux') return `needs Linux, and this is ${process.platform}`;
  if (process.getuid?.() !== 0) return 'needs root';
  const { status, stderr, error } = spawnSync('unshare', ['--net', 'sh', '-ec', TRIAL], { encoding: 'utf8' });
  if (error !== undefined) return `needs unshare: ${error.message}`;
  return status === 0 ? undefined : `needs iptables, tc, nsenter and a kernel with them: ${stderr.trim().split('\n')[0]}`;
}

export class PacketTools {
  readonly #applied = new Map<Party, Applied>();
  #met = 0;

  /** Packets that met a rule so far; of rules that hold, when they were last changed. */
  get packetsMet(): number {
    return this.#met;
  }

  /** No rule holds anywhere. */
  get isIdle(): boolean {
    return [...this.#applied.values()].every(({ drops, shapes }) => drops === '' && shapes === '');
  }

  /** What `rules` says is to hold, given where everybody is now, and nothing else. */
  async apply(containers: ReadonlyMap<Party, Container>, rules: (places: readonly Place[]) => readonly PacketRules[]): Promise<void> {
    const running = [...containers].filter(([, { pid }]) => pid > 0);
    const places = await Promise.all(running.map(([party, container]) => placeOf(party, container)));
    const wanted = rules(places);
    await Promise.all(wanted.map((rule, i) => this.#change(rule, running[i][1].pid, places[i].devices)));
  }

  async #change(rule: PacketRules, pid: number, devices: readonly string[]): Promise<void> {
    const before = this.#appliedAt(rule.party, pid);
    const isSame = before.drops === rule.drops && before.shapes === rule.shapes;
    if (isSame) return;
    const met = await countPackets(before);
    this.#met += met;
    await changeDrops(before, rule);
    await changeShapes(before, rule, devices);
    this.#applied.set(rule.party, { ...rule, pid, devices });
  }

  /** A new process has a new network, without rules. */
  #appliedAt(party: Party, pid: number): Applied {
    const known = this.#applied.get(party);
    return known?.pid === pid ? known : { pid, drops: '', shapes: '', devices: [] };
  }
}

async function changeDrops(before: Applied, { drops }: PacketRules): Promise<void> {
  if (before.drops === drops) return;
  const text = drops === '' ? undropText() : dropsText(drops, before.drops !== '');
  await inside(before.pid, ['iptables-restore', '--noflush', '--wait'], text);
}

async function changeShapes(before: Applied, rule: PacketRules, devices: readonly string[]): Promise<void> {
  if (before.shapes === rule.shapes) return;
  // An interface that is gone took its class along.
  const left = before.devices.filter((device) => devices.includes(device));
  await inside(before.pid, ['tc', '-batch', '-'], shapesText(rule, left, before.shapes !== ''));
}

async function countPackets({ pid, drops, shapes, devices }: Applied): Promise<number> {
  const dropped = drops === '' ? 0 : packetsMet(await inside(pid, ['iptables-save', '--counters']));
  if (shapes === '') return dropped;
  const shown = await Promise.all(devices.map((device) => inside(pid, ['tc', '-s', 'class', 'show', 'dev', device])));
  return dropped + packetsDelayed(shown.join('\n'));
}

async function placeOf(party: Party, { pid, attachments }: Container): Promise<Place> {
  const links = JSON.parse((await inside(pid, ['ip', '-json', 'link', 'show', 'type', 'veth'])) || '[]') as { readonly ifname?: string }[];
  const addresses = attachments.map(({ address }) => address).filter((address) => address !== '');
  return { party, addresses, devices: links.flatMap(({ ifname }) => ifname ?? []) };
}

/** What it printed; nothing where the process has ended, and its network with it. */
async function inside(pid: number, line: readonly string[], input?: string): Promise<string> {
  const network = `/proc/${pid}/ns/net`;
  try {
    return await command(['nsenter', `--net=${network}`, '--', ...line], input === undefined ? {} : { input });
  } catch (error) {
    if (existsSync(network)) throw error;
    return '';
  }
}
