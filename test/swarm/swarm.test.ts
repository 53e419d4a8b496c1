/**
 * The promise: under every random fault schedule the small experiment completes, with the bits of the run without faults.
 * 20,000 seeds are run for a release: scripts/swarm.mjs.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { faultKinds } from '../../core/fault/describe.ts';
import { AGENT_HOSTED } from '../../core/relationship/agent-hosted.ts';
import { runSwarm } from '../../sim/swarm.ts';
import { example } from '../support/experiments.ts';
import { plantedTable } from '../support/planted-table.ts';

const SEEDS = 2_000;
/** By estimator that agents host: two thousand take their time, and find the same bugs. */
const HOSTED_SEEDS = 100;
/** By way in which the agents of a table are related: its relationship is learned question by question, each of them a stage. */
const TABLE_SEEDS = 40;
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

for (const estimator of Object.keys(AGENT_HOSTED)) {
  test(`${estimator}, learned by the agents: ${HOSTED_SEEDS} seeds, nothing lost, nothing different`, async () => {
    const report = await runSwarm({ experiment: example('swarm', [`relationship={estimator: ${estimator}}`]), seeds: [1, HOSTED_SEEDS] });
    assert.deepEqual(report.failing, []);
    assert.deepEqual([report.seeds, report.lost, report.different], [HOSTED_SEEDS, 0, 0]);
  });
}

/** Short arms, so that many faults fall between two questions. */
const onTable = (strategy: string, relationship: string) =>
  plantedTable({ d: 6, k: 2, T: 5, N: 30, sigma: 0.3 }, 14, 1, [
    `cooperate={ steps: 4, arms: [{ strategy: ${strategy} }, { strategy: consensus }] }`,
    `relationship=${relationship}`,
    'network.graph=ring',
  ]).experiment;

for (const [strategy, relationship] of [
  ['shared-representation', '{ estimator: shared-subspace }'],
  ['shared-representation', '{ estimator: shared-subspace, rank: 2, host: agents }'],
  ['grouped', '{ estimator: task-grouping, groups: 2 }'],
])
  test(`${strategy} on a table, ${relationship}: ${TABLE_SEEDS} seeds, nothing lost, nothing different`, async (t) => {
    const report = await runSwarm({ experiment: onTable(strategy, relationship), seeds: [1, TABLE_SEEDS] });
    t.diagnostic(JSON.stringify(report.faults));
    assert.deepEqual(report.failing, []);
    assert.deepEqual([report.seeds, report.lost, report.different], [TABLE_SEEDS, 0, 0]);
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
