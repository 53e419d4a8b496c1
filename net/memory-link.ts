/**
 * Links inside one process, on any clock: what the simulator runs on.
 *
 * The network itself is a plain Transport. `host(party)` is a Transport whose owner is known: between hosts every
 * direction of a link has conditions, and a host can vanish as a process that is killed or a machine that is unplugged.
 * Equal inputs meet equal faults: draws are keyed by the channels, which are numbered as links open.
 */
import { type ConnectionCondition, type LinkConditions, NO_CONDITIONS, type Party } from '../core/fault/plan.ts';
import { LIMITS } from '../core/limits.ts';
import type { Clock } from './clock.ts';
import { reasonOf } from './close-reason.ts';
import type { DialOptions, Listener, ListenOptions, Transport } from './link.ts';
import { MemoryChannel, POLL_MS } from './memory-channel.ts';
import { MemoryEnd } from './memory-end.ts';

export interface MemoryNetworkOptions {
  /** One-way delay from one end to the other, by the names the ends know each other under. Default 0. */
  readonly delayMs?: (from: string, to: string) => number;
  /** The same between hosts, by party. */
  readonly between?: (from: Party, to: Party) => number;
  /** Connection-level conditions between hosts, asked for every frame; the message level is left to the ends. Default none. */
  readonly conditions?: (from: Party, to: Party) => LinkConditions;
  /** Told whenever a condition took effect. */
  readonly count?: (condition: ConnectionCondition, from: Party, to: Party) => void;
  /** Keys the jitter. Default 0. */
  readonly seed?: number;
}

export interface MemoryHost extends Transport {
  /**
   * The party's process died: its listeners are gone, it hears nothing any more, and what it does is void. What it had
   * sent arrives; then its links break at the other ends. `silent`, as a machine that disappears: nobody is told, and
   * dialling it hangs. Its next process asks for a host again.
   */
  vanish(silent?: boolean): void;
}

/** One process of a party, with what is its own; the network's own users have no name. */
interface Owner {
  readonly party: Party | undefined;
  readonly ends: Set<MemoryEnd>;
  alive: boolean;
}

/** Kept for ever, since others go on dialling it. */
interface Place {
  readonly owner: Owner;
  readonly options: ListenOptions;
  state: 'open' | 'closed' | 'dark';
}

interface Call {
  readonly from: Owner;
  readonly endpoint: string;
  readonly options: DialOptions;
  readonly deadlineAtMs: number;
}

export class MemoryNetwork implements Transport {
  readonly #clock: Clock;
  readonly #options: MemoryNetworkOptions;
  readonly #nobody: Owner = { party: undefined, ends: new Set(), alive: true };
  /** The living process of each party. */
  readonly #owners = new Map<Party, Owner>();
  readonly #places = new Map<string, Place>();
  #placeCount = 0;
  #channelCount = 0;

  constructor(clock: Clock, options: MemoryNetworkOptions = {}) {
    this.#clock = clock;
    this.#options = options;
  }

  /** The transport of this party's process; of a new process, if the last one vanished. */
  host(party: Party): MemoryHost {
    const owner = this.#owners.get(party) ?? { party, ends: new Set(), alive: true };
    this.#owners.set(party, owner);
    return {
      listen: (options, ready) => this.#listen(owner, options, ready),
      dial: (endpoint, options) => this.#dial(owner, endpoint, options),
      vanish: (silent = false) => this.#vanish(owner, silent),
    };
  }

  listen(options: ListenOptions, ready: (listener: Listener) => void): void {
    this.#listen(this.#nobody, options, ready);
  }

  dial(endpoint: string, options: DialOptions): void {
    this.#dial(this.#nobody, endpoint, options);
  }

