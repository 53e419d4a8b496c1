/**
 * The paper's experiment, mean of seeds 1 to 3, against the bands of the design study (algorithms-1 section 4, small
 * configuration: 3 one-run standard deviations / sqrt(3)). The first seed runs as real processes, to the bits of a run without
 * a network; hence the others need none.
 */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import type { RunResult } from '../../core/run-result.ts';
import { digests, direct, example, inProcesses } from '../support/experiments.ts';

const SEEDS = [1, 2, 3];

function within(what: string, measured: number, expected: number, band: number): void {
  console.log(`${what}: measured ${measured.toFixed(4)}, asked ${expected} +- ${band}`);
  assert.ok(Math.abs(measured - expected) <= band, `${what}: ${measured} is outside ${expected} +- ${band}`);
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

async function runSeeds(overrides: readonly string[]): Promise<RunResult[]> {
  const experiments = SEEDS.map((seed) => example('paper', [`seed=${seed}`, ...overrides]));
  const results = experiments.map(direct);
  const first = await inProcesses(experiments[0]);
  assert.equal(first.status, 'completed', first.error?.message);
  assert.deepEqual(digests(first), digests(results[0]));
  return [first, ...results.slice(1)];
}

describe('examples/paper.yaml, mean of seeds 1-3', () => {
  let results: RunResult[] = [];
  before(async () => {
    results = await runSeeds([]);
  });
  const steady = (arm: number): number => mean(results.map((result) => result.arms[arm].steadyError));
  test('Laplacian error of pinv', () => within('pinv', mean(results.map((result) => result.relationship!.relativeError!)), 0.222, 0.045));
  test('non-cooperative', () => within('non-cooperative', steady(0), 0.2565, 0.006));
  test('consensus', () => within('consensus', steady(1), 0.352, 0.028));
  test('multitask', () => within('multitask', steady(2), 0.193, 0.006));
  test('multitask with the known relationship', () => within('multitask known', steady(3), 0.195, 0.006));
  test('filter', () => within('filter', steady(4), 0.152, 0.005));
});

test('Laplacian error of cgl, mean of seeds 1-3', async () => {
  const results = await runSeeds(['relationship.estimator=cgl', 'cooperate.arms=[{strategy: non-cooperative}]', 'cooperate.steps=3']);
  within('cgl', mean(results.map((result) => result.relationship!.relativeError!)), 0.141, 0.047);
});

describe('on any other connected graph the steady errors agree with the recursion within 6 %', () => {
  for (const graph of ['ring', 'star', 'grid', 'complete', 'erdos-renyi', 'random-geometric']) {
    test(graph, () => {
      const results = SEEDS.map((seed) => direct(example('paper', [`problem.graph=${graph}`, `seed=${seed}`])));
      results[0].arms.forEach((arm, index) => {
        const measured = mean(results.map((result) => result.arms[index].steadyError));
        const predicted = mean(results.map((result) => result.arms[index].predictedError!));
        const off = 100 * (measured / predicted - 1);
        console.log(`${graph} ${arm.strategy} ${arm.relationship}: ${measured.toFixed(4)}, predicted ${predicted.toFixed(4)} (${off.toFixed(1)} %)`);
        assert.ok(Math.abs(off) <= 6, `${arm.strategy} (${arm.relationship}) is ${off.toFixed(1)} % off`);
      });
    });
  }
});
