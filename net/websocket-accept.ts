/**
 * Accepting WebSockets on an http.Server (the coordinator's fastify server or an agent's own).
 *
 * A caller proves itself in the HTTP upgrade: `Authorization: Bearer ...` and the protocol version as subprotocol.
 * Whoever fails gets an HTTP answer and no WebSocket ever exists for it; each refusal is reported once.
 * A raw socket gets its 'error' listener before anything else: without one, a reset would be an uncaught exception.
 */
import { type IncomingMessage, type Server, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { ErrorCode } from '../core/errors.ts';
import { LIMITS } from '../core/limits.ts';
import { PROTOCOL_VERSION } from '../proto/messages.ts';
import { reasonOf } from './close-reason.ts';
import type { ListenOptions } from './link.ts';
import { SOCKET_OPTIONS, WebSocketLink } from './websocket-link.ts';

export const SUBPROTOCOL = `kindred.${PROTOCOL_VERSION}`;

type Upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
type Refused = (reason: string) => void;

interface Gate {
  readonly upgrade: Upgrade;
  readonly refused: Refused;
}

/** One upgrade listener per server, whatever the number of paths: somebody must answer the paths that nobody has. */
const gates = new WeakMap<Server, Map<string, Gate>>();
/** Garbage in several packets is several errors of one socket. */
const refusedSockets = new WeakSet<Duplex>();

/** Accepts links at `path`; the returned function stops accepting and leaves open links alone. */
export function acceptWebSockets(server: Server, path: string, options: ListenOptions): () => void {
  const sockets = new WebSocketServer({ ...SOCKET_OPTIONS, noServer: true, clientTracking: false, handleProtocols: () => SUBPROTOCOL });
  const refused: Refused = (reason) => options.onRefused?.(reason);
  sockets.on('wsClientError', (error, socket) => {
    refused(`garbage instead of a WebSocket handshake: ${error.message}`);
    answer(socket, 400);
  });
  const paths = gatesOf(server);
  paths.set(path, { refused, upgrade: (request, socket, head) => upgrade(sockets, options, request, socket, head) });
  return () => void paths.delete(path);
}

function upgrade(sockets: WebSocketServer, options: ListenOptions, request: IncomingMessage, socket: Duplex, head: Buffer): void {
  const peer = options.authorize(bearerOf(request));
  if (peer === undefined) return refuse(options, socket, 'WIRE_TOKEN', 401);
  if (!speaksOurVersion(request)) return refuse(options, socket, 'WIRE_VERSION', 426);
  // A listener may learn its limit later than it listens: it holds for the links that open from then on.
  sockets.options.maxPayload = options.frameBytesMax;
  sockets.handleUpgrade(request, socket, head, (webSocket) => options.onLink(new WebSocketLink(webSocket, socket, peer, 'none')));
}

function refuse(options: ListenOptions, socket: Duplex, code: ErrorCode, status: number): void {
  options.onRefused?.(reasonOf(code));
  answer(socket, status, code);
}

function gatesOf(server: Server): Map<string, Gate> {
  const known = gates.get(server);
  if (known !== undefined) return known;
  const paths = new Map<string, Gate>();
  gates.set(server, paths);
  server.on('upgrade', (request, socket, head) => dispatch(paths, request, socket, head));
  server.on('clientError', (error, socket) => refuseGarbage(paths, error, socket));
  return paths;
}

function dispatch(paths: Map<string, Gate>, request: IncomingMessage, socket: Duplex, head: Buffer): void {
  socket.on('error', () => socket.destroy());
  const gate = paths.get((request.url ?? '').split('?', 1)[0]);
  if (gate === undefined) answer(socket, 404);
  else gate.upgrade(request, socket, head);
}

/** Not HTTP at all, too long a header, or too slow a one. fastify has its own listener and may have answered already. */
function refuseGarbage(paths: Map<string, Gate>, error: Error & { code?: string }, socket: Duplex): void {
  if (refusedSockets.has(socket)) return;
  refusedSockets.add(socket);
  if (error.code !== 'ECONNRESET') for (const gate of paths.values()) gate.refused(`garbage instead of HTTP: ${error.code ?? error.message}`);
  if (socket.writable) answer(socket, 400);
  else socket.destroy();
}

function bearerOf(request: IncomingMessage): string {
  const [scheme, credential] = (request.headers.authorization ?? '').split(' ', 2);
  return scheme?.toLowerCase() === 'bearer' ? (credential ?? '') : '';
}

function speaksOurVersion(request: IncomingMessage): boolean {
  const offered = request.headers['sec-websocket-protocol'] ?? '';
  return offered.split(',').some((protocol) => protocol.trim() === SUBPROTOCOL);
}

/** One short HTTP answer, then the end; who does not take it is cut off. */
function answer(socket: Duplex, status: number, code?: ErrorCode): void {
  const body = JSON.stringify({ code: code ?? null });
  const head = [`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, 'Connection: close', 'Content-Type: application/json', `Content-Length: ${body.length}`];
  const cut = setTimeout(() => socket.destroy(), LIMITS.closeMs);
  socket.once('close', () => clearTimeout(cut));
  socket.once('finish', () => socket.destroy());
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
