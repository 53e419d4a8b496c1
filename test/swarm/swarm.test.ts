/** 2,000 seeds of random faults: nothing is lost, every run ends in the bits of the run without faults. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { faultKinds } from '../../core/fault/describe.ts';
import { runSwarm } from '../../sim/swarm.ts';
import { example } from '../support/experiments.ts';

const SEEDS = 2_000;
/** Slices of a stream do not reach frames: only the proxy's own tests show them. */
const NOT_SIMULATED = ['slice'];

test('2,000 seeds', async (t) => {
  const began = performance.now();
  const report = await runSwarm({ experiment: example('swarm'), seeds: [1, SEEDS], file: 'examples/swarm.yaml' });
  t.diagnostic(`${((performance.now() - began) / 1000).toFixed(0)} s; ${JSON.stringify(report.faults)}`);
  assert.deepEqual(report.failing, []);
  assert.equal(report.seeds, SEEDS);
  assert.equal(report.lost + report.different, 0);
  const rare = faultKinds.filter((kind) => !NOT_SIMULATED.includes(kind) && (report.faults[kind] ?? 0) < SEEDS / 20);
  assert.deepEqual(rare, [], 'kinds of faults that hardly occurred');
});
