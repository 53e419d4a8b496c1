/**
 * The link seam: a bidirectional, ordered stream of frames between two ends. Links know frames, not learning.
 * Implementations: memory-link.ts (simulator), websocket-link.ts (processes). testkit/link-laws.ts is their compliance suite.
 *
 * Invariants every implementation keeps:
 *  1. Frames arrive in the order sent, each once, unless the link is decorated with faults.
 *  2. `onFrame` never fires before a handler is set: frames wait (bounded) until then. A handler owns its frame's bytes only during the call.
 *  3. `onClose` fires exactly once, also when this end closed; nothing arrives after it.
 *  4. `send` after close returns false and does nothing else. `send` returns false when the link's buffer is over its cap (the frame was still taken).
 *  5. `send` has taken the bytes when it returns: the caller may reuse the buffer at once.
 */
export interface Link {
  /** Who is at the other end, for messages and logs. */
  readonly peer: string;
  readonly bytesSent: number;
  readonly framesSent: number;
  send(frame: Uint8Array): boolean;
  /** Graceful close: frames already sent are delivered first. */
  close(code: number, reason: string): void;
  /** Hard close, for a silent other end: no handshake. */
  terminate(): void;
  set onFrame(handler: (frame: Uint8Array) => void);
  set onClose(handler: (code: number, reason: string) => void);
}

/** Decides who may connect: returns the name of the peer for a bearer credential, or undefined to refuse. */
export type Authorize = (bearer: string) => string | undefined;

export interface ListenOptions {
  readonly authorize: Authorize;
  readonly frameBytesMax: number;
  readonly onLink: (link: Link) => void;
  /** A connection refused before a link existed (wrong credential, wrong version, garbage). */
  readonly onRefused?: (reason: string) => void;
}

export interface Listener {
  /** What another end passes to `dial`. Known once `ready` was called. */
  readonly endpoint: string;
  close(): void;
}

export interface DialOptions {
  readonly bearer: string;
  readonly peer: string;
  readonly frameBytesMax: number;
  readonly onOpen: (link: Link) => void;
  /** `refused` is true when the other end answered and said no: trying again is useless. */
  readonly onFailed: (reason: string, refused: boolean) => void;
}

export interface Transport {
  listen(options: ListenOptions, ready: (listener: Listener) => void, failed: (reason: string) => void): void;
  dial(endpoint: string, options: DialOptions): void;
}
