/** Commands end at their deadline, with what they started, whoever holds their output open. */
import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { test } from 'node:test';
import { command } from '../../../cli/engine.ts';

/** A shell that waits for a child which has its output too. */
const PARENT = ['sh', '-c', 'sleep 60 & wait'];
/** Its child is out of reach, and ends by itself when the test would have failed. */
const DAEMON = ['sh', '-c', 'setsid sleep 12 & wait'];
const DEADLINE_MS = 10_000;

const failed = (line: Promise<string>): Promise<string> =>
  line.then(
    () => assert.fail('it came to its end'),
    (error: Error) => error.message,
  );

test('a deadline ends the children too', { timeout: DEADLINE_MS }, async () => {
  assert.match(await failed(command(PARENT, { deadlineMs: 200 })), /no answer within 0.2 s/);
});

test('a child that left the group is not waited for', { timeout: DEADLINE_MS }, async () => {
  assert.match(await failed(command(DAEMON, { deadlineMs: 200 })), /no answer within 0.2 s/);
});

test('a signal does the same, before and while it runs', { timeout: DEADLINE_MS }, async () => {
  const controller = new AbortController();
  const running = failed(command(PARENT, { signal: controller.signal }));
  setImmediate(() => controller.abort());
  assert.match(await running, /interrupted/);
  assert.match(await failed(command(PARENT, { signal: controller.signal })), /interrupted/);
  assert.deepEqual(getEventListeners(controller.signal, 'abort'), []);
});

test('what ends in time says what it printed', async () => {
  const { signal } = new AbortController();
  assert.equal(await command(['sh', '-c', 'cat'], { input: 'here', signal }), 'here');
  assert.match(await failed(command(['sh', '-c', 'echo why >&2; exit 3'])), /why/);
});
