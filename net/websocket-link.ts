/**
 * A Link over one open WebSocket, either end. One frame is one binary message.
 *
 * ws tells of a broken limit or protocol by 'error' and then closes: this end then sees the close code of our error
 * table, the other end what RFC 6455 says (1002, 1007, 1008 or 1009).
 * Bytes are counted as they go over the wire: payload, WebSocket header and mask.
 */
import type { Duplex } from 'node:stream';
import type { ClientOptions, ServerOptions, WebSocket } from 'ws';
import { LIMITS } from '../core/limits.ts';
import { closeCodeOf, reasonOf } from './close-reason.ts';
import { LinkReceiver } from './link-receiver.ts';
import type { Link } from './link.ts';
import { type Masking, webSocketHeaderBytes, WebSocketFrameWriter } from './websocket-frame.ts';

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
  readonly #webSocket: WebSocket;
  /** Under the WebSocket. ws writes whole control frames to it, this link whole data frames, so they never mix. */
  readonly #socket: Duplex;
  readonly #masking: Masking;
  readonly #writer: WebSocketFrameWriter;
  readonly #receiver = new LinkReceiver();
  /** Why this end gave up, when it did. */
  #fault: Fault | undefined;

  /** Call it in the same turn in which the WebSocket opened, so that no frame and no error is missed. */
  constructor(webSocket: WebSocket, socket: Duplex, peer: string, masking: Masking) {
    this.peer = peer;
    this.#webSocket = webSocket;
    this.#socket = socket;
    this.#masking = masking;
    this.#writer = new WebSocketFrameWriter(masking);
    webSocket.on('error', (error: SocketError) => this.#failed(error));
    webSocket.on('message', (data: Buffer, isBinary: boolean) => this.#receive(data, isBinary));
    webSocket.on('close', (code, reason) => this.#receiver.end(this.#fault?.code ?? code, this.#fault?.reason ?? reason.toString()));
  }

  set onFrame(handler: (frame: Uint8Array) => void) {
    this.#receiver.setOnFrame(handler);
  }

  set onClose(handler: (code: number, reason: string) => void) {
    this.#receiver.setOnClose(handler);
  }

  send(frame: Uint8Array): boolean {
    if (this.#webSocket.readyState !== OPEN) return false;
    if (this.#socket.writableLength > LIMITS.linkBufferedBytesMax) return this.#giveUp();
    this.framesSent++;
    this.bytesSent += frame.length + webSocketHeaderBytes(frame.length, this.#masking);
    this.#socket.write(this.#writer.pack(frame));
    // Nothing left means that the system has a copy; else the socket goes on reading the writer's buffer.
    if (this.#socket.writableLength > 0) this.#writer.giveAway();
    return this.#socket.writableLength <= LIMITS.linkBackpressureBytes;
  }

  close(code: number, reason: string): void {
    this.#receiver.stop();
    this.#webSocket.close(code, shortened(reason));
  }

  terminate(): void {
    this.#receiver.stop();
    this.#webSocket.terminate();
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

function shortened(reason: string): string {
  let text = reason.slice(0, CLOSE_REASON_BYTES_MAX);
  while (Buffer.byteLength(text) > CLOSE_REASON_BYTES_MAX) text = text.slice(0, -1);
  return text;
}
