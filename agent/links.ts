/**
 * The links of one agent to its neighbours, kept by agent index. Whichever end the plan says dials, and dials again for as
 * long as the run lives; a neighbour proves itself with a ticket (net/credentials.ts).
 *
 * Invariants:
 *  1. One link per neighbour: a new one replaces the old one, unless it is of an older incarnation, which is fenced off.
 *  2. A silent link is terminated after LIMITS.lostMs, never waited for.
 *  3. A damaged frame is dropped and counted: the vector in it is pulled again. A malformed one ends its link only.
 */
import { closeCode, KindredError } from '../core/errors.ts';
import type { Party } from '../core/fault/plan.ts';
import { LIMITS } from '../core/limits.ts';
import { decode, encode } from '../proto/codec.ts';
import type { FrameCounts } from './link-health.ts';
import type { ControlMessage, Heartbeat as HeartbeatMessage, Neighbour, Pull, Sync, VectorHeader } from '../proto/messages.ts';
import { isVectorFrame, readVectorHeader } from '../proto/vector-frame.ts';
import type { Clock } from '../net/clock.ts';
import { diallerOf } from '../net/credentials.ts';
import { dialUntil } from '../net/dial-until.ts';
import { Heartbeat } from '../net/heartbeat.ts';
import type { Link, Listener, ListenOptions, Transport } from '../net/link.ts';

export interface LinkEvents {
  readonly opened: (agent: number) => void;
  readonly lost: (agent: number, reason: string) => void;
  /** A vector frame; its bytes and its header are valid during the call only. */
  readonly vector: (agent: number, header: VectorHeader, frame: Uint8Array) => void;
  readonly asked: (agent: number, message: Sync | Pull) => void;
  /** The other end answered a question about the round trip. */
  readonly answered: (agent: number, question: number) => void;
  /** It said how many frames it sent over this connection; that many came. */
  readonly counted: (agent: number, counts: FrameCounts) => void;
  readonly refused: (reason: string) => void;
  /** Dialling goes on, but somebody may know a better address. */
  readonly unreachable: (agent: number, reason: string) => void;
}

export interface AgentLinksOptions {
  readonly transport: Transport;
  readonly clock: Clock;
  /** Own index; known when the coordinator said so. */
  readonly self: () => number;
  /** Faults on purpose (net/fault-link.ts); the link itself where there are none. */
  readonly decorate: (agent: number, link: Link) => Link;
  readonly events: LinkEvents;
}

interface Open {
  readonly link: Link;
  readonly heartbeat: Heartbeat;
  readonly incarnation: number;
  /** Of this and earlier links from there. */
  readonly received: { bytes: number };
  /** Over this link. */
  readonly frames: { sent: number; received: number };
  silent: boolean;
}

const HEARTBEAT = encode({ type: 'heartbeat', ask: 0, answer: 0 });

export class AgentLinks {
  readonly #options: AgentLinksOptions;
  /** The frame limit holds for links opened from now on: it is known only once the run is. */
  readonly #listening: ListenOptions & { frameBytesMax: number };
  readonly #open = new Map<number, Open>();
  readonly #dials = new Map<number, () => void>();
  /** The oldest incarnation of each neighbour that is let in. */
  readonly #incarnations = new Map<number, number>();
  readonly #received = new Map<number, { bytes: number }>();
  readonly #header: VectorHeader = { epoch: 0, step: 0, durableStep: 0 };
  #listener: Listener | undefined;
  #secret = '';
  #retired = { bytes: 0, frames: 0 };
  #damaged = 0;
  #closing = false;

