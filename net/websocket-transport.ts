/**
 * Transport over WebSockets: every listener has an HTTP server of its own on a port that the system chooses;
 * loopback unless told otherwise.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocket } from 'ws';
import type { ErrorCode } from '../core/errors.ts';
import { LIMITS } from '../core/limits.ts';
import { reasonOf } from './close-reason.ts';
import type { DialOptions, Listener, ListenOptions, Transport } from './link.ts';
import { acceptWebSockets, SUBPROTOCOL } from './websocket-accept.ts';
import type { Masking } from './websocket-frame.ts';
import { SOCKET_OPTIONS, WebSocketLink } from './websocket-link.ts';

export interface WebSocketTransportOptions {
  /** Address to bind. Default 127.0.0.1. */
  readonly host?: string;
  /** What others dial, where it is not `host`. */
  readonly advertisedHost?: string;
  /** 0, the default: the system chooses. */
  readonly port?: number;
  /**
   * Mask with zeros. RFC 6455 wants random masks because of proxies between the ends; inside one's own network they only
   * cost time. Default: on loopback, where there can be no proxy, and nowhere else.
   */
  readonly trustedNetwork?: boolean;
  /** How long a handshake may take. Default LIMITS.handshakeMs. */
  readonly handshakeMs?: number;
}

const PATH = '/link';
/** Node looks for late headers at this interval only. */
const HEADERS_CHECKS_PER_TIMEOUT = 6;
/** Answers that mean no, rather than not now. */
const FINAL_STATUS = { 401: 'WIRE_TOKEN', 426: 'WIRE_VERSION' } as const satisfies Record<number, ErrorCode>;

export function createWebSocketTransport(options: WebSocketTransportOptions = {}): Transport {
  return {
    listen: (listenOptions, ready, failed) => listen(options, listenOptions, ready, failed),
    dial: (endpoint, dialOptions) => dial(endpoint, dialOptions, (options.trustedNetwork ?? isLoopback(endpoint)) ? 'zero' : 'random'),
  };
}

function listen(where: WebSocketTransportOptions, options: ListenOptions, ready: (listener: Listener) => void, failed: (reason: string) => void): void {
  const host = where.host ?? '127.0.0.1';
  const server = createLinkServer(options, where.handshakeMs);
  const onError = (error: Error): void => failed(error.message);
  server.once('error', onError);
  server.listen(where.port ?? 0, host, () => {
    server.off('error', onError);
    server.on('error', (error) => options.onRefused?.(error.message));
    const { port } = server.address() as AddressInfo;
    ready({ endpoint: `ws://${inUrl(where.advertisedHost ?? host)}:${port}${PATH}`, close: () => void server.close() });
  });
}

/** Takes nothing but upgrades, and gives nobody much time or memory before it knows them. */
function createLinkServer(options: ListenOptions, handshakeMs: number = LIMITS.handshakeMs): Server {
  const limits = {
    maxHeaderSize: LIMITS.unauthenticatedFrameBytesMax,
    headersTimeout: handshakeMs,
    requestTimeout: handshakeMs,
    connectionsCheckingInterval: Math.ceil(handshakeMs / HEADERS_CHECKS_PER_TIMEOUT),
  };
  const server = createServer(limits, (_request, response) => {
    options.onRefused?.('an HTTP request instead of a WebSocket handshake');
    response.writeHead(426, { Connection: 'close', Upgrade: 'websocket' }).end();
  });
  server.maxConnections = 2 * LIMITS.agentsMax;
  acceptWebSockets(server, PATH, options);
  return server;
}

/** What is no address is nobody's: dialling it says what is wrong with it. */
function isLoopback(endpoint: string): boolean {
  if (!URL.canParse(endpoint)) return false;
  const { hostname } = new URL(endpoint);
  return hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.');
}

const inUrl = (host: string): string => (host.includes(':') ? `[${host}]` : host);

function dial(endpoint: string, options: DialOptions, masking: Masking): void {
  const fail = once((reason: string, refused: boolean) => options.onFailed(reason, refused));
  let webSocket: WebSocket;
  try {
    webSocket = open(endpoint, options);
  } catch (error) {
    return fail(`${endpoint} cannot be dialled: ${(error as Error).message}`, true);
  }
  const onError = (error: Error): void => fail(`${endpoint}: ${describe(error)}`, false);
  webSocket.on('error', onError);
  webSocket.on('unexpected-response', (_request, response) => {
    const status = response.statusCode ?? 0;
    const code = FINAL_STATUS[status as keyof typeof FINAL_STATUS];
    fail(code === undefined ? `${endpoint} answered with HTTP status ${status}` : reasonOf(code), status >= 400 && status < 500);
    webSocket.terminate();
  });
  let socket: Duplex;
  webSocket.on('upgrade', (response) => (socket = response.socket));
  webSocket.on('open', () => {
    const link = new WebSocketLink(webSocket, socket, options.peer, masking);
    // From here on errors are the link's.
    webSocket.off('error', onError);
    options.onOpen(link);
  });
}

function open(endpoint: string, options: DialOptions): WebSocket {
  return new WebSocket(endpoint, SUBPROTOCOL, {
    ...SOCKET_OPTIONS,
    maxPayload: options.frameBytesMax,
    handshakeTimeout: LIMITS.handshakeMs,
    headers: { Authorization: `Bearer ${options.bearer}` },
  });
}

/** A refused connection to a name with several addresses is an AggregateError without a message. */
function describe(error: Error & { code?: string }): string {
  return error.message || (error.code ?? error.name);
}

function once<Arguments extends unknown[]>(action: (...args: Arguments) => void): (...args: Arguments) => void {
  let done = false;
  return (...args) => {
    if (done) return;
    done = true;
    action(...args);
  };
}
