/** Dialling what cannot be reached: a malformed address is refused for good, a name that nobody knows now is not. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createWebSocketTransport } from '../../../net/websocket-transport.ts';

interface Failure {
  readonly reason: string;
  readonly refused: boolean;
}

function dialled(endpoint: string): Promise<Failure> {
  return new Promise((resolve, reject) => {
    createWebSocketTransport().dial(endpoint, {
      bearer: 'ticket',
      peer: 'agent 1',
      frameBytesMax: 1_024,
      onOpen: () => reject(new Error('it opened')),
      onFailed: (reason, refused) => resolve({ reason, refused }),
    });
  });
}

test('a malformed address fails as a dial, and will never do', async () => {
  for (const endpoint of ['', 'ws://', 'nonsense', 'ws://host:99999/agents']) {
    const { reason, refused } = await dialled(endpoint);
    assert.equal(refused, true, endpoint);
    assert.match(reason, /cannot be dialled/);
  }
});

test('a name that is gone for a moment, as of a container that restarts, is worth another try', async () => {
  const { reason, refused } = await dialled('ws://agent-3.invalid:7373/link');
  assert.equal(refused, false);
  assert.match(reason, /agent-3\.invalid/);
});
