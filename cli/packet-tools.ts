/**
 * Brings the packet rules of deploy/packet-faults.ts into the network namespaces of containers on this machine: iptables
 * and tc of this machine, run inside by nsenter. Needs root. Nothing outside the containers' own networks is touched; what
 * a container that is gone had is gone with it.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { Party } from '../core/fault/plan.ts';
import { LIMITS } from '../core/limits.ts';
import { dropsText, packetsDelayed, packetsMet, shapesText, undropText } from '../deploy/packet-faults.ts';
import type { PacketRules, Place } from '../deploy/packet-faults.ts';
import { command } from './engine.ts';
import type { Container } from './engine.ts';

/** What holds in the network of one process. */
interface Applied extends Pick<PacketRules, 'drops' | 'shapes'> {
  readonly pid: number;
  readonly devices: readonly string[];
}

/** Runs a tool in the network of a process, and returns what it printed. */
export type Inside = (pid: number, line: readonly string[], input?: string) => Promise<string>;

const TRIAL = `
iptables --wait -A INPUT -m statistic --mode random --probability 0.1 -j DROP
tc qdisc add dev lo root handle 1: htb
tc class add dev lo parent 1: classid 1:2 htb rate 1000bps
tc filter add dev lo parent 1: protocol ip prio 1 u32 match ip dst 10.0.0.1/32 flowid 1:2`;

/** Why packets cannot be broken from here; undefined where they can. Tries it in a network of its own, which goes away again. */
export function whyNoPackets(): string | undefined {
  if (process.platform !== 'linux') return `needs Linux, and this is ${process.platform}`;
  if (process.getuid?.() !== 0) return 'needs root';
  const { status, stderr, error } = spawnSync('unshare', ['--net', 'sh', '-ec', TRIAL], { encoding: 'utf8', timeout: LIMITS.commandMs });
  if (error !== undefined) return `needs unshare: ${error.message}`;
  return status === 0 ? undefined : `needs iptables, tc, nsenter and a kernel with them: ${stderr.trim().split('\n')[0]}`;
}

export class PacketTools {
  readonly #inside: Inside;
  readonly #applied = new Map<Party, Applied>();
  #met = 0;

  /** Tests bring their own. */
  constructor(run: Inside = inside) {
    this.#inside = run;
  }

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
    const places = await Promise.all(running.map(([party, container]) => this.#placeOf(party, container)));
    const wanted = rules(places);
    await Promise.all(wanted.map((rule, i) => this.#change(rule, running[i][1].pid, places[i].devices)));
  }

  async #change(rule: PacketRules, pid: number, devices: readonly string[]): Promise<void> {
    const before = this.#appliedAt(rule.party, pid);
    if (before.drops !== rule.drops) await this.#changeDrops(before, rule);
    if (before.shapes !== rule.shapes) await this.#changeShapes({ ...before, drops: rule.drops }, rule, devices);
  }

  /** As a whole or not at all. */
  async #changeDrops(before: Applied, { party, drops }: PacketRules): Promise<void> {
    const met = before.drops === '' ? 0 : packetsMet(await this.#inside(before.pid, ['iptables-save', '--counters']));
    const text = drops === '' ? undropText() : dropsText(drops, before.drops !== '');
    await this.#inside(before.pid, ['iptables-restore', '--noflush', '--wait'], text);
    this.#met += met;
    this.#applied.set(party, { ...before, drops });
  }

  /** Whole, or none is left: tc stops in the middle of a batch. */
  async #changeShapes(before: Applied, rule: PacketRules, devices: readonly string[]): Promise<void> {
    const { pid } = before;
    this.#met += await this.#countDelayed(before);
    // An interface that is gone took its class along.
    const left = before.devices.filter((device) => devices.includes(device));
    const text = shapesText(rule, left, before.shapes !== '');
    try {
      await this.#inside(pid, ['tc', '-batch', '-'], text);
    } catch (error) {
      await this.#inside(pid, ['tc', '-force', '-batch', '-'], shapesText({ shapes: '' }, devices, true)).catch(() => {});
      this.#applied.set(rule.party, { ...before, shapes: '', devices });
      throw error;
    }
    this.#applied.set(rule.party, { ...before, shapes: rule.shapes, devices });
  }

  async #countDelayed({ pid, shapes, devices }: Applied): Promise<number> {
    if (shapes === '') return 0;
    const shown = await Promise.all(devices.map((device) => this.#inside(pid, ['tc', '-s', 'class', 'show', 'dev', device])));
    return packetsDelayed(shown.join('\n'));
  }

  async #placeOf(party: Party, { pid, attachments }: Container): Promise<Place> {
    const links = JSON.parse((await this.#inside(pid, ['ip', '-json', 'link', 'show', 'type', 'veth'])) || '[]') as { readonly ifname?: string }[];
    const addresses = attachments.map(({ address }) => address).filter((address) => address !== '');
    return { party, addresses, devices: links.flatMap(({ ifname }) => ifname ?? []) };
  }

  /** A new process has a new network, without rules. */
  #appliedAt(party: Party, pid: number): Applied {
    const known = this.#applied.get(party);
    return known?.pid === pid ? known : { pid, drops: '', shapes: '', devices: [] };
  }
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
