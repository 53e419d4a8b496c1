/** A resolved experiment, written as a file and loaded again, is the same experiment. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { experimentFileText } from '../../../cli/experiment-file.ts';
import { entriesOf } from '../../../config/fault-entries.ts';
import type { Experiment } from '../../../config/experiment.ts';
import { experimentHash, loadExperiment } from '../../../config/load.ts';
import { readFaults } from '../../../config/faults.ts';
import type { Fault } from '../../../core/fault/plan.ts';
import { example, smallExperiment } from '../../support/experiments.ts';
import { networks } from '../../support/networks.ts';

const FAULTS = [
  'faults=[',
  '{ at: 30%, kill: 3, restartAfter: 5s }, { at: 12, restart: coordinator }, { at: 1.5s, pause: 2, for: 250ms }, { kill: 1 },',
  '{ link: all, loss: 2%, duplicate: 0.5, reorder: 1%, corrupt: 1% }, { at: cooperating, link: 3->5, delay: 5ms, jitter: 1.25ms, slowClose: 1s },',
  '{ link: 3<->coordinator, bandwidth: 64kB/s, slice: 100, limitData: 1MB }, { at: 5s, for: 2s, link: 0<->1, blackhole: true },',
  '{ at: 5s, for: 2s, link: 0<->1, reset: true }, { at: 1500s, for: 2s, partition: [[0, 1], ["2-4"]] },',
  '{ at: 7s, for: 2s, partition: [[0], [1, coordinator]], direction: one-way }, { at: 8s, for: 1s, isolate: 5 },',
  '{ slowCpu: 4 }, { slowCpu: 4, factor: 2.5, for: 10 rounds }, { diskFull: 0 }]',
].join(' ');

function reloaded(experiment: Experiment): Experiment {
  const text = experimentFileText(experiment);
  const readFile = (path: string): string => (path === '/somewhere/replay.yaml' ? text : readFileSync(path, 'utf8'));
  return loadExperiment('/somewhere/replay.yaml', { overrides: [], environment: {}, readFile });
}

for (const name of ['paper', 'irish-wind', 'us-states', 'sites'] as const) {
  test(`${name}.yaml`, () => {
    const experiment = example(name);
    assert.deepEqual(reloaded(experiment), experiment);
    assert.equal(experimentHash(reloaded(experiment)), experimentHash(experiment));
  });
}

test('with everything set', () => {
  const experiment = smallExperiment([
    'cooperate.arms=[{strategy: multitask, relationship: permuted, eta: 0.25}, {strategy: filter}, {strategy: consensus}, {strategy: non-cooperative}]',
    'network={graph: grid, rounds: {bounded: 3}, open: false}',
    'participation={quorum: 80%, wait: 12.5s}',
    'relationship={estimator: cgl, noise: 0.5}',
    'output.every=3',
  ]);
  assert.deepEqual(reloaded(experiment), experiment);
});

test('networks that learn in the true groups, and in those they find', () => {
  const experiment = networks(['cooperate.arms=[{ strategy: non-cooperative }, { strategy: grouped, relationship: known }, { strategy: grouped }]']);
  assert.deepEqual(reloaded(experiment), experiment);
  assert.deepEqual(
    reloaded(experiment).cooperate.arms.map(({ relationship }) => relationship),
    ['learned', 'known', 'learned'],
  );
});

test('with every kind of fault', () => {
  const experiment = smallExperiment([FAULTS]);
  assert.equal(experiment.faults.length, 15);
  assert.deepEqual(reloaded(experiment), experiment);
});

test('links that no entry can name become one entry each', () => {
  const links = [
    [0, 1],
    [1, 2],
    [2, 'coordinator'],
  ] as const;
  const fault: Fault = { at: { unit: 'ms', ms: 1_234.567_89 }, for: { unit: 'run' }, action: { kind: 'link', links, conditions: { loss: 0.5, delayMs: 0 } } };
  const entries = entriesOf(fault);
  assert.deepEqual(
    entries,
    ['0->1', '1->2', '2->coordinator'].map((link) => ({ at: '1234.568ms', link, loss: 0.5 })),
  );
  const { plan, complaints } = readFaults(entries, { agents: 6, cooperate: smallExperiment().cooperate, rounds: 'bsp' });
  assert.deepEqual(complaints, []);
  assert.equal(plan.length, 3);
});
