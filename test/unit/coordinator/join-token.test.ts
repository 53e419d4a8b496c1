/** The join token opens the agents' door and no other: who may join can neither see, break, pause nor stop the run. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newPageTokens } from '../../../coordinator/access.ts';
import type { ApiDocument } from '../../../coordinator/api-document.ts';
import { controlOf } from '../../../coordinator/run-control.ts';
import type { RunProgress } from '../../../coordinator/run-progress.ts';
import { startServer } from '../../../coordinator/server.ts';
import { ViewFeed } from '../../../coordinator/view/feed.ts';
import type { SharedView } from '../../../coordinator/view/run-view.ts';
import type { FaultPlan } from '../../../core/fault/plan.ts';
import type { RunResult } from '../../../core/run-result.ts';
import { VirtualClock } from '../../../net/virtual-clock.ts';
import { smallExperiment } from '../../support/experiments.ts';

const JOIN = 'the join token';
const tokens = newPageTokens();
const done: string[] = [];
const progress = { phase: 'cooperating' } as RunProgress;
const driver = {
  faults: [] as FaultPlan,
  elapsedMs: 0,
  progress,
  steps: [],
  setFaults: () => void done.push('faults'),
  pause: () => void done.push('pause'),
  resume: () => void done.push('resume'),
  interrupt: () => void done.push('stop'),
};
const view = (): SharedView => ({ runId: 'r-1' }) as SharedView;
const run = { view, feed: new ViewFeed({ clock: new VirtualClock(), look: view }), control: controlOf(driver, smallExperiment([]), 1), plan: () => '' };

test('what needs a token is closed to the join token; there are no other ways to steer', async (context) => {
  const server = await startServer({
    host: '127.0.0.1',
    port: 0,
    token: JOIN,
    dimension: 3,
    agents: 2,
    source: { progress, result: { runId: 'r-1' } as RunResult },
    runs: { list: () => [], open: () => run, finish: () => undefined, facts: () => assert.fail('nobody may ask that') },
    tokens,
    onLink: () => assert.fail('nobody joins'),
    onRefused: () => undefined,
  });
  context.after(() => server.close());
  const ask = (method: string, path: string, token: string): Promise<Response> => {
    const body = method === 'POST' && path.endsWith('faults') ? { 'content-type': 'application/json' } : {};
    const headers = { authorization: `Bearer ${token}`, ...body };
    return fetch(`${server.url}${path}`, { method, headers, ...('content-type' in body ? { body: '[{ "kill": 1 }]' } : {}) });
  };
  const { paths } = (await (await fetch(`${server.url}/openapi.json`)).json()) as ApiDocument;
  const closed: [string, string][] = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, { security }]) => (security.length === 0 ? [] : [[method.toUpperCase(), path.replace('{id}', 'r-1')]])),
  ) as [string, string][];
  assert.ok(closed.length >= 11, closed.join('; '));
  for (const [method, path] of closed) {
    const answer = await ask(method, path, JOIN);
    assert.equal(answer.status, 401, `${method} ${path}`);
    assert.equal(((await answer.json()) as { error: string }).error, 'PAGE_TOKEN');
  }
  for (const open of Object.entries(paths).filter(([path]) => !closed.some(([, other]) => other === path.replace('{id}', 'r-1'))))
    assert.deepEqual(Object.keys(open[1]), ['get'], `${open[0]} changes something and needs no token`);
  assert.deepEqual(done, []);
  for (const act of ['faults', 'pause', 'resume', 'stop']) assert.equal((await ask('POST', `/api/runs/r-1/${act}`, tokens.operate)).status, 200, act);
  assert.deepEqual(done, ['faults', 'pause', 'resume', 'stop']);
});
