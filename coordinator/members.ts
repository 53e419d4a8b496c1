/**
 * The coordinator's links to its agents: one per index, watched for silence. Where an agent was last reachable is kept
 * when its link is gone: its neighbours may still have theirs.
 */
import { closeCode, KindredError } from '../core/errors.ts';
import type { ErrorCode } from '../core/errors.ts';
import { LIMITS } from '../core/limits.ts';
import type { Clock } from '../net/clock.ts';
import { Heartbeat } from '../net/heartbeat.ts';
import type { Link } from '../net/link.ts';
import { decode, encode } from '../proto/codec.ts';
import type { ControlMessage, Hello } from '../proto/messages.ts';

export interface MemberEvents {
  readonly hello: (link: Link, hello: Hello) => void;
  readonly message: (agent: number, message: ControlMessage) => void;
  readonly detached: (agent: number, detail: string) => void;
  readonly suspect: (agent: number) => void;
}

interface Member {
  readonly link: Link;
  readonly heartbeat: Heartbeat;
  silent: boolean;
}

const HEARTBEAT = encode({ type: 'heartbeat', ask: 0, answer: 0 });

export class Members {
  readonly #clock: Clock;
  readonly #events: MemberEvents;
  readonly #members = new Map<number, Member>();
  readonly #endpoints = new Map<number, string>();

  constructor(clock: Clock, events: MemberEvents) {
    this.#clock = clock;
    this.#events = events;
  }

  /** A connection that showed the join token; it has a moment to say Hello. */
  accept(link: Link): void {
    const cancel = this.#clock.setTimer(LIMITS.handshakeMs, () => link.terminate());
    link.onClose = cancel;
    link.onFrame = (frame) => {
      cancel();
      // Of a stranger it is more likely that it speaks something else than that the network damaged it.
      const hello = decodeOrClose(link, frame, 'WIRE_GARBAGE');
      if (hello?.type === 'hello') this.#events.hello(link, hello);
      else if (hello !== undefined) link.close(closeCode('WIRE_UNEXPECTED'), 'say hello first');
    };
  }

  /** From now on `link` is agent's; an older one of it is closed with `code`, unheard. */
  adopt(agent: number, link: Link, endpoint: string, code: ErrorCode | 'replaced'): void {
    const old = this.#members.get(agent);
    this.#members.delete(agent);
    old?.heartbeat.stop();
    old?.link.close(code === 'replaced' ? 1001 : closeCode(code), code);
    const onLost = (): void => {
      member.silent = true;
      link.terminate();
    };
    const heartbeat = new Heartbeat({ link, clock: this.#clock, frame: HEARTBEAT, onSuspect: () => this.#events.suspect(agent), onLost });
    const member: Member = { link, heartbeat, silent: false };
    this.#members.set(agent, member);
    this.#endpoints.set(agent, endpoint);
    link.onFrame = (frame) => this.#onFrame(agent, member, frame);
    link.onClose = (closed, reason) =>
      this.#onClosed(agent, member, member.silent ? `nothing heard for ${LIMITS.lostMs} ms` : `its link closed (${closed}${reason ? ` ${reason}` : ''})`);
  }

  tell(agent: number, message: ControlMessage): void {
    const member = this.#members.get(agent);
    member?.heartbeat.sent();
    member?.link.send(encode(message));
  }

  has(agent: number): boolean {
    return this.#members.has(agent);
  }

  get size(): number {
    return this.#members.size;
  }

  indices(): number[] {
    return [...this.#members.keys()];
  }

  endpoint(agent: number): string {
    return this.#endpoints.get(agent) ?? '';
  }

  /** Somebody was left out: it is told so. */
  cut(agent: number, code: ErrorCode): void {
    this.#members.get(agent)?.link.close(closeCode(code), code);
  }

  terminateAll(): void {
    for (const { link, heartbeat } of this.#members.values()) {
      heartbeat.stop();
      link.terminate();
    }
  }

  #onFrame(agent: number, member: Member, frame: Uint8Array): void {
    member.heartbeat.received();
    if (this.#members.get(agent) !== member) return;
    const message = decodeOrClose(member.link, frame);
    if (message !== undefined) this.#events.message(agent, message);
  }

  #onClosed(agent: number, member: Member, detail: string): void {
    member.heartbeat.stop();
    if (this.#members.get(agent) !== member) return;
    this.#members.delete(agent);
    this.#events.detached(agent, detail);
  }
}

/** A damaged or malformed frame ends the link: a new one brings both ends back to the same stage. */
function decodeOrClose(link: Link, frame: Uint8Array, damaged: ErrorCode = 'WIRE_CORRUPT'): ControlMessage | undefined {
  try {
    return decode(frame);
  } catch (error) {
    const found = error instanceof KindredError ? error.code : 'INTERNAL';
    const code = found === 'WIRE_CORRUPT' ? damaged : found;
    link.close(closeCode(code), code);
    return undefined;
  }
}
