/** Strangers at the door while a run goes on: refused and counted; nothing dies, the run completes with the same bits. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { WebSocket } from 'ws';
import { createRun } from '../../cli/new-run.ts';
import { programOf } from '../../cli/programs.ts';
import { LIMITS } from '../../core/limits.ts';
import { SUBPROTOCOL } from '../../net/websocket-accept.ts';
import { encode } from '../../proto/codec.ts';
import { PROTOCOL_VERSION } from '../../proto/messages.ts';
import { controlFrameBytesMax } from '../../proto/codec.ts';
import { digests, inProcesses, output, simulated, smallExperiment } from '../support/experiments.ts';

const LONG = ['explore.steps=20000', 'cooperate.steps=3000', 'cooperate.arms=[{strategy: multitask, relationship: known}]'];

interface Closed {
  readonly status?: number;
  readonly code?: number;
}

/** Dials with this token and protocol, sends the frames, and tells how the server ended it. */
function knock(url: string, token: string, protocol: string, frames: readonly Uint8Array[]): Promise<Closed> {
  return new Promise((resolve) => {
    const socket = new WebSocket(url, protocol, { headers: { authorization: `Bearer ${token}` }, perMessageDeflate: false });
    socket.on('unexpected-response', (_request, response) => resolve({ status: response.statusCode! }));
    socket.on('error', () => {});
    socket.on('close', (code) => resolve({ code }));
    socket.on('open', () => frames.forEach((frame) => socket.send(frame)));
  });
}

function garbageBytes(url: string): Promise<void> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname, () => socket.end('\u0000\u0001 not http at all\r\n\r\n'));
    socket.on('error', () => resolve());
    socket.on('close', () => resolve());
    socket.resume();
  });
}

function agentWithWrongToken(joinUrl: string): Promise<{ exit: number | null; log: string }> {
  const tokenFile = join(output, 'wrong-token');
  writeFileSync(tokenFile, 'wrong');
  const child = spawn(process.execPath, [programOf('agent'), '--join', joinUrl, '--token-file', tokenFile, '--index', '0']);
  let log = '';
  child.stdout.on('data', (chunk) => (log += chunk));
  return new Promise((resolve) => child.on('exit', (exit) => resolve({ exit, log })));
}

test('wrong token, wrong version, garbage, oversized frames and a second claim to an index: refused, counted, nothing dies', async () => {
  const experiment = smallExperiment(LONG);
  const run = createRun(experiment);
  const seen: Record<string, unknown> = {};
  let attack: Promise<void> | undefined;
  let coordinatorUrl = '';
  const result = await inProcesses(experiment, {
    run,
    onStarted: ({ url }) => (coordinatorUrl = url),
    onProgress: ({ agentsUp, agents }) => {
      if (agentsUp === agents) attack ??= attackAll(coordinatorUrl, readFileSync(join(run.directory, 'join-token'), 'utf8'), seen);
    },
  });
  await attack;
  assert.equal(result.status, 'completed', result.error?.message);
  assert.deepEqual(digests(result), digests(simulated(experiment)));
  assert.deepEqual(seen, {
    wrongToken: { status: 401 },
    wrongVersion: { status: 426 },
    garbage: { code: 4400 },
    notHello: { code: 4409 },
    secondClaim: { code: 4410 },
    oversized: { code: 1009 },
    health: 'ok',
    agent: { exit: 2, named: true },
  });
  const refusals = readFileSync(join(run.directory, 'events.jsonl'), 'utf8')
    .split('\n')
    .filter((line) => line.includes('"type":"refused"'));
  assert.ok(refusals.length >= 4, `${refusals.length} refusals were counted`);
});

async function attackAll(url: string, token: string, seen: Record<string, unknown>): Promise<void> {
  const join = `${url.replace('http', 'ws')}/agents`;
  const hello = encode({ type: 'hello', version: PROTOCOL_VERSION, agent: 2, session: '', boot: true, stage: 0, endpoint: 'ws://127.0.0.1:1' });
  seen['wrongToken'] = await knock(join, 'wrong', SUBPROTOCOL, []);
  seen['wrongVersion'] = await knock(join, token, 'kindred.999', []);
  seen['garbage'] = await knock(join, token, SUBPROTOCOL, [new Uint8Array(100).fill(255)]);
  seen['notHello'] = await knock(join, token, SUBPROTOCOL, [encode({ type: 'heartbeat', ask: 0, answer: 0 })]);
  seen['secondClaim'] = await knock(join, token, SUBPROTOCOL, [hello]);
  seen['oversized'] = await knock(join, token, SUBPROTOCOL, [new Uint8Array(controlFrameBytesMax(LIMITS.curvePointsMax, 6) + 1)]);
  for (let i = 0; i < 20; i++) await garbageBytes(url);
  const agent = await agentWithWrongToken(join);
  seen['agent'] = { exit: agent.exit, named: agent.log.includes('WIRE_TOKEN') };
  seen['health'] = ((await (await fetch(`${url}/health`)).json()) as { status: string }).status;
}
