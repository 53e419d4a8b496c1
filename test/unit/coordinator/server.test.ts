import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RunResult } from '../../../core/run-result.ts';
import type { RunProgress } from '../../../coordinator/run-progress.ts';
import { createApp } from '../../../coordinator/app.ts';
import { statusRoutes } from '../../../coordinator/routes/status.ts';

const progress: RunProgress = {
  phase: 'exploring',
  paused: false,
  label: 'learning alone',
  iteration: 5,
  total: 10,
  agentsUp: 2,
  agents: 3,
  bytesSent: 0,
  waitingFor: 'agent 2 to report stage 1',
  waitSeconds: 30,
};
const result = { runId: 'r-1', experiment: 'paper', seed: 7, mode: 'processes', agents: {}, relationship: null, arms: [], timings: {} } as unknown as RunResult;
const app = createApp('127.0.0.1');
statusRoutes(app, { progress, result });

test('health is one line', async () => {
  const response = await app.inject('/health');
  assert.equal(response.statusCode, 200);
  assert.deepEqual(response.json(), { status: 'ok', phase: 'exploring' });
});

test('status tells the run, its progress, and for whom it waits until when', async () => {
  const { runId, relationshipVersion, progress: told } = (await app.inject('/status')).json();
  assert.deepEqual({ runId, relationshipVersion }, { runId: 'r-1', relationshipVersion: 0 });
  assert.deepEqual(told, progress);
});

test('what is not there is a 404 without a stack; every answer has the safe headers', async () => {
  const response = await app.inject('/nothing');
  assert.equal(response.statusCode, 404);
  assert.deepEqual(response.json(), { error: 'NOT_FOUND', message: 'there is no GET /nothing' });
  assert.match(String(response.headers['content-security-policy']), /^default-src 'none'; script-src 'self';/);
  assert.equal(response.headers['x-content-type-options'], 'nosniff');
  assert.equal(response.headers['cache-control'], 'no-store');
});
