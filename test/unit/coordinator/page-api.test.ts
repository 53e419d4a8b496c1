/** Who may ask what: tokens, hosts and origins, and what steering a run comes to. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { keptPageTokens, newPageTokens, PAGE_TOKENS_FILE, pageAddress } from '../../../coordinator/access.ts';
import { createApp } from '../../../coordinator/app.ts';
import { pageApi } from '../../../coordinator/page-api.ts';
import { controlOf } from '../../../coordinator/run-control.ts';
import type { Elsewhere } from '../../../coordinator/routes/forward.ts';
import type { RunProgress } from '../../../coordinator/run-progress.ts';
import type { OpenRun, RunsSource } from '../../../coordinator/routes/runs.ts';
import { ViewFeed } from '../../../coordinator/view/feed.ts';
import type { SharedView } from '../../../coordinator/view/run-view.ts';
import { KindredError } from '../../../core/errors.ts';
import type { FaultPlan } from '../../../core/fault/plan.ts';
import { VirtualClock } from '../../../net/virtual-clock.ts';
import { smallExperiment } from '../../support/experiments.ts';

const tokens = newPageTokens();
const done: string[] = [];
const driver = {
  faults: [] as FaultPlan,
  elapsedMs: 1_500,
  progress: { phase: 'cooperating', iteration: 7 } as RunProgress,
  steps: [7, 8],
  setFaults(plan: FaultPlan): void {
    this.faults = plan;
  },
  pause: () => void done.push('pause'),
  resume: () => void done.push('resume'),
  interrupt: () => void done.push('stop'),
};
const view = { runId: 'r-1', status: 'cooperating' } as SharedView;
const feed = new ViewFeed({ clock: new VirtualClock(), look: () => view });
const live: OpenRun = { view: () => view, feed, control: controlOf(driver, smallExperiment([]), 1), plan: () => 'faults: []\n' };
const stored: OpenRun = { ...live, control: undefined };
/** Its coordinator is gone: nothing listens there. */
const silent: Elsewhere = { url: 'http://127.0.0.1:65535', token: () => 'its', files: stored };
const source: RunsSource = {
  list: () => [],
  open: (runId) => {
    if (runId === 'r-1') return live;
    if (runId === 'r-0') return stored;
    if (runId === 'r-2') return silent;
    throw new KindredError('RUN_UNKNOWN', `there is no run "${runId}" here`);
  },
  finish: () => undefined,
};
const app = createApp('127.0.0.1');
pageApi(app, source, tokens);

type Method = 'GET' | 'POST' | 'DELETE';

async function ask(method: Method, url: string, token: string, more: { readonly headers?: Record<string, string>; readonly body?: object } = {}) {
  const headers = { ...(token === '' ? {} : { authorization: `Bearer ${token}` }), ...more.headers };
  const response = await app.inject({ method, url, headers, ...(more.body === undefined ? {} : { payload: more.body }) });
  return { status: response.statusCode, body: response.body, error: /"error":"(\w+)"/.exec(response.body)?.[1], headers: response.headers };
}

test('a run is shown to both tokens, to nobody else, and only the operator is told that it may steer', async () => {
  assert.equal((await ask('GET', '/api/runs', '')).error, 'PAGE_TOKEN');
  assert.equal((await ask('GET', '/api/runs/r-1', 'a guess')).status, 401);
  const seen = async (token: string): Promise<unknown> => JSON.parse((await ask('GET', '/api/runs/r-1', token)).body);
  assert.deepEqual(await seen(tokens.watch), { ...view, steerable: false });
  assert.deepEqual(await seen(tokens.operate), { ...view, steerable: true });
  assert.equal((await ask('GET', '/api/runs/r-9', tokens.watch)).error, 'RUN_UNKNOWN');
});

test('a run whose coordinator does not answer is shown by its files, and is not steered', async () => {
  const seen = { ...view, steerable: false };
  assert.deepEqual(JSON.parse((await ask('GET', '/api/runs/r-2', tokens.operate)).body), seen);
  const stream = await ask('GET', '/api/runs/r-2/stream', tokens.operate);
  assert.equal(stream.body, `data: ${JSON.stringify(seen)}\n\n`);
  assert.equal(stream.headers['content-type'], 'text/event-stream');
  assert.equal((await ask('GET', '/api/runs/r-2/faults.yaml', tokens.watch)).body, 'faults: []\n');
  const paused = await ask('POST', '/api/runs/r-2/pause', tokens.operate);
  assert.deepEqual([paused.status, paused.error], [502, 'COORDINATOR_UNREACHABLE']);
});

