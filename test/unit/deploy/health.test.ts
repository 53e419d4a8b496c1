/** Who listens, out of the kernel's table, and whether it answers. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { ask, listeners } from '../../../deploy/health.ts';
import { createWebSocketTransport } from '../../../net/websocket-transport.ts';

const TABLE = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0B00007F:B3D9 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1
   1: 00000000:AFF3 00000000:0000 0A 00000000:00000000 00:00000000 00000000 65532        0 2
   2: 030014AC:E080 020014AC:1CCD 01 00000000:00000000 00:00000000 00000000 65532        0 3
   3: 030014AC:1CCE 00000000:0000 0A 00000000:00000000 00:00000000 00000000 65532        0 4
`;

test('listeners are those that listen, but for the name server of the engine', () => {
  assert.deepEqual(listeners(TABLE), [
    { host: '127.0.0.1', port: 0xaff3 },
    { host: '172.20.0.3', port: 7374 },
  ]);
  const [any, own] = ['00000000000000000000000000000000', '00000000000000000000000001000000'].map((address) => listeners(`head\n 0: ${address}:1CCD x 0A`)[0]);
  assert.deepEqual([any.host, own.host], ['127.0.0.1', '::1']);
});

test('an agent answers 404, and does not count it as a refused connection', async () => {
  const refused: string[] = [];
  const listener = await new Promise<{ endpoint: string; close(): void }>((resolve, reject) =>
    createWebSocketTransport().listen(
      { frameBytesMax: 1024, authorize: () => undefined, onLink: () => {}, onRefused: (reason) => refused.push(reason) },
      resolve,
      (reason) => reject(new Error(reason)),
    ),
  );
  const { hostname, port } = new URL(listener.endpoint);
  assert.equal(await ask({ host: hostname, port: Number(port) }, { Connection: 'Upgrade', Upgrade: 'websocket' }), 404);
  listener.close();
  assert.deepEqual(refused, []);
});

test('nobody there is no answer', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  assert.equal(await ask({ host: '127.0.0.1', port }), undefined);
});
