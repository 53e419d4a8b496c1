/**
 * The faults that the engine enacts on the containers of a run: agents off their networks (docker network disconnect), and
 * packets lost, slowed down or cut off (deploy/packet-faults.ts, by nsenter into the network of each container).
 *
 * 1. What is to hold follows from the faults that are active and from where everybody is; what differs from what holds is changed.
 *    So a container that restarts, or comes back with another address, meets the same faults again.
 * 2. Changes are made one after the other. What failed is tried again, each time after twice the wait; after the last try it
 *    waits for the next change.
 * 3. A fault is recorded as begun and as ended when it was done, not when it was due.
 * 4. Stopping undoes all of it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { ActiveFaults } from '../core/fault/active-faults.ts';
import type { Moment } from '../core/fault/active-faults.ts';
import { describeFault } from '../core/fault/describe.ts';
import { enginePart } from '../core/fault/engine-faults.ts';
import type { EngineEnacts } from '../core/fault/engine-faults.ts';
import type { Fault, FaultPlan, Party } from '../core/fault/plan.ts';
import { packetRules } from '../deploy/packet-faults.ts';
import type { Attachment, Container, Engine } from './engine.ts';
import type { PacketTools } from './packet-tools.ts';

/** What is asked of the engine. */
export type FaultsEngine = Pick<Engine, 'disconnect' | 'connect'>;

export interface ContainerFaultsOptions {
  readonly engine: FaultsEngine;
  readonly tools: Pick<PacketTools, 'isIdle' | 'packetsMet' | 'apply'>;
  readonly enacts: EngineEnacts;
  /** As they are now, asked for whenever something is to be changed. */
  readonly containers: () => Promise<ReadonlyMap<Party, Container>>;
  readonly record: (type: 'fault-began' | 'fault-ended' | 'fault-missed', fields: Readonly<Record<string, unknown>>) => void;
  readonly tell: (line: string) => void;
  readonly onError: (error: unknown) => void;
  /** Between two tries; tests bring their own. */
  readonly wait?: (ms: number) => Promise<unknown>;
}

/** A fault that holds, and what the packets' counters said when it began. */
interface Holding {
  readonly words: string;
  readonly by: string;
  readonly packetsBefore: number;
}

const BY_NETWORK = 'network disconnect';
const BY_PACKETS = 'iptables, tc';
const FAILURES_MAX = 5;
/** Before the second try. */
const RETRY_MS = 100;

export class ContainerFaults {
  readonly #options: ContainerFaultsOptions;
  readonly #active = new ActiveFaults([]);
  /** The whole entry, by the text of its part that is enacted here. */
  readonly #words = new Map<string, string>();
  readonly #holding = new Map<string, Holding>();
  /** Off their networks, and how they were attached before. */
  readonly #detached = new Map<Party, readonly Attachment[]>();
  #moment: Moment = { step: 0, ms: 0, phase: 'exploring' };
  #isDue = false;
  /** In a row. */
  #failures = 0;
  #isStopped = false;
  #working: Promise<void> | undefined;

  constructor(options: ContainerFaultsOptions) {
    this.#options = options;
  }

