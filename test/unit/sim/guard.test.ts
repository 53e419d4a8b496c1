/** The guard end to end: what was learned raises no alarm; the same graph on wrong agents, pulled hard, raises it and falls back. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { RunResult } from '../../../core/run-result.ts';
import { resultTables } from '../../../cli/result-table.ts';
import { digests, direct, example, simulated, smallExperiment } from '../../support/experiments.ts';

const STRONG = '{strategy: multitask, relationship: permuted, eta: 3}';
const ARMS = `cooperate.arms=[{strategy: non-cooperative}, {strategy: multitask}, {strategy: filter}, ${STRONG}, ${STRONG.replace('3}', '3, guard: false}')}]`;

/** The paper's small setting (algorithms-1, section 4), mu = 4e-2. */
const run = (seed: number): RunResult =>
  direct(example('paper', [`seed=${seed}`, 'relationship.estimator=cgl', 'cooperate.stepSize=0.04', 'cooperate.steps=300', ARMS]));

describe('on the reference graph, three seeds', () => {
  for (const seed of [1, 2, 3]) {
    const result = run(seed);
    const [alone, learned, filtered, guarded, unguarded] = result.arms;
    const alarms = result.diagnostics.filter(({ code }) => code === 'NEGATIVE_TRANSFER');

    test(`seed ${seed}: the learned relationship helps, and nobody is alarmed`, () => {
      for (const arm of [learned, filtered]) {
        assert.ok(arm.gain!.low! > 0 && arm.fellBack === null);
        assert.ok(arm.gainByAgent!.filter((one) => one!.low! > 0).length >= 8);
      }
      assert.ok(alarms.every(({ message }) => message.startsWith('multitask (permuted)')));
    });
    test(`seed ${seed}: the gain is half the difference of the squared deviations of all coordinates`, () => {
      const exact = ((alone.steadyError - learned.steadyError) * 200 * 10) / 2;
      assert.ok(Math.abs(learned.gain!.gain - exact) < learned.gain!.high! - learned.gain!.low!, `${learned.gain!.gain} for ${exact}`);
    });
    test(`seed ${seed}: permuted and pulled hard, it harms: named agents, and the bits of learning alone`, () => {
      assert.equal(alarms.length, 2);
      assert.match(alarms[0].message, /on fresh batches agent \d \(loss \+\d/);
      assert.ok(guarded.gain!.high! < 0);
      assert.ok(guarded.fellBack!.steadyError > alone.steadyError);
      assert.equal(guarded.parametersSha256, alone.parametersSha256);
      assert.equal(guarded.steadyError, alone.steadyError);
      assert.deepEqual(guarded.curve, alone.curve);
      assert.equal(unguarded.steadyError, guarded.fellBack!.steadyError);
      assert.equal(unguarded.fellBack, null);
      const printed = resultTables(result);
      assert.match(printed, /\nnote GUARD_FELL_BACK: /);
      assert.match(printed, /\nnote NETWORK_HARMED: .*the guard is off/);
      assert.match(printed, /multitask +permuted .* fell back /);
    });
  }
});

test('messages that are lost and come twice change neither the gain nor the fall', () => {
  const small = [
    'problem.noise=20',
    'cooperate.steps=240',
    'cooperate.stepSize=0.05',
    `cooperate.arms=[{strategy: multitask}, ${STRONG}]`,
    'relationship.estimator=cgl',
  ];
  const calm = simulated(smallExperiment(small));
  const rough = simulated(smallExperiment([...small, 'faults=[{ link: all, duplicate: 2%, loss: 2% }]']));
  assert.deepEqual(digests(rough), digests(calm));
  assert.deepEqual(
    rough.arms.map(({ gainByAgent, fellBack }) => ({ gainByAgent, fellBack })),
    calm.arms.map(({ gainByAgent, fellBack }) => ({ gainByAgent, fellBack })),
  );
  assert.ok(calm.arms[1].fellBack);
});
