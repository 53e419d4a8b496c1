/** The live page's data of a real run: it is followed, broken and paused over HTTP, and ends in the same bits; later it is read again. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { StoredSource } from '../../cli/run-server.ts';
import type { OpenRun } from '../../coordinator/routes/runs.ts';
import { keptPageTokens } from '../../coordinator/access.ts';
import type { RunUpdate, RunView } from '../../core/run-view.ts';
import { digests, simulated, smallExperiment } from '../support/experiments.ts';
import { once, watchedRun, type Watched } from '../support/watched-run.ts';

const ROOM = ['cooperate.steps=400', 'cooperate.arms=[{strategy: multitask}]'];

/** Everything that was told, to the end of the stream; steers the run when it is first seen to cooperate. */
async function follow({ directory }: Watched, url: string): Promise<{ view: RunView; updates: number; seen: RunUpdate[] }> {
  const runUrl = `${url}/api/runs/${directory.split('/').at(-1)}`;
  const { operate, watch } = keptPageTokens(directory);
  const ask = (path: string, body?: object): Promise<Response> =>
    fetch(`${runUrl}/${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${operate}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const steer = once<[RunUpdate]>(
    ({ status }) => status === 'cooperating',
    () => void ask('faults', [{ link: 'all', delay: '3ms', for: '500ms' }]).then(async () => ask('pause')),
  );
  const goOn = once<[RunUpdate]>(
    ({ paused }) => paused === true,
    () => void ask('resume'),
  );
  const response = await fetch(`${runUrl}/stream`, { headers: { authorization: `Bearer ${watch}` } });
  const seen: RunUpdate[] = [];
  let text = '';
  for await (const part of response.body!.pipeThrough(new TextDecoderStream())) {
    const events = (text + part).split('\n\n');
    text = events.pop()!;
    for (const event of events) {
      const update = JSON.parse(event.slice('data: '.length)) as RunUpdate;
      seen.push(update);
      steer(update);
      goOn(update);
    }
  }
  return { view: Object.assign({}, ...seen) as RunView, updates: seen.length, seen };
}

test('a run is followed, broken and paused by its page, and shown again when it is over', async () => {
  let following: ReturnType<typeof follow> | undefined;
  const { result, run, alive } = await watchedRun(smallExperiment(ROOM), {
    progress: once<[unknown, Watched]>(
      () => true,
      (_, watched) => void (following = follow(watched, (JSON.parse(readFileSync(join(watched.directory, 'supervisor.json'), 'utf8')) as { url: string }).url)),
    ),
  });
  const { view, seen } = await following!;
  assert.equal(result.status, 'completed', result.error?.message);
  assert.deepEqual(digests(result), digests(simulated(smallExperiment(ROOM))));
  assert.deepEqual(alive, []);
  assert.deepEqual([view.status, view.live, view.steerable], ['completed', false, false]);
  assert.ok(
    seen.some(({ paused }) => paused === true),
    'it was never paused',
  );
  assert.ok(
    seen.some(({ links }) => (links ?? []).some(({ roundTripMs }) => roundTripMs !== null)),
    'no link was measured',
  );
  assert.deepEqual(
    view.faults.map(({ kind, what }) => [kind, what]),
    [['delay', 'delay 3 ms on all links']],
  );
  assert.deepEqual(
    view.curves.map(({ label, error }) => [label, error]),
    [['multitask', result.arms[0].curve!.error]],
  );

  const stored = new StoredSource(dirname(run.directory)).open(result.runId) as OpenRun;
  const again = stored.view();
  for (const key of ['status', 'phases', 'faults', 'relationships', 'truth', 'curves', 'events', 'diagnostics', 'command'] as const)
    assert.deepEqual(again[key], view[key], key);
  assert.match(stored.plan(), /delay: 3ms/);
  assert.equal(stored.control, undefined);
});
