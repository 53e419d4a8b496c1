/** Server-sent events, however the network cuts them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventReader } from '../../../web/model/event-reader.ts';

const STREAM = ': a comment keeps the line alive\n\ndata: {"a":1}\n\nevent: x\ndata: two\ndata: lines\n\r\ndata:{"b":"✓"}\n\n';
const EVENTS = ['{"a":1}', 'two\nlines'];

function read(pieces: readonly string[]): string[] {
  const events: string[] = [];
  const reader = eventReader((data) => events.push(data));
  for (const piece of pieces) reader(piece);
  return events;
}

test('every way to cut a stream in two gives the same events', () => {
  const whole = read([STREAM]);
  assert.deepEqual(whole.slice(0, 1), EVENTS.slice(0, 1));
  for (let cut = 0; cut <= STREAM.length; cut++) assert.deepEqual(read([STREAM.slice(0, cut), STREAM.slice(cut)]), whole, `cut at ${cut}`);
});

test('an event that is not whole is not told yet', () => {
  assert.deepEqual(read(['data: half']), []);
  assert.deepEqual(read(['data: half', '\n\n']), ['half']);
  assert.deepEqual(read(['data: two\ndata: lines\n\n']), [EVENTS[1]]);
});
