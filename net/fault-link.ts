/**
 * Message-level faults on any link: frames are lost, doubled, overtaken by the next, or get one bit wrong. Faults of the
 * connection (delay, bandwidth, blackhole, ...) act below a link and are not enacted here.
 *
 *  1. Without faults a link keeps all its laws, at the cost of one call and one comparison per frame.
 *  2. Every frame has a number, and its faults are draws keyed by (seed, stream, number): the same seed, the same faults.
 *     A caller that dials again passes the same `frames`, or the first frame of every connection would meet the same fault.
 */
import { NO_CONDITIONS, type LinkConditions, type Party, type MessageCondition } from '../core/fault/plan.ts';
import type { Clock } from './clock.ts';
import { FrameFaults } from './frame-faults.ts';
import type { Link } from './link.ts';

/** How many frames went each way: carried over to the next link between the same two ends. */
export interface FrameCount {
  out: number;
  in: number;
}

export interface FaultLinkOptions {
  readonly seed: number;
  /** streamOf(this end, the other end). */
  readonly stream: number;
  /** Of what this end sends. */
  readonly conditions: () => LinkConditions;
  /** Of what arrives here: where the other end does not enact its own faults. */
  readonly incoming?: () => LinkConditions;
  readonly clock: Clock;
  readonly count?: (kind: MessageCondition) => void;
  readonly frames?: FrameCount;
}

/** Apart from the streams of other users of the purpose `fault`. */
const STREAM_BASE = 2 ** 24;
const PARTIES = 2 ** 11;

/** The key of one direction; the opposite direction differs in the last bit only. */
export function streamOf(from: Party, to: Party): number {
  const [a, b] = [from, to].map((party) => (party === 'coordinator' ? 0 : party + 1));
  return STREAM_BASE + 2 * (Math.min(a, b) * PARTIES + Math.max(a, b)) + (a < b ? 0 : 1);
}

export function withFaults(link: Link, options: FaultLinkOptions): Link {
  return new FaultLink(link, options);
}

class FaultLink implements Link {
  readonly #link: Link;
  readonly #conditions: () => LinkConditions;
  readonly #incoming: (() => LinkConditions) | undefined;
  readonly #frames: FrameCount;
  readonly #outgoing: FrameFaults;
  readonly #arriving: FrameFaults;
  #onFrame: (frame: Uint8Array) => void = () => undefined;
  #closed = false;

  constructor(link: Link, options: FaultLinkOptions) {
    this.#link = link;
    this.#conditions = options.conditions;
    this.#incoming = options.incoming;
    this.#frames = options.frames ?? { out: 0, in: 0 };
    this.#outgoing = new FrameFaults(options, options.stream, (frame) => this.#link.send(frame));
    this.#arriving = new FrameFaults(options, options.stream ^ 1, (frame) => this.#handOver(frame));
  }

  get peer(): string {
    return this.#link.peer;
  }

  get bytesSent(): number {
    return this.#link.bytesSent;
  }

  get framesSent(): number {
    return this.#link.framesSent;
  }

  send(frame: Uint8Array): boolean {
    if (this.#closed) return false;
    const conditions = this.#conditions();
    const number = this.#frames.out++;
    return conditions === NO_CONDITIONS && !this.#outgoing.holds ? this.#link.send(frame) : this.#outgoing.pass(frame, number, conditions);
  }

  close(code: number, reason: string): void {
    this.#end();
    this.#link.close(code, reason);
  }

  terminate(): void {
    this.#end();
    this.#link.terminate();
  }

  set onFrame(handler: (frame: Uint8Array) => void) {
    this.#onFrame = handler;
    this.#link.onFrame = this.#incoming === undefined ? handler : (frame) => this.#receive(frame, this.#incoming!());
  }

  set onClose(handler: (code: number, reason: string) => void) {
    this.#link.onClose = (code, reason) => {
      this.#end();
      handler(code, reason);
    };
  }

  #receive(frame: Uint8Array, conditions: LinkConditions): void {
    const number = this.#frames.in++;
    if (conditions === NO_CONDITIONS && !this.#arriving.holds) this.#onFrame(frame);
    else this.#arriving.pass(frame, number, conditions);
  }

  /** A handler may close the link, and it may write into its frame: the next one must not see either. */
  #handOver(frame: Uint8Array): boolean {
    if (!this.#closed) this.#onFrame(new Uint8Array(frame));
    return true;
  }

  #end(): void {
    this.#closed = true;
    this.#outgoing.drop();
    this.#arriving.drop();
  }
}
