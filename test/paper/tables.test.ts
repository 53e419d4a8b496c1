/** One split of the tables that ship with the project; test/acceptance has all five of all three. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { example, simulated } from '../support/experiments.ts';

test("us-states, split 0: alone is the study's .04558 within 3 %, and the complete graph helps", () => {
  const result = simulated(example('us-states', ['cooperate.arms=[{strategy: non-cooperative}, {strategy: multitask, relationship: complete}]']));
  const [alone, complete] = result.arms.map((arm) => arm.steadyError / result.problem!.targetSd!);
  assert.ok(Math.abs(alone / 0.04558 - 1) < 0.03, `alone ${alone}`);
  assert.ok(complete < 0.85 * alone, `complete ${complete}, alone ${alone}`);
  assert.equal(result.arms[0].errorByAgent.length, 48);
});

test('irish-wind with mini-batch SGD is within 3 % of the exact local solves, arm by arm', () => {
  const overrides = ['problem.split.seed=0'];
  const stochastic = simulated(example('irish-wind', overrides));
  const exact = simulated(example('irish-wind', [...overrides, 'problem.batch=null']));
  stochastic.arms.forEach((arm, index) => {
    const off = 100 * (arm.steadyError / exact.arms[index].steadyError - 1);
    console.log(
      `irish-wind ${arm.strategy} ${arm.relationship}: batch 8 ${arm.steadyError.toFixed(4)}, exact ${exact.arms[index].steadyError.toFixed(4)} (${off.toFixed(2)} %)`,
    );
    // Posteriors take no mini-batches.
    const isSame = arm.parametersSha256 === exact.arms[index].parametersSha256;
    assert.equal(isSame, arm.strategy === 'hierarchical', 'it is not the exact solve in disguise');
    assert.ok(Math.abs(off) <= 3, `${arm.strategy} is ${off} % off`);
  });
});
