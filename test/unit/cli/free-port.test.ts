import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { freePort } from '../../../cli/free-port.ts';

test('a port that is in use is passed over, and named when there is no other', async (context) => {
  const taken = createServer().listen(0, '127.0.0.1');
  context.after(() => taken.close());
  await once(taken, 'listening');
  const { port } = taken.address() as AddressInfo;
  const free = await freePort();
  const draws = [port, port, free];
  assert.equal(await freePort(() => draws.shift()!), free);
  await assert.rejects(
    freePort(() => port),
    { code: 'PORT_IN_USE' },
  );
});

test('it is none that an outgoing connection may get', async () => {
  for (let i = 0; i < 20; i++) {
    const port = await freePort();
    assert.ok(port >= 20_000 && port < 32_768, String(port));
  }
});
