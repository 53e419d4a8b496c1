/** One direction of a WebSocket connection, as it comes in from a socket: the HTTP head, then frames, unmasked (RFC 6455, 5.2). */
const HEAD_END = '\r\n\r\n';

export class WebSocketStream {
  readonly #parts: Buffer[] = [];
  #pending = Buffer.alloc(0);
  #isOpen = false;

  /** Returns what the chunk completed: the head, or payloads. */
  feed(chunk: Buffer): Buffer {
    this.#pending = Buffer.concat([this.#pending, chunk]);
    const news: Buffer[] = [];
    for (let part = this.#next(); part !== undefined; part = this.#next()) news.push(part);
    this.#parts.push(...news);
    return Buffer.concat(news);
  }

  /** All so far; what is not complete yet as it is. */
  get bytes(): Buffer {
    return Buffer.concat([...this.#parts, this.#pending]);
  }

  #next(): Buffer | undefined {
    if (!this.#isOpen) {
      const end = this.#pending.indexOf(HEAD_END);
      if (end < 0) return undefined;
      this.#isOpen = true;
      return this.#take(end + HEAD_END.length);
    }
    const frame = frameOf(this.#pending);
    if (frame === undefined || this.#pending.length < frame.payloadAt + frame.length) return undefined;
    const whole = Buffer.from(this.#take(frame.payloadAt + frame.length));
    const payload = whole.subarray(frame.payloadAt);
    if (frame.isMasked) unmask(payload, whole.subarray(frame.payloadAt - 4, frame.payloadAt));
    return payload;
  }

  #take(count: number): Buffer {
    const taken = this.#pending.subarray(0, count);
    this.#pending = this.#pending.subarray(count);
    return taken;
  }
}

interface Frame {
  readonly payloadAt: number;
  readonly length: number;
  readonly isMasked: boolean;
}

/** undefined: its header is not there yet. */
function frameOf(bytes: Buffer): Frame | undefined {
  if (bytes.length < 14 && bytes.length < headerBytes(bytes)) return undefined;
  const isMasked = (bytes[1] & 0x80) !== 0;
  const short = bytes[1] & 0x7f;
  const length = short < 126 ? short : short === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
  return { payloadAt: headerBytes(bytes), length, isMasked };
}

function headerBytes(bytes: Buffer): number {
  if (bytes.length < 2) return 2;
  const short = bytes[1] & 0x7f;
  return 2 + (short < 126 ? 0 : short === 126 ? 2 : 8) + ((bytes[1] & 0x80) === 0 ? 0 : 4);
}

function unmask(payload: Buffer, mask: Buffer): void {
  for (let i = 0; i < payload.length; i++) payload[i] ^= mask[i & 3];
}
