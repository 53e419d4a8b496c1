/**
 * A network for one scenario: a hub and agents behind one bridge, each agent in a network namespace, all inside namespaces
 * of one process that a test starts. The kernel's own tools break it: iptables, tc, ip.
 *
 * 1. Nothing of the machine's network is touched: bridge, interfaces and rules exist inside only.
 * 2. The process ends with its standard input, hence also when the test is killed; everything inside ends with it.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { output } from './experiments.ts';

export type Place = 'hub' | number;

const TOOLS = ['unshare', 'nsenter', 'ip', 'iptables', 'tc'];
const PRIVATE = ['--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc'];

/** $1: a folder, $2: how many agents. Named namespaces would be seen by everybody; these are files on a disk of their own. */
const BUILD = `
mount -t tmpfs none "$1"
ip link set lo up
ip link add hub type bridge
ip address add ${addressOf('hub')}/24 dev hub
ip link set hub up
for k in $(seq 0 $(($2 - 1))); do
  net="$1/agent-$k"
  touch "$net"
  unshare --net="$net" ip link set lo up
  ip link add "hub-$k" type veth peer name eth0 netns "$net"
  ip link set "hub-$k" master hub up
  nsenter --net="$net" ip address add "${addressOf(0).replace(/\d+$/, '')}$((10 + k))/24" dev eth0
  nsenter --net="$net" ip link set eth0 up
done`;

/** What the scenarios ask of the kernel. */
const TRIAL = `
nsenter --net="$1/agent-0" iptables -A INPUT -m statistic --mode random --probability 0.1 -j DROP
nsenter --net="$1/agent-0" iptables -A INPUT -p tcp -j REJECT --reject-with tcp-reset
nsenter --net="$1/agent-0" tc qdisc add dev eth0 root tbf rate 1mbit burst 4kb latency 1s`;

/** Why there can be no such network here; undefined where there can. Tries it, leaves nothing, and never throws. */
export function whyNoNetwork(): string | undefined {
  if (process.getuid?.() !== 0) return 'network namespaces need root';
  const missing = TOOLS.filter((tool) => spawnSync(tool, ['--version']).error !== undefined);
  if (missing.length > 0) return `network namespaces need ${missing.join(', ')}`;
  const { status, stderr } = spawnSync('unshare', inside(`${BUILD}\n${TRIAL}`, 1), { encoding: 'utf8' });
  return status === 0 ? undefined : `this kernel refuses network namespaces or their faults: ${stderr.trim()}`;
}

export function addressOf(place: Place): string {
  return `10.77.0.${place === 'hub' ? 1 : 10 + place}`;
}

function inside(script: string, agents: number): string[] {
  return [...PRIVATE, 'sh', '-ec', script, 'sh', mkdtempSync(join(output, 'network-')), String(agents)];
}

export interface Started {
  readonly ended: Promise<{ readonly code: number; readonly text: string }>;
  /** Resolves when it has said so; rejects when it ended without. */
  said(pattern: RegExp): Promise<void>;
}

export interface Network {
  start(place: Place, ...command: readonly string[]): Started;
  /** Runs a command to its end and returns what it printed. */
  run(place: Place, ...command: readonly string[]): string;
  /** Ends everything inside. */
  close(): Promise<void>;
}

export async function openNetwork(agents: number): Promise<Network> {
  const args = inside(`${BUILD}\necho ready\nexec cat`, agents);
  const folder = args.at(-2)!;
  const holder = spawn('unshare', args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const closed = once(holder, 'close');
  await Promise.race([once(holder.stdout, 'data'), closed.then(([code]) => Promise.reject(new Error(`no network was built: exit ${code}`)))]);
  const enter = (place: Place): string[] => {
    const process = `/proc/${holder.pid}`;
    const net = place === 'hub' ? `${process}/ns/net` : `${process}/root${folder}/agent-${place}`;
    return [`--net=${net}`, `--mount=${process}/ns/mnt`, `--pid=${process}/ns/pid_for_children`, '--'];
  };
  return {
    start: (place, ...command) => started([...enter(place), ...command]),
    run: (place, ...command) => {
      const { status, stdout, stderr } = spawnSync('nsenter', [...enter(place), ...command], { encoding: 'utf8' });
      if (status !== 0) throw new Error(`${command.join(' ')}: exit ${status}: ${stderr}`);
      return stdout;
    },
    close: async () => {
      holder.stdin.end();
      await closed;
    },
  };
}

function started(args: readonly string[]): Started {
  const child = spawn('nsenter', args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (part: string) => (text += part));
  const ended = once(child, 'close').then(([code]) => ({ code: code as number, text }));
  const said = (pattern: RegExp): Promise<void> =>
    new Promise((resolve, reject) => {
      child.stdout.on('data', () => pattern.test(text) && resolve());
      void ended.then(() => reject(new Error(`it never said ${pattern}:\n${text}`)));
    });
  return { ended, said };
}

/** Breaks something; what it returns mends it again and tells what met it. */
export type Break = (network: Network) => () => Met;

export interface Met {
  /** How many, place by place. */
  readonly packets: readonly number[];
  /** What was sent meanwhile takes so long at the rate that was allowed, however fast or slow the machine is. */
  readonly atLeastMs?: number;
}

/** A rule of iptables for what arrives at each of these places. */
export function filtered(...rules: readonly (readonly [at: Place, ...rule: string[]])[]): Break {
  return (network) => {
    for (const [at, ...rule] of rules) network.run(at, 'iptables', '-A', 'INPUT', ...rule);
    return () => ({ packets: rules.map(([at]) => unfiltered(network, at)) });
  };
}

function unfiltered(network: Network, at: Place): number {
  const listed = network.run(at, 'iptables', '-nvxL', 'INPUT');
  network.run(at, 'iptables', '-F', 'INPUT');
  return Number(/^ +(\d+) +\d+ +(?:DROP|REJECT) /m.exec(listed)![1]);
}

/** What a token bucket lets through at once. */
const BURST_BYTES = 4096;

/** A token bucket for all that the agent sends. */
export function limited(agent: number, kilobitsPerSecond: number): Break {
  return (network) => {
    network.run(agent, 'tc', ...`qdisc add dev eth0 root tbf rate ${kilobitsPerSecond}kbit burst ${BURST_BYTES} latency 1s`.split(' '));
    return () => {
      const shown = network.run(agent, 'tc', '-s', 'qdisc', 'show', 'dev', 'eth0');
      network.run(agent, 'tc', 'qdisc', 'del', 'dev', 'eth0', 'root');
      const [, bytes, overlimits] = /Sent (\d+) bytes .* overlimits (\d+)/.exec(shown)!.map(Number);
      return { packets: [overlimits], atLeastMs: ((bytes - BURST_BYTES) * 8) / kilobitsPerSecond };
    };
  };
}

/** The agent's cable is out. Counts how often its interface lost or found its carrier. */
export function unplugged(agent: number): Break {
  return (network) => {
    const before = carrierChanges(network, agent);
    network.run('hub', 'ip', 'link', 'set', `hub-${agent}`, 'down');
    return () => {
      network.run('hub', 'ip', 'link', 'set', `hub-${agent}`, 'up');
      return { packets: [carrierChanges(network, agent) - before] };
    };
  };
}

function carrierChanges(network: Network, agent: number): number {
  const shown = network.run(agent, 'ip', '-j', '-s', '-s', 'link', 'show', 'dev', 'eth0');
  const [link] = JSON.parse(shown) as { stats64: { tx: { carrier_changes: number } } }[];
  return link.stats64.tx.carrier_changes;
}
