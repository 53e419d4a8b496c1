/** Each check of `doctor` in both of its states, and the command as a whole on this machine. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { doctorText } from '../../../cli/doctor.ts';
import { browserCheck, checkMachine, coresCheck, filesCheck, memoryCheck, nodeCheck } from '../../../cli/machine-checks.ts';

test('Node: the version that package.json asks for, or newer', () => {
  for (const version of ['20.19.0', '20.19.1', '20.20.0', '21.0.0']) assert.equal(nodeCheck(version, '20.19.0').state, 'ok', version);
  for (const version of ['20.18.9', '18.99.0', '4.0.0']) assert.equal(nodeCheck(version, '20.19.0').state, 'fails', version);
});

test('what is lacking has a hint, what is there has none', () => {
  const lacking = [coresCheck(1), memoryCheck(100e6, 1e9), filesCheck(256), browserCheck(undefined)];
  const there = [coresCheck(2), memoryCheck(2e9, 4e9), filesCheck(1024), filesCheck(Infinity), filesCheck(undefined), browserCheck('/usr/bin/chromium')];
  for (const { state, hint, name } of lacking) assert.ok(state === 'lacks' && hint !== '', name);
  for (const { state, hint, name } of there) assert.ok(state === 'ok' && hint === '', name);
});

test('this machine: every check has its line, and nothing that tests need fails', async () => {
  const checks = await checkMachine();
  assert.deepEqual(
    checks.map(({ name }) => name),
    ['Node.js', 'cores', 'memory', 'loopback', 'open files', 'this directory', 'clock', 'container engine', 'browser'],
  );
  assert.deepEqual(
    checks.filter(({ state }) => state === 'fails'),
    [],
  );
  assert.match(doctorText(checks), /^Node\.js +ok +2/);
});