  /** The plan as it is now. */
  replace(plan: FaultPlan): void {
    const parts = plan.flatMap((fault) => {
      const part = enginePart(fault, this.#options.enacts);
      if (part !== undefined) this.#words.set(JSON.stringify(part), describeFault(fault));
      return part ?? [];
    });
    this.#active.replace(parts);
  }

  /** Where the run is now. */
  look(moment: Moment): void {
    this.#moment = moment;
    const { began, ended } = this.#active.changes(moment);
    // Of what was over before anybody looked nothing can be made to happen.
    for (const fault of began.filter((one) => ended.includes(one))) this.#missed(fault);
    if (began.length + ended.length > 0) this.moved();
  }

  /** A container started, or has another address: what holds must hold there too. */
  moved(): void {
    if (this.#isStopped) return;
    this.#isDue = true;
    this.#failures = 0;
    this.#working ??= this.#work();
  }

  /** Everything is undone, and no container is touched any more. */
  async stop(): Promise<void> {
    this.#active.replace([]);
    this.moved();
    this.#isStopped = true;
    await this.#working;
  }

  /** When all that was due has been done. */
  async settled(): Promise<void> {
    await this.#working;
  }

  async #work(): Promise<void> {
    while (this.#isDue) {
      this.#isDue = false;
      try {
        await this.#reconcile(this.#active.active(this.#moment));
        this.#failures = 0;
      } catch (error) {
        this.#options.onError(error);
        await this.#retry();
      }
    }
    this.#working = undefined;
  }

  /** What was done is not done again, and the rest may work later. */
  async #retry(): Promise<void> {
    const { wait = sleep } = this.#options;
    if (this.#failures === FAILURES_MAX - 1) return;
    await wait(RETRY_MS * 2 ** this.#failures++);
    this.#isDue = true;
  }

  async #reconcile(active: readonly Fault[]): Promise<void> {
    const { tools } = this.#options;
    if (active.length + this.#holding.size + this.#detached.size === 0 && tools.isIdle) return;
    const isolated = new Set<Party>(active.flatMap(({ action }) => (action.kind === 'isolate' ? [action.agent] : [])));
    await this.#isolate(isolated);
    const packets = active.filter(({ action }) => action.kind !== 'isolate');
    // Without the right to touch packets there are no such faults, and no tools either.
    if (packets.length > 0 || !tools.isIdle) await tools.apply(await this.#options.containers(), (places) => packetRules(packets, places));
    this.#note(active);
  }

  async #isolate(isolated: ReadonlySet<Party>): Promise<void> {
    const { engine } = this.#options;
    const containers = await this.#options.containers();
    const leaving = [...isolated].flatMap((party) => containers.get(party) ?? []);
    const coming = [...this.#detached].filter(([party]) => !isolated.has(party));
    const leave = async ({ id, party, attachments }: Container): Promise<void> => {
      if (!this.#detached.has(party)) this.#detached.set(party, attachments);
      for (const { network } of attachments) await engine.disconnect(id, network);
    };
    const come = async ([party, attachments]: [Party, readonly Attachment[]]): Promise<void> => {
      const container = containers.get(party);
      const there = container?.attachments.map(({ network }) => network) ?? [];
      const missing = attachments.filter(({ network }) => container !== undefined && !there.includes(network));
      for (const attachment of missing) await engine.connect(container!.id, attachment);
      this.#detached.delete(party);
    };
    await Promise.all([...leaving.map(leave), ...coming.map(come)]);
  }

  /** Invariant 3. */
  #note(active: readonly Fault[]): void {
    const { record, tell, tools } = this.#options;
    const now = new Map(active.map((fault) => [JSON.stringify(fault), fault]));
    const met = tools.packetsMet;
    for (const [text, { words, by, packetsBefore }] of this.#holding) {
      if (now.has(text)) continue;
      this.#holding.delete(text);
      record('fault-ended', { detail: words, by, ...(by === BY_PACKETS ? { packets: met - packetsBefore } : {}) });
      tell(`over: ${words}`);
    }
    for (const [text, { action }] of now) {
      if (this.#holding.has(text)) continue;
      const words = this.#words.get(text)!;
      const by = action.kind === 'isolate' ? BY_NETWORK : BY_PACKETS;
      this.#holding.set(text, { words, by, packetsBefore: met });
      record('fault-began', { detail: words, by });
      tell(`begins: ${words}`);
    }
  }

  #missed(fault: Fault): void {
    const words = this.#words.get(JSON.stringify(fault))!;
    this.#options.record('fault-missed', { detail: words });
    this.#options.tell(`missed: ${words}: it was over before the coordinator said that it was due`);
  }
}
