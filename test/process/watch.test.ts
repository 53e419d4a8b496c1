/** `watch` beside a run of real processes: it ends with the run, and its own end is none of the run's business. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Watched } from '../../cli/watch-text.ts';
import { experimentFile, kindred, onlyRun } from '../support/command.ts';
import { smallExperiment } from '../support/experiments.ts';

test('looks come from the coordinator, end with the run, and whoever stops looking stops nothing', async () => {
  const { file, directory } = experimentFile(smallExperiment(['cooperate.steps=4000', 'cooperate.arms=[{ strategy: multitask }]']));
  const run = kindred('run', file, '--out', join(directory, 'runs'));
  await run.said(/^cooperating/);
  const watched = onlyRun(join(directory, 'runs'));
  const steady = kindred('watch', watched, '--json');
  const leaving = kindred('watch', watched);
  const [first] = (await once(leaving.child.stdout!, 'data')) as [string];
  assert.match(first, /^cooperating \d+s: agents 6\/6/);
  leaving.child.kill('SIGINT');
  assert.equal((await leaving.ended).signal, 'SIGINT');
  assert.equal(existsSync(join(watched, 'run.json')), false, 'the run was over before it was left');

  const [ended, looks] = await Promise.all([run.ended, steady.ended]);
  assert.equal(ended.code, 0, ended.stderr);
  assert.equal(looks.code, 0, looks.stderr);
  const views = looks.stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Watched);
  assert.deepEqual([views[0].live, views.at(-1)?.live, views.at(-1)?.status], [true, false, 'completed']);
  assert.equal(views[0].peers.length, 6);
  // What the page shows of a stored run, without a coordinator.
  const again = await kindred('watch', watched).ended;
  assert.match(again.stdout, /^completed \d+s: agents 6\/6, multitask \S+ steady/);
});
