/**
 * The links of one agent to its neighbours: opened by whichever end the plan says, kept by agent index.
 *
 * A neighbour proves itself with a ticket (net/credentials.ts).
 */
import type { KindredError } from '../core/errors.ts';
import { LIMITS } from '../core/limits.ts';
import { encode } from '../proto/codec.ts';
import type { Neighbour } from '../proto/messages.ts';
import { isVectorFrame } from '../proto/vector-frame.ts';
import type { Clock } from '../net/clock.ts';
import { diallerOf } from '../net/credentials.ts';
import { dialUntil } from '../net/dial-until.ts';
import { Heartbeat } from '../net/heartbeat.ts';
import type { Link, Listener, ListenOptions, Transport } from '../net/link.ts';

export interface LinkEvents {
  readonly opened: (agent: number) => void;
  readonly lost: (agent: number, reason: string) => void;
  /** A vector frame; its bytes are valid during the call only. */
  readonly vector: (agent: number, frame: Uint8Array) => void;
  readonly refused: (reason: string) => void;
}

const HEARTBEAT = encode({ type: 'heartbeat' });

interface Open {
  readonly link: Link;
  readonly heartbeat: Heartbeat;
}

export class AgentLinks {
  readonly #transport: Transport;
  readonly #clock: Clock;
  readonly #events: LinkEvents;
  /** The frame limit holds for links opened from now on: it is known only once the run is. */
  readonly #listening: ListenOptions & { frameBytesMax: number };
  readonly #open = new Map<number, Open>();
  #listener: Listener | undefined;
  #secret = '';
  #retiredBytes = 0;
  #retiredFrames = 0;
  #closing = false;

  constructor(transport: Transport, clock: Clock, events: LinkEvents) {
    this.#transport = transport;
    this.#clock = clock;
    this.#events = events;
    this.#listening = {
      authorize: (bearer: string) => this.#authorize(bearer),
      frameBytesMax: LIMITS.unauthenticatedFrameBytesMax,
      onLink: (link: Link) => this.#adopt(peerIndex(link.peer), link),
      onRefused: events.refused,
    };
  }

  /** Listens before the run is known; nobody is let in until `admit` gave the secret. */
  listen(ready: (endpoint: string) => void, failed: (reason: string) => void): void {
    const listening = (listener: Listener): void => {
      this.#listener = listener;
      ready(listener.endpoint);
    };
    this.#transport.listen(this.#listening, listening, failed);
  }

  admit(secret: string, frameBytesMax: number): void {
    this.#secret = secret;
    this.#listening.frameBytesMax = frameBytesMax;
  }

  dial(neighbour: Neighbour, failed: (error: KindredError) => void): void {
    const { agent, endpoint, ticket } = neighbour;
    dialUntil(
      this.#transport,
      endpoint,
      { bearer: ticket, peer: peerName(agent), frameBytesMax: this.#listening.frameBytesMax, onOpen: (link) => this.#adopt(agent, link), onFailed: failed },
      { clock: this.#clock, deadlineMs: LIMITS.connectMs, seed: 0, agent, code: 'LINK_UNREACHABLE' },
    );
  }

  /** Sends the same bytes to each of them. */
  send(to: readonly number[], frame: Uint8Array): void {
    for (const agent of to) {
      const open = this.#open.get(agent);
      open?.heartbeat.sent();
      open?.link.send(frame);
    }
  }

  /** Bytes and frames sent to neighbours so far. */
  get traffic(): { bytes: number; frames: number } {
    let bytes = this.#retiredBytes;
    let frames = this.#retiredFrames;
    for (const { link } of this.#open.values()) {
      bytes += link.bytesSent;
      frames += link.framesSent;
    }
    return { bytes, frames };
  }

  close(): void {
    this.#closing = true;
    for (const { link, heartbeat } of this.#open.values()) {
      heartbeat.stop();
      link.close(1001, 'done');
    }
    this.#listener?.close();
  }

  #authorize(bearer: string): string | undefined {
    const dialler = this.#secret === '' ? undefined : diallerOf(this.#secret, bearer);
    return dialler === undefined ? undefined : peerName(dialler);
  }

  #adopt(agent: number, link: Link): void {
    if (this.#closing || this.#open.has(agent)) return link.close(1001, 'not wanted');
    const heartbeat = new Heartbeat({
      link,
      clock: this.#clock,
      frame: HEARTBEAT,
      onSuspect: () => {},
      onLost: () => link.terminate(),
    });
    this.#open.set(agent, { link, heartbeat });
    link.onFrame = (frame) => {
      heartbeat.received();
      if (isVectorFrame(frame)) this.#events.vector(agent, frame);
    };
    link.onClose = (code, reason) => this.#retire(agent, `${code} ${reason}`);
    this.#events.opened(agent);
  }

  #retire(agent: number, reason: string): void {
    const open = this.#open.get(agent);
    if (open === undefined) return;
    open.heartbeat.stop();
    this.#retiredBytes += open.link.bytesSent;
    this.#retiredFrames += open.link.framesSent;
    this.#open.delete(agent);
    if (!this.#closing) this.#events.lost(agent, reason);
  }
}

function peerName(agent: number): string {
  return `agent ${agent}`;
}

function peerIndex(name: string): number {
  return Number(name.slice('agent '.length));
}
