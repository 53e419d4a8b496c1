import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import test, { type TestContext } from 'node:test';
import { draw } from '../../../core/random.ts';
import type { Link } from '../../../net/link.ts';
import { acceptWebSockets, SUBPROTOCOL } from '../../../net/websocket-accept.ts';
import { createWebSocketTransport } from '../../../net/websocket-transport.ts';

interface Closed {
  readonly code: number;
  readonly reason: string;
}

/** A listener on an HTTP server of the test's own, as the coordinator has it. */
async function listen(context: TestContext) {
  const server = createServer((_request, response) => void response.end());
  const refusals: string[] = [];
  const links: Link[] = [];
  const closes = new EventEmitter<{ close: [Closed] }>();
  const onLink = (link: Link): void => {
    links.push(link);
    link.onFrame = (frame) => void link.send(frame);
    link.onClose = (code, reason) => void closes.emit('close', { code, reason });
  };
  acceptWebSockets(server, '/agents', {
    authorize: (bearer) => (bearer === 'right' ? 'peer' : undefined),
    frameBytesMax: 1_000,
    onLink,
    onRefused: (reason) => void refusals.push(reason),
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  context.after(() => {
    links.forEach((link) => link.terminate());
    server.close();
  });
  return { server, port, refusals, links, closes };
}

const handshake = (change: Readonly<Record<string, string | undefined>> = {}, path = '/agents'): string => {
  const headers: Record<string, string | undefined> = {
    Host: 'localhost',
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    Authorization: 'Bearer right',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Protocol': SUBPROTOCOL,
    ...change,
  };
  const lines = Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${value}`]));
  return `GET ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`;
};

/** Sends bytes, then waits until the server has ended the connection; returns what it said. */
async function attack(port: number, ...chunks: (string | Uint8Array)[]): Promise<string> {
  const socket = connect(port, '127.0.0.1').setNoDelay();
  const heard: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => void heard.push(chunk));
  socket.on('error', () => undefined);
  for (const chunk of chunks) socket.write(chunk);
  await once(socket, 'close');
  return Buffer.concat(heard).toString('latin1');
}

const status = (answer: string): string => answer.slice(9, 12);

/** The proof that nothing died: a proper client connects and has its frame echoed. */
async function isServing(port: number): Promise<void> {
  const echoed = new Promise<Uint8Array>((resolve, reject) => {
    const onOpen = (link: Link): void => {
      link.onFrame = (frame) => {
        resolve(new Uint8Array(frame));
        link.close(1_000, '');
      };
      link.send(Uint8Array.of(1, 2, 3));
    };
    const onFailed = (reason: string): void => reject(new Error(reason));
    createWebSocketTransport().dial(`ws://127.0.0.1:${port}/agents`, { bearer: 'right', peer: 'server', frameBytesMax: 1_000, onOpen, onFailed });
  });
  assert.deepEqual(await echoed, Uint8Array.of(1, 2, 3));
}

test('whoever does not prove itself gets an HTTP answer, is counted, and no link exists', async (context) => {
  const { port, refusals, links } = await listen(context);
  const cases: [string, string][] = [
    [handshake({ Authorization: 'Bearer wrong' }), '401'],
    [handshake({ Authorization: undefined }), '401'],
    [handshake({ Authorization: 'Basic right' }), '401'],
    [handshake({ 'Sec-WebSocket-Protocol': 'kindred.999' }), '426'],
    [handshake({ 'Sec-WebSocket-Protocol': undefined }), '426'],
    [handshake({ 'Sec-WebSocket-Key': 'short' }), '400'],
    [handshake({ 'Sec-WebSocket-Version': '99' }), '400'],
    ['\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', '400'],
    [`GET /agents HTTP/1.1\r\nX: ${'x'.repeat(100_000)}\r\n\r\n`, '400'],
  ];
  for (const [bytes, expected] of cases) assert.equal(status(await attack(port, bytes)), expected, bytes.slice(0, 200));
  assert.equal(status(await attack(port, handshake({}, '/elsewhere'))), '404');
  assert.equal(refusals.length, cases.length, refusals.join('\n'));
  assert.equal(links.length, 0);
  await isServing(port);
});

test('a dialler of another protocol version is told so', async (context) => {
  const { port } = await listen(context);
  const stale = createServer().on('upgrade', (request, socket) => {
    const forwarded = connect(port, '127.0.0.1', () => forwarded.write(handshake({ ...pick(request.headers), 'Sec-WebSocket-Protocol': 'kindred.999' })));
    forwarded.pipe(socket).pipe(forwarded);
  });
  await once(stale.listen(0, '127.0.0.1'), 'listening');
  context.after(() => stale.close());
  const failure = await new Promise<unknown[]>((resolve, reject) => {
    const endpoint = `ws://127.0.0.1:${(stale.address() as AddressInfo).port}/agents`;
    createWebSocketTransport().dial(endpoint, {
      bearer: 'right',
      peer: 'server',
      frameBytesMax: 1_000,
      onOpen: reject,
      onFailed: (...failed) => resolve(failed),
    });
  });
  assert.deepEqual([String(failure[0]).split(':')[0], failure[1]], ['WIRE_VERSION', true]);
});

