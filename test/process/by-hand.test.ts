/** Coordinator and agents started by hand, as on several machines: who is started again goes on, and failures have codes. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { watch } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { test } from 'node:test';
import { readEvents } from '../../cli/fault-record.ts';
import { readLive } from '../../cli/run-files.ts';
import type { RunResult } from '../../core/run-result.ts';
import type { RunView } from '../../core/run-view.ts';
import { experimentFile, kindred, kindredIn, onlyRun, type Command } from '../support/command.ts';
import { digests, output, simulated, smallExperiment } from '../support/experiments.ts';

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

test('on all addresses, --open opens one that this machine reaches, with the token to steer', async (context) => {
  const hand = byHand();
  const opener = mkdtempSync(join(output, 'opener-'));
  for (const name of ['xdg-open', 'open'])
    writeFileSync(join(opener, name), `#!/bin/sh\necho "$1" > ${opener}/part && mv ${opener}/part ${opener}/address\n`, { mode: 0o755 });
  const opened = watchFor(opener, 'address');
  const path = `${opener}:${process.env['PATH']}`;
  const command = kindredIn({ PATH: path }, 'coordinator', hand.file, '--token-file', hand.token, '--host', '0.0.0.0', '--port', '0', '--open');
  context.after(() => command.child.kill('SIGKILL'));
  await opened;
  const { origin, hash } = new URL(readFileSync(join(opener, 'address'), 'utf8').trim());
  const [, runId, token] = /^#\/runs\/(.+)\?token=(.+)$/.exec(hash)!;
  const answer = await fetch(`${origin}/api/runs/${runId}`, { headers: { authorization: `Bearer ${token}` } });
  assert.equal(((await answer.json()) as RunView).steerable, true);
  command.child.kill('SIGINT');
  const { code, stderr } = await command.ended;
  assert.equal(code, 130);
  assert.doesNotMatch(stderr, /token=/, 'no terminal: nobody is told');
});

async function watchFor(directory: string, name: string): Promise<void> {
  for await (const _ of watch(directory)) if (existsSync(join(directory, name))) return;
}

test('resume and a file together are refused', async () => {
  const hand = byHand();
  writeFileSync(hand.token, 'token');
  const { code, stderr } = await hand.coordinator(hand.file, '--resume', 'x').ended;
  assert.equal(code, 2);
  assert.match(stderr, /^error USAGE --resume/m);
});
