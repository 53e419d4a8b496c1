/**
 * An agent's link to its coordinator, which it dials again and again for as long as the run lives: joins with Hello, is
 * attached by Welcome, watches the other end's silence. A refusal for good (wrong token, fenced off) ends it.
 */
import { ERRORS } from '../core/errors.ts';
import type { ErrorCode } from '../core/errors.ts';
import { LIMITS } from '../core/limits.ts';
import { backoffMs } from '../net/backoff.ts';
import type { Clock } from '../net/clock.ts';
import { dialUntil } from '../net/dial-until.ts';
import { Heartbeat } from '../net/heartbeat.ts';
import type { Link, Transport } from '../net/link.ts';
import { controlFrameBytesMax, decode, encode } from '../proto/codec.ts';
import { KindredError } from '../core/errors.ts';
import type { ControlMessage, Hello } from '../proto/messages.ts';

export interface CoordinatorLinkOptions {
  readonly coordinator: string;
  readonly token: string;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly joinMs: number;
  readonly self: () => number;
  readonly decorate: (link: Link) => Link;
  readonly hello: () => Hello;
  readonly events: {
    readonly message: (message: ControlMessage) => void;
    readonly detached: (reason: string) => void;
    readonly failed: (code: ErrorCode, detail: string) => void;
  };
}

/** Answers that will not change by asking again. */
const FINAL: readonly ErrorCode[] = ['WIRE_TOKEN', 'WIRE_VERSION', 'WIRE_FENCED', 'AGENT_UNKNOWN', 'AGENT_AHEAD', 'RUN_OVER'];

const HEARTBEAT = encode({ type: 'heartbeat', ask: 0, answer: 0 });

export class CoordinatorLink {
  readonly #options: CoordinatorLinkOptions;
  #link: Link | undefined;
  #heartbeat: Heartbeat | undefined;
  #cancelDial = (): void => {};
  #cancelHandshake = (): void => {};
  #attempt = 0;
  #everAttached = false;
  #firstGreetedAt: number | undefined;
  #closed = false;

  constructor(options: CoordinatorLinkOptions) {
    this.#options = options;
  }

  connect(): void {
    const { transport, coordinator, token, clock, events, joinMs, self } = this.#options;
    this.#cancelDial = dialUntil(
      transport,
      coordinator,
      {
        bearer: token,
        peer: 'the coordinator',
        frameBytesMax: controlFrameBytesMax(LIMITS.dimensionMax, LIMITS.agentsMax),
        onOpen: (link) => this.#greet(this.#options.decorate(link)),
        // Once attached, the machine decides how long to wait for it.
        onFailed: (error) => (this.#everAttached && !FINAL.includes(error.code) ? this.#retry() : events.failed(error.code, error.message)),
      },
      { clock, deadlineMs: joinMs, seed: 1, agent: self(), code: 'COORDINATOR_UNREACHABLE' },
    );
  }

  tell(message: ControlMessage): void {
    this.#heartbeat?.sent();
    this.#link?.send(encode(message));
  }

  reconnect(reason: string): void {
    this.#link?.close(1001, reason);
  }

  close(): void {
    this.#closed = true;
    this.#cancelDial();
    this.#cancelHandshake();
    this.#heartbeat?.stop();
    this.#link?.close(1001, 'done');
  }

  #greet(link: Link): void {
    const { clock } = this.#options;
    if (this.#closed) return link.terminate();
    this.#link = link;
    this.#firstGreetedAt ??= clock.now();
    this.#cancelHandshake = clock.setTimer(LIMITS.handshakeMs, () => link.terminate());
    this.#heartbeat = new Heartbeat({ link, clock, frame: HEARTBEAT, onSuspect: () => {}, onLost: () => link.terminate() });
    link.onFrame = (frame) => this.#onFrame(link, frame);
    link.onClose = (code, reason) => this.#onClosed(link, code, reason);
    this.tell(this.#options.hello());
  }

  /** A damaged or malformed frame may have been an assignment: only a new link brings both ends back to the same stage. */
  #onFrame(link: Link, frame: Uint8Array): void {
    if (link !== this.#link) return;
    this.#heartbeat?.received();
    let message: ControlMessage;
    try {
      message = decode(frame);
    } catch (error) {
      if (!(error instanceof KindredError)) throw error;
      return link.close(1001, error.code);
    }
    if (message.type === 'welcome') this.#onWelcome();
    this.#options.events.message(message);
  }

  #onWelcome(): void {
    this.#cancelHandshake();
    this.#everAttached = true;
    this.#attempt = 0;
  }

  #onClosed(link: Link, close: number, reason: string): void {
    if (link !== this.#link || this.#closed) return;
    this.#link = undefined;
    this.#cancelHandshake();
    this.#heartbeat?.stop();
    this.#heartbeat = undefined;
    const code = codeOf(close);
    const { events, clock } = this.#options;
    const detail = `the link to the coordinator closed (${close}${reason ? ` ${reason}` : ''})`;
    // It was away when the run ended: nothing is left to do.
    if (code === 'RUN_OVER' && this.#everAttached)
      return events.message({ type: 'assign', stage: 0, abandon: false, work: { kind: 'finish', status: '', code: '', detail: '' } });
    // A dead predecessor looks alive until its silence is noticed.
    const isTakenForGood = code === 'WIRE_DUPLICATE_AGENT' && clock.now() > this.#firstGreetedAt! + 2 * LIMITS.lostMs;
    if (code !== undefined && (FINAL.includes(code) || isTakenForGood)) return events.failed(code, detail);
    events.detached(detail);
    this.#retry();
  }

  #retry(): void {
    const { clock, self } = this.#options;
    this.#cancelDial = clock.setTimer(backoffMs(1, self(), this.#attempt++), () => this.connect());
  }
}

function codeOf(close: number): ErrorCode | undefined {
  return (Object.keys(ERRORS) as ErrorCode[]).find((one) => 'close' in ERRORS[one] && ERRORS[one].close === close && close >= 4000);
}
