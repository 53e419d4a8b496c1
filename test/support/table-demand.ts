/**
 * Real tables, mean of split seeds 0 to 4 (the first one over the simulated network, too, with equal bits), against the bands of the tables study
 * (algorithms-3 section 5, column STL; changes against learning alone).
 */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import type { RunResult } from '../../core/run-result.ts';
import { digests, direct, example, simulated } from './experiments.ts';

const SPLITS = [0, 1, 2, 3, 4];
const ARMS = { alone: 0, consensus: 1, complete: 2, learned: 3, permuted: 4 };
type ArmName = keyof typeof ARMS;

export interface TableDemand {
  /** The file under examples/, without .yaml. */
  readonly name: string;
  readonly alone: number;
  readonly alonePercent: number;
  /** Gain of complete against alone, in %. */
  readonly complete: readonly [number, number];
  readonly error: (result: RunResult, arm: number) => number;
  /** Where they go on for hundreds of rounds over many links: so many rounds of the arms are run over the network. To the end if absent. */
  readonly networkedSteps?: number;
  readonly environment?: NodeJS.ProcessEnv;
  readonly skip?: string | false;
}

export const relativeRmse = (result: RunResult, arm: number): number => result.arms[arm].steadyError / result.problem!.targetSd!;
export const oneMinusAuc = (result: RunResult, arm: number): number => 1 - result.arms[arm].auc!;

export function demandTable(demand: TableDemand): void {
  describe(`examples/${demand.name}.yaml, split seeds 0-4`, { skip: demand.skip ?? false }, () => {
    const errors: Record<ArmName, number> = { alone: 0, consensus: 0, complete: 0, learned: 0, permuted: 0 };
    const arms = Object.entries(ARMS) as [ArmName, number][];
    const gain = (arm: ArmName): number => 100 * (1 - errors[arm] / errors.alone);
    before(() => {
      for (const split of SPLITS) {
        const experiment = example(demand.name, [`problem.split.seed=${split}`], demand.environment);
        const result = direct(experiment);
        assert.equal(result.status, 'completed', result.error?.message);
        for (const [arm, index] of arms) errors[arm] += demand.error(result, index) / SPLITS.length;
      }
      const cut = demand.networkedSteps === undefined ? [] : [`cooperate.steps=${demand.networkedSteps}`];
      const first = example(demand.name, [`problem.split.seed=${SPLITS[0]}`, ...cut], demand.environment);
      assert.deepEqual(digests(simulated(first)), digests(direct(first)));
      console.log(`${demand.name}: ${arms.map(([arm]) => `${arm} ${errors[arm].toFixed(5)} (${gain(arm).toFixed(1)} %)`).join(', ')}`);
    });

    test(`alone is ${demand.alone} within ${demand.alonePercent} %`, () => {
      assert.ok(Math.abs(errors.alone / demand.alone - 1) <= demand.alonePercent / 100, `alone ${errors.alone}`);
    });
    test(`complete is better by ${demand.complete.join(' to ')} %`, () => {
      assert.ok(gain('complete') >= demand.complete[0] && gain('complete') <= demand.complete[1], `${gain('complete')} %`);
    });
    test('learned is not worse than complete by more than 2 points', () => {
      assert.ok(gain('learned') >= gain('complete') - 2, `learned ${gain('learned')} %, complete ${gain('complete')} %`);
    });
  });
}
