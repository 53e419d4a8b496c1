/** The graph on top of a prior, against what it is defined by; its gate. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { hierarchicalChain } from '../../../../core/hierarchical/chain.ts';
import { graphGate } from '../../../../core/hierarchical/gate.ts';
import { couplingOf, graphChain, graphOnTop } from '../../../../core/hierarchical/graph.ts';
import { informationOf } from '../../../../core/hierarchical/information.ts';
import { precisionOf, squaredPosterior, timesVector } from '../../../../core/hierarchical/posterior.ts';
import { trace } from '../../../../core/linalg/matrix.ts';
import type { Rows } from '../../../../core/problem/rows.ts';
import { draw } from '../../../../core/random.ts';
import { completeLaplacian } from '../../../../core/relationship/controls.ts';
import { projectRoot } from '../../../support/project.ts';
import { answered, standardTable, type StandardTable } from '../../../support/standard-table.ts';

const table = standardTable(join(projectRoot, 'examples', 'data', 'us_productivity.csv'), 6, 0);
const fit = answered(hierarchicalChain({ ...table, noise: 'own', covariance: 'diagonal' }), table);
const K = table.information.length;

function modelsOf(laplacian: ReturnType<typeof graphOnTop>): Float64Array[] {
  const questions = answered(graphChain(fit, couplingOf(laplacian), 'squared'), table);
  return questions.map(({ belief, noise }, k) => squaredPosterior(table.information[k], belief, noise).mean);
}

test('over the complete graph the models are those of the prior alone', () => {
  modelsOf(completeLaplacian(K, K - 1)).forEach((w, k) =>
    w.forEach((value, j) => assert.ok(Math.abs(value - fit.posteriors[k].mean[j]) < 1e-5, `agent ${k}: ${value}, alone ${fit.posteriors[k].mean[j]}`)),
  );
});

test('every agent, told its neighbours as a prior, finds its part of the joint solution: A w / s + sum q P w = h / s', () => {
  const laplacian = graphOnTop(fit);
  assert.ok(Math.abs(trace(laplacian) - (K - 1)) < 1e-9);
  const coupling = couplingOf(laplacian);
  const models = modelsOf(laplacian);
  const precision = precisionOf(fit.prior.covariance);
  const pulls = models.map((w) => timesVector(precision, w));
  models.forEach((w, k) => {
    const { matrix, moment } = table.information[k];
    const s = fit.noise.byAgent[k];
    timesVector(matrix, w).forEach((value, j) => {
      const pull = pulls.reduce((sum, one, l) => sum + coupling.data[k * K + l] * one[j], 0);
      const scale = pulls.reduce((sum, one, l) => sum + Math.abs(coupling.data[k * K + l] * one[j]), 1);
      assert.ok(Math.abs((value - moment[j]) / s + pull) < 1e-7 * scale, `agent ${k}, coordinate ${j}`);
    });
  });
});

test('two kinds of agents: the weight lies within them, as far as shrinking halfway to the complete graph lets it', () => {
  const two = tableOfTwoKinds(12);
  const laplacian = graphOnTop(answered(hierarchicalChain({ ...two, noise: 'own', covariance: 'diagonal' }), two));
  let [within, all] = [0, 0];
  for (let i = 0; i < 12; i++)
    for (let j = 0; j < i; j++) {
      const weight = -laplacian.data[i * 12 + j];
      all += weight;
      if (i % 2 === j % 2) within += weight;
    }
  assert.ok(within / all > 0.8, `${within / all} of the weight is within the kinds`);
});

describe('the gate', () => {
  test('opens for a gain above one standard error', () => assert.ok(graphGate([1, 2, 3, 4], [0.9, 1.9, 2.8, 3.8]).isOpen));
  test('stays shut for a gain by chance, and for none', () => {
    assert.ok(!graphGate([1, 2, 3, 4], [0.1, 2.5, 3.4, 3.7]).isOpen);
    assert.ok(!graphGate([1, 2], [1, 2]).isOpen);
  });
});

/** Slopes +1 or -1 by kind, 15 rows each. */
function tableOfTwoKinds(agents: number): StandardTable {
  const training = Array.from({ length: agents }, (_, agent): Rows => {
    const random = draw(3, agent, 'truth', 0);
    const x = Float64Array.from({ length: 45 }, () => random.gaussian());
    const sign = agent % 2 === 0 ? 1 : -1;
    return { count: 15, features: 3, x, y: Float64Array.from({ length: 15 }, (_, i) => sign * (x[3 * i] + x[3 * i + 1]) + 0.3 * random.gaussian()) };
  });
  const information = training.map(informationOf);
  return { training, test: [], information, rows: new Float64Array(agents).fill(15), dimension: 4 };
}
