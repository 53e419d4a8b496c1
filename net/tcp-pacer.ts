/** A token bucket in time: how soon the next bytes may pass at a rate that may change between two of them. */
export class TcpPacer {
  #freeAtMs = 0;

  /** 0: now. */
  waitMs(nowMs: number): number {
    return Math.max(0, this.#freeAtMs - nowMs);
  }

  /** At most so many bytes at once, so that a rate is seen as a rate. */
  pieceBytes(bytesPerSecond: number): number {
    return bytesPerSecond === 0 ? Infinity : Math.max(1, Math.floor((bytesPerSecond * PIECE_MS) / 1_000));
  }

  passed(bytes: number, bytesPerSecond: number, nowMs: number): void {
    if (bytesPerSecond === 0) return;
    this.#freeAtMs = Math.max(this.#freeAtMs, nowMs - BURST_MS) + (1_000 * bytes) / bytesPerSecond;
  }
}

const PIECE_MS = 10;
/** What a late timer, or silence, may catch up. */
const BURST_MS = 50;
