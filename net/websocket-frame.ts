/**
 * Packs one binary WebSocket message into one buffer: header, mask, payload (RFC 6455, section 5.2).
 *
 * ws reads frames and keeps the protocol; only the sending of data is done here, because it rules the speed: ws masks byte
 * by byte and writes header and payload apart. Here a mask is applied to words and the buffer is used again and again.
 * A test compares the bytes with those of ws.
 */
import { randomFillSync } from 'node:crypto';

/** none: frames of the accepting end. random: of the dialling end. zero: of the dialling end in one's own network. */
export type Masking = 'none' | 'random' | 'zero';

const FINAL_BINARY = 0x82;
const MASKED = 0x80;
/** The longest header is 14 bytes; the payload behind it is 8-aligned. */
const PAYLOAD_OFFSET = 16;
const MASK_BYTES = 4;
const RANDOM_MASKS = 1024;
const BYTES_MIN = 256;

export function webSocketHeaderBytes(length: number, masking: Masking): number {
  const maskBytes = masking === 'none' ? 0 : MASK_BYTES;
  if (length < 126) return 2 + maskBytes;
  return (length < 65_536 ? 4 : 10) + maskBytes;
}

export class WebSocketFrameWriter {
  readonly #masking: Masking;
  #buffer = Buffer.alloc(0);
  #words = new Int32Array(0);

  constructor(masking: Masking) {
    this.#masking = masking;
  }

  /** The message of `payload`: a view of the writer's buffer, valid until the next call unless it was given away. */
  pack(payload: Uint8Array): Buffer {
    this.#reserve(payload.length);
    const start = PAYLOAD_OFFSET - webSocketHeaderBytes(payload.length, this.#masking);
    this.#writeHeader(start, payload.length);
    this.#buffer.set(payload, PAYLOAD_OFFSET);
    if (this.#masking === 'random') this.#mask(payload.length, nextMask());
    return this.#buffer.subarray(start, PAYLOAD_OFFSET + payload.length);
  }

  /** Somebody still reads the last message: the next one gets a buffer of its own. */
  giveAway(): void {
    this.#buffer = Buffer.alloc(0);
  }

  #reserve(length: number): void {
    // A multiple of 4 behind the payload, so that the last word is whole.
    const bytes = PAYLOAD_OFFSET + ((length + 3) & ~3);
    if (this.#buffer.length >= bytes) return;
    const memory = new ArrayBuffer(Math.max(bytes, BYTES_MIN));
    this.#buffer = Buffer.from(memory);
    this.#words = new Int32Array(memory);
  }

  #writeHeader(start: number, length: number): void {
    const buffer = this.#buffer;
    const masked = this.#masking === 'none' ? 0 : MASKED;
    buffer[start] = FINAL_BINARY;
    if (length < 126) buffer[start + 1] = masked | length;
    else if (length < 65_536) {
      buffer[start + 1] = masked | 126;
      buffer.writeUInt16BE(length, start + 2);
    } else {
      buffer[start + 1] = masked | 127;
      buffer.writeBigUInt64BE(BigInt(length), start + 2);
    }
    if (masked !== 0) buffer.fill(0, PAYLOAD_OFFSET - MASK_BYTES, PAYLOAD_OFFSET);
  }

  /** The mask is read and applied as a word in memory order, so the machine's byte order cancels out. */
  #mask(length: number, mask: number): void {
    const words = this.#words;
    const end = (PAYLOAD_OFFSET + length + 3) >> 2;
    words[PAYLOAD_OFFSET / 4 - 1] = mask;
    for (let i = PAYLOAD_OFFSET / 4; i < end; i++) words[i] ^= mask;
  }
}

const masks = new Int32Array(RANDOM_MASKS);
let masksLeft = 0;

/** From the system's source of entropy, as RFC 6455 asks; drawn in bulk because a draw is a call into the system. */
function nextMask(): number {
  if (masksLeft === 0) {
    randomFillSync(masks);
    masksLeft = RANDOM_MASKS;
  }
  return masks[--masksLeft];
}
