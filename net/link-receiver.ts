/**
 * The receiving half that all links share: it keeps invariants 2 and 3 of link.ts.
 * Frames wait (bounded) until a handler is set; the close comes after them, once; nothing comes after the close,
 * nor after this end itself closed.
 */
import { LIMITS } from '../core/limits.ts';

type FrameHandler = (frame: Uint8Array) => void;
type CloseHandler = (code: number, reason: string) => void;

export class LinkReceiver {
  #onFrame: FrameHandler | undefined;
  #onClose: CloseHandler | undefined;
  #waiting: Uint8Array[] = [];
  #end: { readonly code: number; readonly reason: string } | undefined;
  #stopped = false;

  /** False when the frame could not be kept because no handler was set for too long. */
  deliver(frame: Uint8Array): boolean {
    if (this.#stopped) return true;
    if (this.#onFrame !== undefined && this.#waiting.length === 0) this.#onFrame(frame);
    else if (this.#waiting.length < LIMITS.linkWaitingFramesMax) this.#waiting.push(frame);
    else return false;
    return true;
  }

  /** This end closes: what still arrives is nobody's any more. */
  stop(): void {
    this.#stopped = true;
    this.#waiting = [];
  }

  /** The link is over; the first call counts. */
  end(code: number, reason: string): void {
    if (this.#end !== undefined) return;
    this.#end = { code, reason };
    this.#announceEnd();
  }

  setOnFrame(handler: FrameHandler): void {
    this.#onFrame = handler;
    for (let frame = this.#waiting[0]; frame !== undefined; frame = this.#waiting[0]) {
      handler(frame);
      // Only now: a frame that arrives meanwhile must queue behind.
      this.#waiting.shift();
    }
    this.#announceEnd();
  }

  setOnClose(handler: CloseHandler): void {
    this.#onClose = handler;
    this.#announceEnd();
  }

  #announceEnd(): void {
    if (this.#end === undefined || this.#onClose === undefined || this.#waiting.length > 0) return;
    const handler = this.#onClose;
    this.stop();
    this.#onClose = undefined;
    handler(this.#end.code, this.#end.reason);
  }
}
