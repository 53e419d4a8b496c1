/**
 * The graph on top of the prior: landmine's soil types and the negative controls of algorithms-3, section 5. The runs are
 * direct ones, whose bits are those of `simulated`: test/unit/sim/direct-run.test.ts.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { RunResult } from '../../core/run-result.ts';
import { direct } from '../support/experiments.ts';
import { change, errorOf, mean, ROWS, SPLITS, tableExperiment, whyNot } from '../support/hierarchical-demand.ts';

const ARMS = ['complete', 'learned', 'permuted'] as const;
const arms = `cooperate.arms=[{ strategy: non-cooperative }, ${ARMS.map((name) => `{ strategy: hierarchical, guard: false, relationship: ${name} }`).join(', ')}]`;
const FIELDS_OF_FIRST_SOIL = 15;

function runs(data: string, train: number, covariance: string, loss?: string): RunResult[] {
  const section = `relationship={ estimator: hierarchical, graph: always, covariance: ${covariance} }`;
  return SPLITS.map((split) => direct(tableExperiment(data, train, split, [arms, section], loss)));
}

const errors = (results: readonly RunResult[], arm: number): number[] => results.map((result) => errorOf(result, arm));

/** The share of the learned weight between fields of one soil. */
function shareWithinSoils({ relationship }: RunResult): number {
  let [within, all] = [0, 0];
  relationship!.laplacian!.forEach((row, i) =>
    row.slice(0, i).forEach((entry, j) => {
      all -= entry;
      if (i < FIELDS_OF_FIRST_SOIL === j < FIELDS_OF_FIRST_SOIL) within -= entry;
    }),
  );
  return within / all;
}

describe('landmine (160), diagonal covariance', { skip: whyNot('landmine') }, () => {
  test('exchangeable -6.1 +- 1, learned -8.8 +- 1, permuted -6.3 +- 1, learned better than permuted by 1.5; .70 of the weight within soil types', (context) => {
    const results = runs('landmine', 160, 'diagonal', 'logistic');
    const { alone } = ROWS.find(({ data, train }) => data === 'landmine' && train === 160)!;
    const [complete, learned, permuted] = ARMS.map((_, i) => change(errors(results, i + 1), alone));
    const shares = results.map(shareWithinSoils);
    context.diagnostic(`exchangeable ${complete.toFixed(2)} (-6.1), learned ${learned.toFixed(2)} (-8.8), permuted ${permuted.toFixed(2)} (-6.3) %`);
    context.diagnostic(`within soil types ${shares.map((share) => share.toFixed(3)).join(' ')}, mean ${mean(shares).toFixed(3)}`);
    for (const result of results) context.diagnostic(result.relationship!.diagnostics.find(({ code }) => code.startsWith('GRAPH'))!.message);
    assert.ok(Math.abs(complete + 6.1) <= 1 && Math.abs(learned + 8.8) <= 1 && Math.abs(permuted + 6.3) <= 1);
    assert.ok(learned - permuted <= -1.5);
    assert.ok(mean(shares) >= 0.7);
  });

  test('with all rows at least .85 of the weight is within the soil types', (context) => {
    const section = 'relationship={ estimator: hierarchical, graph: always, covariance: diagonal }';
    const share = shareWithinSoils(direct(tableExperiment('landmine', 0.999, 0, [section], 'logistic')));
    context.diagnostic(`within soil types ${share.toFixed(3)}`);
    assert.ok(share >= 0.85, `${share}`);
  });
});

for (const [data, train] of [
  ['exam', 8],
  ['irish_wind', 60],
  ['parkinsons', 20],
] as const)
  for (const covariance of ['diagonal', 'full'])
    test(`${data} (${train}), ${covariance} covariance: a graph changes nothing, within .3 points`, { skip: whyNot(data) }, (context) => {
      const results = runs(data, train, covariance);
      const [complete, learned] = [1, 2].map((arm) => change(errors(results, arm), errors(results, 0)));
      context.diagnostic(`exchangeable ${complete.toFixed(2)} %, learned ${learned.toFixed(2)} %`);
      assert.ok(Math.abs(learned - complete) <= 0.3, `${learned - complete}`);
    });