  constructor(options: AgentLinksOptions) {
    this.#options = options;
    this.#listening = {
      authorize: (bearer: string) => this.#authorize(bearer),
      frameBytesMax: LIMITS.unauthenticatedFrameBytesMax,
      onLink: (link: Link) => this.#adopt(...peerOf(link.peer), link),
      onRefused: options.events.refused,
    };
  }

  /** Listens before the run is known; nobody is let in until `admit` gave the secret. */
  listen(ready: (endpoint: string) => void, failed: (reason: string) => void): void {
    const listening = (listener: Listener): void => {
      this.#listener = listener;
      ready(listener.endpoint);
    };
    this.#options.transport.listen(this.#listening, listening, failed);
  }

  admit(secret: string, frameBytesMax: number): void {
    this.#secret = secret;
    this.#listening.frameBytesMax = frameBytesMax;
  }

  /** Dials until a link is open; a later call for the same neighbour replaces an earlier one. */
  dial(neighbour: Neighbour): void {
    const { agent, endpoint, ticket, incarnation } = neighbour;
    this.#giveUpDialling(agent);
    if (endpoint === '') return this.#dialLater(neighbour, 'its address is not known');
    const { transport, clock, events, self } = this.#options;
    const cancel = dialUntil(
      transport,
      endpoint,
      {
        bearer: ticket,
        peer: peerName(agent, incarnation),
        frameBytesMax: this.#listening.frameBytesMax,
        onOpen: (link) => this.#adopt(agent, incarnation, link),
        onFailed: (error) => {
          events.unreachable(agent, error.message);
          this.#dialLater(neighbour);
        },
      },
      { clock, deadlineMs: LIMITS.connectMs, seed: self(), agent, code: 'LINK_UNREACHABLE' },
    );
    this.#dials.set(agent, cancel);
  }

  /** Tries again later; a Moved that comes before then replaces it. */
  #dialLater(neighbour: Neighbour, reason?: string): void {
    const { clock, events } = this.#options;
    const again = (): void => {
      if (reason !== undefined) events.unreachable(neighbour.agent, reason);
      this.dial(neighbour);
    };
    this.#dials.set(neighbour.agent, clock.setTimer(LIMITS.dialBackoffMaxMs, again));
  }

  /** From now on only this incarnation of the neighbour, or a later one, is let in. */
  fence({ agent, incarnation }: Neighbour): void {
    this.#incarnations.set(agent, incarnation);
    const open = this.#open.get(agent);
    if (open !== undefined && open.incarnation < incarnation) open.link.terminate();
  }

  /** Sends the same bytes to each of them. */
  send(to: readonly number[], frame: Uint8Array): void {
    for (const agent of to) {
      const open = this.#open.get(agent);
      if (open !== undefined) sendOver(open, frame);
    }
  }

  /** To be answered at once with the same number. */
  ask(agent: number, question: number): void {
    this.#beat(agent, question, 0);
  }

  tell(agent: number, message: ControlMessage): void {
    this.send([agent], encode(message));
  }

  tellAll(message: ControlMessage): void {
    this.send([...this.#open.keys()], encode(message));
  }

  /** Every link breaks and is dialled again: when it must lead through a proxy from now on. */
  breakAll(): void {
    for (const { link } of this.#open.values()) link.terminate();
  }

  /** Bytes and frames sent to neighbours so far. */
  get traffic(): { bytes: number; frames: number } {
    let { bytes, frames } = this.#retired;
    for (const { link } of this.#open.values()) {
      bytes += link.bytesSent;
      frames += link.framesSent;
    }
    return { bytes, frames };
  }

  /** Bytes of frames that came from this neighbour so far. */
  bytesFrom(agent: number): number {
    return this.#received.get(agent)?.bytes ?? 0;
  }

  /** Frames that arrived with a wrong checksum. */
  get damaged(): number {
    return this.#damaged;
  }

  close(): void {
    this.#closing = true;
    for (const cancel of this.#dials.values()) cancel();
    for (const { link, heartbeat } of this.#open.values()) {
      heartbeat.stop();
      link.close(1001, 'done');
    }
    this.#listener?.close();
  }

  #authorize(bearer: string): string | undefined {
    const dialler = this.#secret === '' ? undefined : diallerOf(this.#secret, bearer);
    if (dialler === undefined || dialler.incarnation < (this.#incarnations.get(dialler.agent) ?? 0)) return undefined;
    return peerName(dialler.agent, dialler.incarnation);
  }

  #adopt(agent: number, incarnation: number, raw: Link): void {
    const oldest = Math.max(this.#incarnations.get(agent) ?? 0, this.#open.get(agent)?.incarnation ?? 0);
    if (this.#closing || incarnation < oldest) return raw.close(closeCode('WIRE_FENCED'), 'WIRE_FENCED');
    this.#giveUpDialling(agent);
    this.#replace(agent);
    const link = this.#options.decorate(agent, raw);
    const received = this.#received.get(agent) ?? { bytes: 0 };
    this.#received.set(agent, received);
    const frames = { sent: 0, received: 0 };
    const open: Open = { link, heartbeat: this.#watch(agent, link, frames), incarnation, received, frames, silent: false };
    this.#open.set(agent, open);
    link.onFrame = (frame) => this.#onFrame(agent, open, frame);
    link.onClose = (code, reason) => this.#onClosed(agent, open, open.silent ? `nothing heard for ${LIMITS.lostMs} ms` : `${code} ${reason}`.trim());
    // It may have closed while its handlers were set.
    if (this.#open.get(agent) === open) this.#options.events.opened(agent);
  }

  #watch(agent: number, link: Link, frames: Open['frames']): Heartbeat {
    const onLost = (): void => {
      const open = this.#open.get(agent);
      if (open?.link === link) open.silent = true;
      link.terminate();
    };
    const send = (frame: Uint8Array): boolean => {
      frames.sent++;
      return link.send(frame);
    };
    return new Heartbeat({ link: { send }, clock: this.#options.clock, frame: HEARTBEAT, onSuspect: () => {}, onLost });
  }

  #onFrame(agent: number, open: Open, frame: Uint8Array): void {
    open.heartbeat.received();
    open.received.bytes += frame.length;
    try {
      if (isVectorFrame(frame)) {
        readVectorHeader(frame, this.#header);
        open.frames.received++;
        return this.#options.events.vector(agent, this.#header, frame);
      }
      const message = decode(frame);
      open.frames.received++;
      if (message.type === 'sync' || message.type === 'pull') this.#options.events.asked(agent, message);
      else if (message.type === 'heartbeat') this.#onHeartbeat(agent, open, message);
    } catch (error) {
      if (!(error instanceof KindredError)) throw error;
      if (error.code === 'WIRE_CORRUPT') this.#damaged++;
      else open.link.close(closeCode(error.code), error.code);
    }
  }

  #onHeartbeat(agent: number, { frames }: Open, { ask, answer, sent }: HeartbeatMessage): void {
    if (sent !== undefined) this.#options.events.counted(agent, { sent: sent + 1, received: frames.received });
    if (ask > 0) this.#beat(agent, 0, ask);
    if (answer > 0) this.#options.events.answered(agent, answer);
  }

  #beat(agent: number, ask: number, answer: number): void {
    this.tell(agent, { type: 'heartbeat', ask, answer, sent: this.#open.get(agent)?.frames.sent ?? 0 });
  }

  #onClosed(agent: number, open: Open, reason: string): void {
    open.heartbeat.stop();
    this.#retired = { bytes: this.#retired.bytes + open.link.bytesSent, frames: this.#retired.frames + open.link.framesSent };
    if (this.#open.get(agent) !== open) return;
    this.#open.delete(agent);
    if (!this.#closing) this.#options.events.lost(agent, reason);
  }

  /** The old link of a neighbour that opened a new one: it was dead, or half of it. */
  #replace(agent: number): void {
    const old = this.#open.get(agent);
    if (old === undefined) return;
    this.#open.delete(agent);
    old.heartbeat.stop();
    old.link.terminate();
  }

  #giveUpDialling(agent: number): void {
    this.#dials.get(agent)?.();
    this.#dials.delete(agent);
  }
}

function sendOver({ heartbeat, link, frames }: Open, frame: Uint8Array): void {
  heartbeat.sent();
  frames.sent++;
  link.send(frame);
}

function peerName(agent: number, incarnation: number): string {
  return `agent ${agent} (incarnation ${incarnation})`;
}

/** Who a link leads to, by the name its other end goes by here. */
export function partyOf(peer: string): Party {
  return peer.startsWith('agent ') ? peerOf(peer)[0] : 'coordinator';
}

function peerOf(name: string): [agent: number, incarnation: number] {
  const [, agent, incarnation] = /^agent (\d+) \(incarnation (\d+)\)$/.exec(name)!;
  return [Number(agent), Number(incarnation)];
}
