import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reportError } from '../../../cli/report-error.ts';
import { KindredError } from '../../../core/errors.ts';

function reported(error: unknown, json: boolean): { text: string; exit: number } {
  let text = '';
  const exit = reportError(error, { json, write: (part) => (text += part) });
  return { text, exit };
}

const WRONG_KEY = new KindredError('CONFIG_INVALID', 'seed: must be a whole number >= 0 (got -1)', { where: 'a.yaml:2:1' });

test('code, place, what is wrong, and the hint below', () => {
  assert.deepEqual(reported(WRONG_KEY, false), {
    text: 'error CONFIG_INVALID a.yaml:2:1 seed: must be a whole number >= 0 (got -1)\n  hint: correct the key named above; `kindred run --help` shows an example\n',
    exit: 2,
  });
});

test('one JSON object on one line', () => {
  const { text, exit } = reported(WRONG_KEY, true);
  assert.equal(exit, 2);
  assert.equal(text.indexOf('\n'), text.length - 1);
  assert.deepEqual(JSON.parse(text), {
    error: {
      code: 'CONFIG_INVALID',
      message: 'seed: must be a whole number >= 0 (got -1)',
      where: 'a.yaml:2:1',
      hint: 'correct the key named above; `kindred run --help` shows an example',
      exit: 2,
    },
  });
});

test('a place is not needed, and the exit code follows the table', () => {
  const { text, exit } = reported(new KindredError('AGENT_LOST', 'agent 3'), false);
  assert.ok(text.startsWith('error AGENT_LOST agent 3\n'));
  assert.equal(exit, 1);
  assert.equal(reported(new KindredError('RUN_INTERRUPTED', 'Ctrl-C'), false).exit, 130);
});

test('anything else is a bug and shows its stack', () => {
  const { text, exit } = reported(new TypeError('x is not a function'), false);
  assert.ok(text.startsWith('error INTERNAL TypeError: x is not a function\n    at '));
  assert.equal(exit, 1);
  assert.ok(reported('a thrown string', false).text.startsWith('error INTERNAL a thrown string\n'));
});

test('a wrong call is pointed to the help of its command', () => {
  let text = '';
  reportError(new KindredError('USAGE', 'must end in .svg'), { json: false, command: 'plot', write: (part) => (text += part) });
  assert.match(text, /hint: see `kindred plot --help`/);
});

test('a full disk under what is printed is no bug', () => {
  const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC', syscall: 'write' });
  assert.match(reported(full, false).text, /^error OUTPUT_UNWRITABLE the output no space is left/);
});
