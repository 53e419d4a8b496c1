/**
 * The promise: under every random fault schedule the small experiment completes, with the bits of the run without faults.
 * 20,000 seeds are run for a release: scripts/swarm.mjs.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { faultKinds } from '../../core/fault/describe.ts';
import { runSwarm } from '../../sim/swarm.ts';
import { example } from '../support/experiments.ts';

const SEEDS = 2_000;
/** Of every kind: one that hardly occurs is not tested. */
const OCCURRENCES_MIN = 200;
/** Frames stay whole in memory. */
const NOT_SIMULATED = ['slice'];

const experiment = example('swarm');

test(`${SEEDS} seeds: nothing is lost, nothing is different, and every kind of fault occurred`, async (t) => {
  const report = await runSwarm({ experiment, seeds: [1, SEEDS], file: 'examples/swarm.yaml' });
  assert.deepEqual(report.failing, []);
  assert.deepEqual([report.seeds, report.lost, report.different], [SEEDS, 0, 0]);
  const rare = faultKinds.filter((kind) => !NOT_SIMULATED.includes(kind) && (report.faults[kind] ?? 0) < OCCURRENCES_MIN);
  t.diagnostic(JSON.stringify(report.faults));
  assert.deepEqual(rare, []);
});

test('a report does not depend on how many threads made it', async () => {
  const report = (workers: number) => runSwarm({ experiment, seeds: [31, 36], workers });
  assert.deepEqual(await report(1), await report(3));
});

test("without a swarm every seed has the experiment's own faults and is its seed", async () => {
  const faulty = example('swarm', ['faults=[{ at: 40, kill: 2, restartAfter: 100ms }, { at: 60, link: all, loss: 0.1, for: 20 rounds }]']);
  const report = await runSwarm({ experiment: faulty, seeds: [100, 103], faults: 'own', workers: 1 });
  assert.deepEqual(report, { seeds: 4, lost: 0, different: 0, faults: { loss: 4, kill: 4, restart: 4 }, failing: [] });
});