test('a name that was pointed here is refused, an address is not; a request from another page is refused', async () => {
  const hosts = { '127.0.0.1:7373': 200, 'localhost:80': 200, '[::1]:80': 200, '10.0.0.7:80': 200, 'attacker.example': 403, 'localhost.attacker.example': 403 };
  for (const [host, status] of Object.entries(hosts)) assert.equal((await ask('GET', '/api/runs', tokens.watch, { headers: { host } })).status, status, host);
  const origins = { 'http://127.0.0.1:1': 200, 'http://attacker.example': 403, null: 403, 'http://127.0.0.1:2': 403 };
  for (const [origin, status] of Object.entries(origins)) {
    const answer = await ask('POST', '/api/runs/r-1/pause', tokens.operate, { headers: { host: '127.0.0.1:1', origin } });
    assert.equal(answer.status, status, origin);
    if (status === 403) assert.equal(answer.error, 'PAGE_ORIGIN');
  }
  assert.deepEqual(done.splice(0), ['pause']);
});

test('who may watch may not steer; what does not go on cannot be steered', async () => {
  const acts: [Method, string][] = [
    ['POST', 'faults'],
    ['DELETE', 'faults'],
    ['POST', 'pause'],
    ['POST', 'resume'],
    ['POST', 'stop'],
  ];
  for (const [method, act] of acts) {
    const body = method === 'POST' && act === 'faults' ? { body: [{ kill: 1 }] } : {};
    assert.equal((await ask(method, `/api/runs/r-1/${act}`, tokens.watch, body)).error, 'PAGE_READ_ONLY', act);
    assert.equal((await ask(method, `/api/runs/r-0/${act}`, tokens.operate, body)).error, 'RUN_NOT_LIVE', act);
  }
  assert.deepEqual(done, []);
  for (const act of ['pause', 'resume', 'stop']) assert.equal((await ask('POST', `/api/runs/r-1/${act}`, tokens.operate)).status, 200);
  assert.deepEqual(done.splice(0), ['pause', 'resume', 'stop']);
});

test('faults are read as in an experiment file: what is wrong is said in its words, and nothing is broken then', async () => {
  const wrong = await ask('POST', '/api/runs/r-1/faults', tokens.operate, { body: [{ link: '0<->1', delay: 'much' }, { kill: 99 }] });
  assert.equal(wrong.status, 400);
  assert.match(wrong.body, /CONFIG_INVALID.*faults\[0\]\.delay: must be/);
  assert.deepEqual(driver.faults, []);
  await ask('POST', '/api/runs/r-1/faults', tokens.operate, { body: [{ link: '0<->1', delay: '20ms', for: '1s' }] });
  const right = await ask('POST', '/api/runs/r-1/faults', tokens.operate, { body: [{ kill: 1, at: 30 }] });
  assert.equal(right.status, 200, right.body);
  assert.deepEqual(
    driver.faults.map(({ at }) => at),
    [
      { unit: 'ms', ms: 1_500 },
      { unit: 'step', step: 30 },
    ],
  );
  const { elapsedMs, steps, progress } = driver;
  const now = await ask('GET', '/api/runs/r-1/faults', tokens.watch);
  assert.deepEqual(JSON.parse(now.body), { elapsedMs, faults: driver.faults, progress, steps });
  assert.equal((await ask('GET', '/api/runs/r-0/faults', tokens.watch)).error, 'RUN_NOT_LIVE');
  await ask('DELETE', '/api/runs/r-1/faults', tokens.operate);
  assert.deepEqual(driver.faults, []);
});

test('the recorded plan is YAML; the page comes without a token, nothing beside it', async () => {
  const plan = await ask('GET', '/api/runs/r-1/faults.yaml', tokens.watch);
  assert.deepEqual([plan.body, plan.headers['content-type']], ['faults: []\n', 'application/yaml; charset=utf-8']);
  const page = await ask('GET', '/', '');
  assert.match(String(page.headers['content-type']), /^text\//);
  assert.match(String(page.headers['content-security-policy']), /^default-src 'none'/);
  for (const path of ['/assets/../package.json', '/assets/%2e%2e/%2e%2e/package.json', '/assets/'])
    assert.equal((await ask('GET', path, '')).status, 404, path);
});

test('the tokens stand in a file for its owner only, and stay for the next process', (context) => {
  const directory = mkdtempSync(join(tmpdir(), 'kindred-tokens-'));
  context.after(() => rmSync(directory, { recursive: true }));
  const kept = keptPageTokens(directory);
  assert.deepEqual(keptPageTokens(directory), kept);
  assert.notEqual(kept.watch, kept.operate);
  assert.equal(statSync(join(directory, PAGE_TOKENS_FILE)).mode & 0o777, 0o600);
  assert.equal(pageAddress('http://127.0.0.1:1', 'T', 'r-1'), 'http://127.0.0.1:1/#/runs/r-1?token=T');
});

test('an address that cannot be decoded is refused in the usual words', async () => {
  const { status, error } = await ask('GET', '/api/runs/%ff', tokens.watch);
  assert.deepEqual([status, error], [400, 'USAGE']);
});
