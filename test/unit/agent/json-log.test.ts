import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createJsonLog } from '../../../agent/json-log.ts';

test('a line has the keys and levels of pino', () => {
  const lines: string[] = [];
  const log = createJsonLog({ agent: '3' }, (line) => lines.push(line));
  log.info({ stage: 2 }, 'joined');
  log.error({ code: 'AGENT_FAILED' }, 'failed');
  log.fatal({}, 'crashed');
  const read = lines.map((line) => JSON.parse(line) as { time: number });
  assert.ok(lines.every((line) => line.endsWith('\n')));
  assert.ok(read.every(({ time }) => Number.isInteger(time)));
  assert.deepEqual(
    read.map(({ time: _time, ...rest }) => rest),
    [
      { level: 30, agent: '3', stage: 2, msg: 'joined' },
      { level: 50, agent: '3', code: 'AGENT_FAILED', msg: 'failed' },
      { level: 60, agent: '3', msg: 'crashed' },
    ],
  );
});
