/**
 * One end of a memory link. Whoever opens a link makes two of them over two channels and joins them.
 *
 * An end is over once it told its user of the close, or died with its process; from then on its inbound channel drops
 * what it carries. A close that is not answered is over after LIMITS.closeMs, as a WebSocket's.
 */
import { LIMITS } from '../core/limits.ts';
import type { Clock } from './clock.ts';
import { closeCodeOf, reasonOf } from './close-reason.ts';
import { LinkReceiver } from './link-receiver.ts';
import type { Link } from './link.ts';
import type { MemoryChannel } from './memory-channel.ts';

const ABNORMAL = 1006;

export interface MemoryEndOptions {
  readonly clock: Clock;
  readonly peer: string;
  readonly frameBytesMax: number;
  readonly outbound: MemoryChannel;
  readonly inbound: MemoryChannel;
}

export class MemoryEnd implements Link {
  readonly peer: string;
  bytesSent = 0;
  framesSent = 0;
  /** The network's: nothing happens at this end any more. */
  onOver = (): void => undefined;
  readonly #options: MemoryEndOptions;
  readonly #receiver = new LinkReceiver();
  #other!: MemoryEnd;
  #bufferedBytes = 0;
  #closed = false;
  #dead = false;
  #cancelCloseTimer = (): void => undefined;

  constructor(options: MemoryEndOptions) {
    this.peer = options.peer;
    this.#options = options;
    options.outbound.onGivenUp = () => this.#abort(ABNORMAL, 'the connection timed out');
  }

  join(other: MemoryEnd): void {
    this.#other = other;
  }

  set onFrame(handler: (frame: Uint8Array) => void) {
    if (!this.#dead) this.#receiver.setOnFrame(handler);
  }

  set onClose(handler: (code: number, reason: string) => void) {
    if (!this.#dead) this.#receiver.setOnClose(handler);
  }

  send(frame: Uint8Array): boolean {
    if (this.#closed) return false;
    if (this.#bufferedBytes > LIMITS.linkBufferedBytesMax) return this.#giveUp();
    // Not slice(): a Node Buffer's is a view.
    const bytes = new Uint8Array(frame);
    this.framesSent++;
    this.bytesSent += bytes.length;
    this.#bufferedBytes += bytes.length;
    const arrive = (): void => {
      this.#bufferedBytes -= bytes.length;
      this.#other.#receive(bytes);
    };
    const broken = this.#options.outbound.carryFrame(bytes.length, arrive);
    if (broken !== undefined) return this.#break(broken);
    return this.#bufferedBytes <= LIMITS.linkBackpressureBytes;
  }

  close(code: number, reason: string): void {
    if (this.#closed) return;
    this.#shut();
    this.#cancelCloseTimer = this.#options.clock.setTimer(LIMITS.closeMs, () => this.#end(ABNORMAL, 'the close was not answered'));
    this.#options.outbound.carryClose(() => this.#other.#closedByPeer(code, reason));
  }

  terminate(): void {
    this.#abort(ABNORMAL, 'terminated');
  }

  /** This end's process died: it hears nothing any more; the other end sees the link break, unless it is told nothing. */
  die(silent: boolean): void {
    this.#shut();
    this.#dead = true;
    this.#over();
    if (!silent) this.#options.outbound.carryClose(() => this.#other.#vanished());
  }

  #receive(frame: Uint8Array): void {
    if (this.#closed) return;
    if (frame.length > this.#options.frameBytesMax) this.close(closeCodeOf('WIRE_TOO_LARGE'), reasonOf('WIRE_TOO_LARGE'));
    else if (!this.#receiver.deliver(frame)) this.terminate();
  }

  /** The answer tells the end that closed that all it had sent was delivered. */
  #closedByPeer(code: number, reason: string): void {
    this.#closed = true;
    this.#end(code, reason);
    this.#options.outbound.carryClose(() => this.#other.#end(code, reason));
  }

  #giveUp(): false {
    this.#abort(closeCodeOf('WIRE_SILENT'), reasonOf('WIRE_SILENT', 'the other end does not read'));
    return false;
  }

  /** A reset overtakes what is under way; a limit cuts behind it. */
  #break(condition: 'reset' | 'limitData'): false {
    if (condition === 'reset') this.#options.clock.defer(() => this.#other.#vanished());
    this.#abort(ABNORMAL, condition === 'reset' ? 'the connection was reset' : 'the connection was closed: it has carried its limit');
    return false;
  }

  #abort(code: number, reason: string): void {
    if (this.#dead) return;
    this.#shut();
    this.#options.clock.defer(() => this.#end(code, reason));
    this.#options.outbound.carryClose(() => this.#other.#vanished());
  }

  #vanished(): void {
    this.#closed = true;
    this.#end(ABNORMAL, 'the connection broke');
  }

  /** This end closes: nothing goes out any more, nothing is handed over. */
  #shut(): void {
    this.#closed = true;
    this.#receiver.stop();
  }

  #end(code: number, reason: string): void {
    if (this.#dead) return;
    this.#over();
    this.#receiver.end(code, reason);
  }

  #over(): void {
    this.#cancelCloseTimer();
    this.#options.inbound.discard();
    this.onOver();
  }
}
