/** What the commands for several machines pass on, and what they refuse. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { agentArguments, type AgentFlags } from '../../../cli/agent.ts';
import { portOf } from '../../../cli/coordinator.ts';
import { makeToken } from '../../../cli/token-file.ts';
import { KindredError, type ErrorCode } from '../../../core/errors.ts';
import { temporaryDirectory } from './fixture.ts';

const refusal = (code: ErrorCode, text: RegExp) => (error: unknown) => error instanceof KindredError && error.code === code && text.test(error.message);

function flags(context: TestContext, more: Partial<AgentFlags> = {}): AgentFlags {
  const tokenFile = join(temporaryDirectory(context), 'token');
  makeToken(tokenFile);
  return { join: 'ws://127.0.0.1:7373/agents', tokenFile, host: '127.0.0.1', ...more };
}

/** The options behind those that are always there. */
const rest = (given: AgentFlags): string[] => agentArguments(given).slice(6);

test('agent: a number gives it a place for its checkpoints, unless told otherwise', (context) => {
  assert.deepEqual(rest(flags(context)), []);
  assert.deepEqual(rest(flags(context, { index: '3' })), ['--index', '3', '--state', join('.kindred', 'agent-3')]);
  assert.deepEqual(rest(flags(context, { state: 'here' })), ['--state', 'here']);
});

test('agent: on every interface it must say where it is found', (context) => {
  for (const host of ['0.0.0.0', '::']) assert.throws(() => agentArguments(flags(context, { host })), refusal('USAGE', /--advertise .*worker-3/));
  assert.deepEqual(rest(flags(context, { host: '0.0.0.0', advertise: 'worker-3' })), ['--advertise', 'worker-3']);
});

test('agent: with a table of its own it must say who it is, and the file must be there', (context) => {
  const given = flags(context);
  assert.deepEqual(rest({ ...given, index: '3', state: 'here', data: given.tokenFile }), ['--index', '3', '--state', 'here', '--data', given.tokenFile]);
  assert.throws(() => agentArguments({ ...given, data: given.tokenFile }), refusal('USAGE', /^--index .*--data/));
  assert.throws(() => agentArguments({ ...given, index: '3', data: '/nowhere/x.csv' }), refusal('USAGE', /^--data there is no file/));
});

test('agent: a wrong URL, file or number is refused', (context) => {
  assert.throws(() => agentArguments(flags(context, { join: 'http://x' })), refusal('USAGE', /^--join/));
  assert.throws(() => agentArguments(flags(context, { tokenFile: '/nowhere/token' })), refusal('USAGE', /^--token-file/));
  assert.throws(() => agentArguments(flags(context, { index: '-1' })), refusal('USAGE', /^--index/));
});

test('coordinator: a token is made once, for its owner; where it cannot be, that has a code', (context) => {
  const { tokenFile } = flags(context);
  const token = readFileSync(tokenFile, 'utf8');
  makeToken(tokenFile);
  assert.equal(readFileSync(tokenFile, 'utf8'), token);
  assert.equal(statSync(tokenFile).mode & 0o777, 0o600);
  const inFile = join(tokenFile, 'token');
  assert.throws(() => makeToken(inFile), refusal('OUTPUT_UNWRITABLE', /token/));
  assert.equal(existsSync(inFile), false);
  writeFileSync(tokenFile, 'own');
  makeToken(tokenFile);
  assert.equal(readFileSync(tokenFile, 'utf8'), 'own');
});

test('coordinator: ports', () => {
  assert.deepEqual(['0', '7373', '65535'].map(portOf), [0, 7373, 65_535]);
  for (const text of ['65536', '-1', '', '0x10', '1.5']) assert.throws(() => portOf(text), refusal('USAGE', /^--port/), text);
});