  #listen(owner: Owner, options: ListenOptions, ready: (listener: Listener) => void): void {
    const endpoint = `memory:${this.#placeCount++}`;
    const place: Place = { owner, options, state: owner.alive ? 'open' : 'closed' };
    this.#places.set(endpoint, place);
    const close = (): void => void (place.state = 'closed');
    this.#clock.defer(() => owner.alive && ready({ endpoint, close }));
  }

  #dial(from: Owner, endpoint: string, options: DialOptions): void {
    const deadlineAtMs = this.#clock.now() + LIMITS.handshakeMs;
    this.#clock.defer(() => this.#attempt({ from, endpoint, options, deadlineAtMs }));
  }

  /** A handshake is decided at once; its outcome reaches either end with the link's delay. */
  #attempt(call: Call): void {
    const { from, endpoint, options } = call;
    if (!from.alive) return;
    const place = this.#places.get(endpoint);
    if (this.#isUnreachable(from, place)) return this.#attemptLater(call);
    if (place === undefined || place.state !== 'open') return options.onFailed(`nothing listens at ${endpoint}`, false);
    if (this.#isReset(from, place.owner)) return options.onFailed(`${endpoint}: the connection was reset`, false);
    const dialler = place.options.authorize(options.bearer);
    if (dialler !== undefined) return this.#connect(call, place, dialler);
    place.options.onRefused?.(reasonOf('WIRE_TOKEN'));
    options.onFailed(reasonOf('WIRE_TOKEN'), true);
  }

  #attemptLater(call: Call): void {
    const leftMs = call.deadlineAtMs - this.#clock.now();
    if (leftMs <= 0) call.options.onFailed(noAnswer(call.endpoint), false);
    else this.#clock.setTimer(Math.min(POLL_MS, leftMs), () => this.#attempt(call));
  }

  #isUnreachable(from: Owner, place: Place | undefined): boolean {
    if (place === undefined) return false;
    if (place.state === 'dark') return true;
    return this.#conditions(from, place.owner).blackhole || this.#conditions(place.owner, from).blackhole;
  }

  #isReset(from: Owner, to: Owner): boolean {
    const isReset = this.#conditions(from, to).reset || this.#conditions(to, from).reset;
    if (isReset) this.#count('reset', from, to);
    return isReset;
  }

  #connect(call: Call, place: Place, dialler: string): void {
    const { from, options } = call;
    const there = this.#channel(from, place.owner, dialler, options.peer);
    const back = this.#channel(place.owner, from, options.peer, dialler);
    const listening = this.#end(place.owner, { peer: dialler, frameBytesMax: place.options.frameBytesMax, outbound: back, inbound: there });
    const dialling = this.#end(from, { peer: options.peer, frameBytesMax: options.frameBytesMax, outbound: there, inbound: back });
    listening.join(dialling);
    dialling.join(listening);
    const cancelDeadline = this.#clock.setTimer(call.deadlineAtMs - this.#clock.now(), () => {
      if (!from.alive) return;
      dialling.terminate();
      options.onFailed(noAnswer(call.endpoint), false);
    });
    there.carry(() => place.options.onLink(listening));
    back.carry(() => {
      cancelDeadline();
      options.onOpen(dialling);
    });
  }

  #channel(from: Owner, to: Owner, fromName: string, toName: string): MemoryChannel {
    const { between, delayMs, seed = 0 } = this.#options;
    const isBetweenHosts = from.party !== undefined && to.party !== undefined;
    return new MemoryChannel({
      clock: this.#clock,
      seed,
      number: this.#channelCount++,
      delayMs: (isBetweenHosts ? between?.(from.party, to.party) : undefined) ?? delayMs?.(fromName, toName) ?? 0,
      conditions: () => this.#conditions(from, to),
      count: (condition) => this.#count(condition, from, to),
    });
  }

  #end(owner: Owner, options: { peer: string; frameBytesMax: number; outbound: MemoryChannel; inbound: MemoryChannel }): MemoryEnd {
    const end = new MemoryEnd({ ...options, clock: this.#clock });
    owner.ends.add(end);
    end.onOver = () => void owner.ends.delete(end);
    return end;
  }

  #conditions(from: Owner, to: Owner): LinkConditions {
    const { conditions } = this.#options;
    if (conditions === undefined || from.party === undefined || to.party === undefined) return NO_CONDITIONS;
    return conditions(from.party, to.party);
  }

  #count(condition: ConnectionCondition, from: Owner, to: Owner): void {
    if (from.party !== undefined && to.party !== undefined) this.#options.count?.(condition, from.party, to.party);
  }

  #vanish(owner: Owner, silent: boolean): void {
    if (!owner.alive) return;
    owner.alive = false;
    if (owner.party !== undefined) this.#owners.delete(owner.party);
    for (const place of this.#places.values()) if (place.owner === owner) place.state = silent ? 'dark' : 'closed';
    for (const end of owner.ends) end.die(silent);
  }
}

const noAnswer = (endpoint: string): string => `${endpoint} did not answer within ${LIMITS.handshakeMs} ms`;