const pick = (headers: Readonly<Record<string, unknown>>): Record<string, string> => ({
  Authorization: String(headers['authorization']),
  'Sec-WebSocket-Key': String(headers['sec-websocket-key']),
});

test('broken frames behind a proper handshake close their link only', async (context) => {
  const { port, links, closes } = await listen(context);
  const masked = (first: number, payload: readonly number[]): Uint8Array => Uint8Array.of(first, 0x80 | payload.length, 0, 0, 0, 0, ...payload);
  const fragments = Buffer.concat(Array.from({ length: 20 }, (_, n) => masked(n === 0 ? 0x02 : 0x00, [n])));
  const cases: [string, Uint8Array, number][] = [
    ['not masked', Uint8Array.of(0x82, 1, 7), 4_400],
    ['reserved opcode', masked(0x83, [1]), 4_400],
    ['compressed', masked(0xc2, [1]), 4_400],
    ['text', masked(0x81, [0x68, 0x69]), 4_400],
    ['too long by its header alone', Uint8Array.of(0x82, 0xff, 0, 0, 0, 0, 0x7f, 0xff, 0xff, 0xff, 0, 0, 0, 0), 1_009],
    ['too many fragments', fragments, 4_400],
    ['a ping of 126 bytes', Uint8Array.of(0x89, 0xfe, 0, 126), 4_400],
  ];
  for (const [name, bytes, code] of cases) {
    // A polite attacker: it answers the close, so that the test need not wait for the close timeout.
    const [[closed]] = await Promise.all([once(closes, 'close') as Promise<[Closed]>, attack(port, handshake(), bytes, masked(0x88, [3, 232]))]);
    assert.equal(closed.code, code, `${name}: ${JSON.stringify(closed)}`);
  }
  assert.equal(links.length, cases.length);
  await isServing(port);
});

test('300 sockets of random bytes, half of them behind a handshake, some with a wrong token, some reset midway: the next client is served', async (context) => {
  const { port } = await listen(context);
  const storm = Array.from({ length: 300 }, async (_, n) => {
    const random = draw(1, 0, 'fault', n);
    const bytes = Uint8Array.from({ length: 1 + random.integer(400) }, () => random.integer(256));
    const socket: Socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined).resume();
    if (n % 2 === 0) socket.write(handshake(n % 4 === 0 ? { Authorization: 'Bearer wrong' } : {}));
    socket.write(bytes, () => (n % 3 === 0 ? socket.resetAndDestroy() : socket.end()));
    await once(socket, 'close');
  });
  await Promise.all(storm);
  await isServing(port);
});

test('a header that never ends is cut off', async (context) => {
  const transport = createWebSocketTransport({ handshakeMs: 100 });
  const refusals: string[] = [];
  const refused = new Promise<void>((resolve) => {
    const onRefused = (reason: string): void => resolve(void refusals.push(reason));
    const options = { authorize: () => 'peer', frameBytesMax: 1_000, onLink: () => assert.fail('no handshake, no link'), onRefused };
    transport.listen(
      options,
      (listener) => {
        context.after(() => listener.close());
        const socket = connect(Number(new URL(listener.endpoint).port), '127.0.0.1', () => socket.write('GET / HTTP/1.1\r\nA: '));
        socket.on('error', () => undefined).resume();
      },
      assert.fail,
    );
  });
  await refused;
  assert.match(refusals[0], /TIMEOUT/);
});

test('no end offers or accepts compression, and bytesSent is what the socket saw', async (context) => {
  const { server, port, links } = await listen(context);
  assert.doesNotMatch(
    await attack(port, handshake({ 'Sec-WebSocket-Extensions': 'permessage-deflate' }), Uint8Array.of(0x88, 0x80, 0, 0, 0, 0)),
    /extensions/i,
  );
  const { socket, offered } = await observed(server, port);
  const [before, beforeBack] = [socket.bytesRead, socket.bytesWritten];
  const link = await offered;
  const lengths = [0, 125, 126, 1_000];
  const echoed = new Promise<void>((resolve) => {
    let frames = 0;
    link.onFrame = () => void (++frames === lengths.length && resolve());
  });
  for (const length of lengths) link.send(new Uint8Array(length));
  await echoed;
  assert.equal(socket.bytesRead - before, link.bytesSent);
  assert.equal(socket.bytesWritten - beforeBack, links.at(-1)!.bytesSent);
});

/** Dials, and returns the server's socket as it is right after the handshake, and the dialler's link. */
async function observed(server: Server, port: number) {
  const upgrade = once(server, 'upgrade');
  const offered = new Promise<Link>((resolve, reject) =>
    createWebSocketTransport().dial(`ws://127.0.0.1:${port}/agents`, {
      bearer: 'right',
      peer: 'server',
      frameBytesMax: 1_000,
      onOpen: resolve,
      onFailed: (reason) => reject(new Error(reason)),
    }),
  );
  const [request, socket] = (await upgrade) as [{ headers: Record<string, string> }, Socket];
  assert.equal(request.headers['sec-websocket-extensions'], undefined);
  await offered;
  return { socket, offered };
}
