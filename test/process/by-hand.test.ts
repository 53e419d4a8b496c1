/** Coordinator and agents started by hand, as on several machines: who is started again goes on, and failures have codes. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { test } from 'node:test';
import { readEvents } from '../../cli/fault-record.ts';
import { readLive } from '../../cli/run-files.ts';
import type { RunResult } from '../../core/run-result.ts';
import { experimentFile, kindred, onlyRun, type Command } from '../support/command.ts';
import { digests, simulated, smallExperiment } from '../support/experiments.ts';

const ROOM = ['agents=3', 'cooperate.steps=1500', 'cooperate.arms=[{strategy: multitask}]'];

interface ByHand {
  readonly directory: string;
  readonly file: string;
  readonly token: string;
  coordinator(...args: readonly string[]): Command;
  agent(index: number, url: string): Command;
}

function byHand(): ByHand {
  const { file, directory } = experimentFile(smallExperiment(ROOM));
  const token = `${directory}.token`;
  return {
    file,
    directory,
    token,
    coordinator: (...args) => kindred('coordinator', ...args, '--token-file', token),
    agent: (index, url) => kindred('agent', '--join', url, '--token-file', token, '--index', String(index), '--state', `${directory}.agent-${index}`),
  };
}

const listening = ({ child }: Command): Promise<string> => logged(child, /"url":"http([^"]+)"/).then((rest) => `ws${rest}/agents`);

/** The first group of a pattern, when the log on stdout holds it. */
function logged(child: Command['child'], pattern: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout!.on('data', (part: string) => {
      text += part;
      const found = pattern.exec(text);
      if (found !== null) resolve(found[1]);
    });
    child.once('close', () => reject(new Error(`it never said ${pattern}:\n${text}`)));
  });
}

test('the coordinator is killed and resumed, an agent leaves and is started again: the same bits', async () => {
  const hand = byHand();
  const first = hand.coordinator(hand.file, '--port', '0');
  const url = await listening(first);
  const agents = [0, 1, 2].map((index) => hand.agent(index, url));
  await logged(agents[0].child, /("kind":"link-open"|link-open)/);
  const run = onlyRun(hand.directory);
  process.kill(readLive(run)!.processes[0].pid, 'SIGKILL');
  const lost = await first.ended;
  assert.equal(lost.code, 1);
  assert.match(lost.stderr, /^error COORDINATOR_LOST/m);

  const second = hand.coordinator('--resume', run, '--port', new URL(url).port);
  await listening(second);
  agents[2].child.kill('SIGTERM');
  assert.equal((await agents[2].ended).code, 0);
  agents[2] = hand.agent(2, url);
  const { code, stderr } = await second.ended;
  assert.equal(code, 0, stderr);
  for (const agent of agents) assert.equal((await agent.ended).code, 0);
  const result = JSON.parse(readFileSync(join(run, 'run.json'), 'utf8')) as RunResult;
  assert.deepEqual(digests(result), digests(simulated(smallExperiment(ROOM))));
  assert.ok(existsSync(join(run, 'report.html')));
  assert.ok(
    readEvents(run).some(({ type, agent, incarnation }) => type === 'rejoined' && agent === 2 && incarnation === 2),
    'agent 2 did not come back as itself',
  );
});

test('a port in use has a code', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const hand = byHand();
  const { code, stderr } = await hand.coordinator(hand.file, '--port', String((other.address() as AddressInfo).port)).ended;
  other.close();
  assert.equal(code, 2);
  assert.match(stderr, /^error PORT_IN_USE listen EADDRINUSE/m);
});

test('a token file that cannot be written has a code', async () => {
  const hand = byHand();
  const { code, stderr } = await kindred('coordinator', hand.file, '--token-file', join(hand.file, 'token')).ended;
  assert.equal(code, 2);
  assert.match(stderr, /^error OUTPUT_UNWRITABLE .*token/m);
});

test('a run that fails fails the command; the second Ctrl-C ends it at once', async () => {
  const hand = byHand();
  const once = hand.coordinator(hand.file, '--port', '0');
  await listening(once);
  once.child.kill('SIGINT');
  assert.equal((await once.ended).code, 130);

  mkdirSync(`${hand.directory}.2`);
  const twice = hand.coordinator(hand.file, '--port', '0', '--out', `${hand.directory}.2`);
  await listening(twice);
  twice.child.kill('SIGINT');
  twice.child.kill('SIGTERM');
  assert.notEqual((await twice.ended).code, 0);
});

test('resume and a file together are refused', async () => {
  const hand = byHand();
  writeFileSync(hand.token, 'token');
  const { code, stderr } = await hand.coordinator(hand.file, '--resume', 'x').ended;
  assert.equal(code, 2);
  assert.match(stderr, /^error USAGE --resume/m);
});
