/**
 * One simulated process: a clock and a transport of its own, so that all it ever started can be killed, stopped and
 * slowed down together. What the network does about its links is the network's business.
 *
 * 1. After kill() no callback of it fires, and nothing it does has an effect: the rest of the event under way is a ghost.
 *    What it listened on is closed, as by a kernel.
 * 2. Under pause() what comes due waits, in order, and runs after resume(): time goes on meanwhile, so timers are late.
 *    A pause begins between events: the one under way ends as usual.
 * 3. Frames and the close of a link keep their order through every pause.
 */
import { assert } from '../core/errors.ts';
import type { Clock } from '../net/clock.ts';
import type { DialOptions, Link, Listener, ListenOptions, Transport } from '../net/link.ts';

type Event = () => void;

export class SimProcess {
  readonly clock: Clock;
  readonly transport: Transport;
  readonly #clock: Clock;
  readonly #transport: Transport;
  readonly #gate = new Gate();
  readonly #listeners = new Set<Listener>();
  /** A timer runs the head, not its own event: a change of speed changes no order. */
  readonly #deferred: Event[] = [];
  #deferMs = 0;

  constructor(clock: Clock, transport: Transport) {
    this.#clock = clock;
    this.#transport = transport;
    this.clock = { now: () => clock.now(), setTimer: this.#setTimer.bind(this), defer: this.#defer.bind(this) };
    this.transport = { listen: this.#listen.bind(this), dial: this.#dial.bind(this) };
  }

  kill(): void {
    this.#gate.shut();
    for (const listener of this.#listeners) listener.close();
    this.#listeners.clear();
  }

  pause(): void {
    this.#gate.pause();
  }

  /** Never inside the caller's event. */
  resume(): void {
    if (this.#gate.resume()) this.#clock.defer(() => this.#gate.release());
  }

  /** Every breath of a computation takes factor - 1 virtual milliseconds more; 1 is full speed. */
  slowDown(factor: number): void {
    assert(factor >= 1, `a process cannot be slowed down by ${factor}`);
    this.#deferMs = factor - 1;
  }

  #setTimer(delayMs: number, callback: Event): () => void {
    let cancelled = false;
    // Asked again when it runs: it may be cancelled while it is held back.
    const event = (): void => void (cancelled || callback());
    const cancel = this.#clock.setTimer(delayMs, () => this.#gate.admit(event));
    return () => {
      cancelled = true;
      cancel();
    };
  }

  #defer(callback: Event): void {
    const runFirst = (): void => this.#deferred.shift()!();
    const event = (): void => this.#gate.admit(runFirst);
    this.#deferred.push(callback);
    if (this.#deferMs > 0) this.#clock.setTimer(this.#deferMs, event);
    else this.#clock.defer(event);
  }

  #listen(options: ListenOptions, ready: (listener: Listener) => void, failed: (reason: string) => void): void {
    const gate = this.#gate;
    if (gate.isShut) return;
    const guarded: ListenOptions = {
      // Answered during a pause as well: the network wants to know at once, and a kernel connects for a stopped process.
      authorize: (bearer) => (gate.isShut ? undefined : options.authorize(bearer)),
      // A listener may raise it later.
      get frameBytesMax() {
        return options.frameBytesMax;
      },
      onLink: (link) => gate.admit(() => options.onLink(new ProcessLink(link, gate))),
      onRefused: (reason) => gate.admit(() => options.onRefused?.(reason)),
    };
    this.#transport.listen(
      guarded,
      (listener) => this.#listening(listener, ready),
      (reason) => gate.admit(() => failed(reason)),
    );
  }

  #listening(listener: Listener, ready: (listener: Listener) => void): void {
    if (this.#gate.isShut) return listener.close();
    this.#listeners.add(listener);
    const close = (): void => {
      // A ghost's close must not reach whoever listens there now.
      if (this.#listeners.delete(listener)) listener.close();
    };
    this.#gate.admit(() => ready({ endpoint: listener.endpoint, close }));
  }

  #dial(endpoint: string, options: DialOptions): void {
    const gate = this.#gate;
    if (gate.isShut) return;
    this.#transport.dial(endpoint, {
      bearer: options.bearer,
      peer: options.peer,
      frameBytesMax: options.frameBytesMax,
      onOpen: (link) => gate.admit(() => options.onOpen(new ProcessLink(link, gate))),
      onFailed: (reason, refused) => gate.admit(() => options.onFailed(reason, refused)),
    });
  }
}

/** All events of one process pass here: at once, later in order, or never. */
class Gate {
  isShut = false;
  #paused = false;
  #held: Event[] = [];

  /** Also after resume(), until the last one held back has run: nothing overtakes. */
  get holds(): boolean {
    return this.#paused || this.#held.length > 0;
  }

  admit(event: Event): void {
    if (this.isShut) return;
    if (this.holds) this.#held.push(event);
    else event();
  }

  shut(): void {
    this.isShut = true;
    this.#held = [];
  }

  pause(): void {
    this.#paused = true;
  }

  /** Whether anything is there to release. */
  resume(): boolean {
    this.#paused = false;
    return this.#held.length > 0;
  }

  /** One of them may pause the process again, or kill it. */
  release(): void {
    while (!this.#paused && this.#held.length > 0) this.#held.shift()!();
  }
}

class ProcessLink implements Link {
  readonly #link: Link;
  readonly #gate: Gate;
  #onFrame: ((frame: Uint8Array) => void) | undefined;
  #onClose: ((code: number, reason: string) => void) | undefined;
  #closedHere = false;

  constructor(link: Link, gate: Gate) {
    this.#link = link;
    this.#gate = gate;
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

  set onFrame(handler: (frame: Uint8Array) => void) {
    this.#onFrame = handler;
    if (!this.#gate.isShut) this.#link.onFrame = (frame) => this.#arrive(frame);
  }

  set onClose(handler: (code: number, reason: string) => void) {
    this.#onClose = handler;
    if (!this.#gate.isShut) this.#link.onClose = (code, reason) => this.#gate.admit(() => this.#onClose!(code, reason));
  }

  send(frame: Uint8Array): boolean {
    return !this.#gate.isShut && this.#link.send(frame);
  }

  close(code: number, reason: string): void {
    this.#closedHere = true;
    if (!this.#gate.isShut) this.#link.close(code, reason);
  }

  terminate(): void {
    this.#closedHere = true;
    if (!this.#gate.isShut) this.#link.terminate();
  }

  #arrive(frame: Uint8Array): void {
    // Borrowed only while this call lasts.
    const kept = this.#gate.holds ? new Uint8Array(frame) : frame;
    // What was held back when this end closed is nobody's any more.
    this.#gate.admit(() => void (this.#closedHere || this.#onFrame!(kept)));
  }
}
