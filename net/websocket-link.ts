/**
 * A Link over one open WebSocket, either end. One frame is one binary message.
 *
 * ws tells of a broken limit or protocol by 'error' and then closes: this end then sees the close code of our error
 * table, the other end what RFC 6455 says (1002, 1007, 1008 or 1009).
 * Bytes are counted as they go over the wire: payload, WebSocket header and mask.
 */
import type { ClientOptions, ServerOptions, WebSocket } from 'ws';
import { LIMITS } from '../core/limits.ts';
import { closeCodeOf, reasonOf } from './close-reason.ts';
import { LinkReceiver } from './link-receiver.ts';
import type { Link } from './link.ts';

/** For both ends. Compression makes parameters 6 to 37 times slower, and ws has it on by default in a client. */
export const SOCKET_OPTIONS = {
  perMessageDeflate: false,
  maxFragments: LIMITS.frameFragmentsMax,
  closeTimeout: LIMITS.closeMs,
} as const satisfies ServerOptions & ClientOptions & { maxFragments: number; closeTimeout: number };

const CLOSE_REASON_BYTES_MAX = 123;
const ABNORMAL = 1006;
const OPEN = 1;

type SocketError = Error & { code?: string };

interface Fault {
  readonly code: number;
  readonly reason: string;
}

export class WebSocketLink implements Link {
  readonly peer: string;
  bytesSent = 0;
  framesSent = 0;
  readonly #socket: WebSocket;
  readonly #maskBytes: number;
  readonly #receiver = new LinkReceiver();
  /** Why this end gave up, when it did. */
  #fault: Fault | undefined;

  /** Call it in the same turn in which the socket opened, so that no frame and no error is missed. */
  constructor(socket: WebSocket, peer: string, end: 'dialled' | 'accepted') {
    this.peer = peer;
    this.#socket = socket;
    this.#maskBytes = end === 'dialled' ? 4 : 0;
    socket.on('error', (error: SocketError) => this.#failed(error));
    socket.on('message', (data: Buffer, isBinary: boolean) => this.#receive(data, isBinary));
    socket.on('close', (code, reason) => this.#receiver.end(this.#fault?.code ?? code, this.#fault?.reason ?? reason.toString()));
  }

  set onFrame(handler: (frame: Uint8Array) => void) {
    this.#receiver.setOnFrame(handler);
  }

  set onClose(handler: (code: number, reason: string) => void) {
    this.#receiver.setOnClose(handler);
  }

  send(frame: Uint8Array): boolean {
    if (this.#socket.readyState !== OPEN) return false;
    if (this.#socket.bufferedAmount > LIMITS.linkBufferedBytesMax) return this.#giveUp();
    this.framesSent++;
    this.bytesSent += frame.length + headerBytes(frame.length) + this.#maskBytes;
    // ws keeps a reference while the socket is full; the caller writes its next frame into the same buffer.
    this.#socket.send(Buffer.from(frame));
    return this.#socket.bufferedAmount <= LIMITS.linkBackpressureBytes;
  }

  close(code: number, reason: string): void {
    this.#receiver.stop();
    this.#socket.close(code, shortened(reason));
  }

  terminate(): void {
    this.#receiver.stop();
    this.#socket.terminate();
  }

  #receive(data: Buffer, isBinary: boolean): void {
    if (!isBinary) return this.#refuseText();
    if (!this.#receiver.deliver(data)) this.terminate();
  }

  #refuseText(): void {
    this.#fault ??= { code: closeCodeOf('WIRE_GARBAGE'), reason: reasonOf('WIRE_GARBAGE', 'text instead of a binary frame') };
    this.close(this.#fault.code, this.#fault.reason);
  }

  #giveUp(): false {
    this.#fault = { code: closeCodeOf('WIRE_SILENT'), reason: reasonOf('WIRE_SILENT', 'the other end does not read') };
    this.terminate();
    return false;
  }

  /** ws closes by itself after an error. */
  #failed(error: SocketError): void {
    this.#fault ??= faultOf(error);
  }
}

function faultOf(error: SocketError): Fault {
  if (error.code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH') return { code: closeCodeOf('WIRE_TOO_LARGE'), reason: reasonOf('WIRE_TOO_LARGE') };
  if (error.code?.startsWith('WS_ERR_')) return { code: closeCodeOf('WIRE_GARBAGE'), reason: reasonOf('WIRE_GARBAGE', error.message) };
  return { code: ABNORMAL, reason: error.message };
}

/** RFC 6455, section 5.2: two bytes, and two or eight more for the length. */
function headerBytes(length: number): number {
  if (length < 126) return 2;
  return length < 65_536 ? 4 : 10;
}

function shortened(reason: string): string {
  let text = reason.slice(0, CLOSE_REASON_BYTES_MAX);
  while (Buffer.byteLength(text) > CLOSE_REASON_BYTES_MAX) text = text.slice(0, -1);
  return text;
}
