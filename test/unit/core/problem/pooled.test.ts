/** One model for all: the optimum of its own definition, whatever the loss; exact where it is a least-squares problem. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { LinearModel } from '../../../../core/problem/linear-model.ts';
import { sigmoid } from '../../../../core/problem/linear-model.ts';
import { LogisticModel } from '../../../../core/problem/logistic-model.ts';
import { pooledParameters } from '../../../../core/problem/pooled.ts';
import { score } from '../../../../core/problem/rows.ts';
import type { Rows } from '../../../../core/problem/rows.ts';
import { SquaredModel } from '../../../../core/problem/squared-model.ts';
import { Random } from '../../../../core/random.ts';

const FEATURES = 3;

function tasks(labels: boolean, slopes: readonly number[]): Rows[] {
  return [5, 12, 9, 20].map((count, agent) => {
    const random = new Random().rekey(3, agent, 'batch', 0);
    const x = Float64Array.from({ length: count * FEATURES }, () => random.gaussian());
    const y = Float64Array.from({ length: count }, (_, i) => {
      const z = agent - 1 + slopes.reduce((sum, slope, j) => sum + slope * x[i * FEATURES + j], 0);
      return labels ? Number(random.gaussian() < 2 * sigmoid(z) - 1) : z;
    });
    return { count, features: FEATURES, x, y };
  });
}

function gradient(models: readonly LinearModel[], parameters: readonly Float64Array[]): { own: number[]; common: number[] } {
  const common = Array.from({ length: FEATURES }, () => 0);
  const own = models.map((model, k) => {
    let sum = 0;
    for (let i = 0; i < model.rows.count; i++) {
      const slope = model.rowSlope(score(model.rows, i, parameters[k]), model.rows.y[i]);
      sum += slope;
      for (let j = 0; j < FEATURES; j++) common[j] += slope * model.rows.x[i * FEATURES + j];
    }
    return sum;
  });
  return { own, common };
}

describe('pooled parameters', () => {
  test('noiseless least squares: the slopes and intercepts behind the rows', () => {
    const slopes = [0.5, -2, 1];
    pooledParameters(tasks(false, slopes).map((rows) => new SquaredModel(rows))).forEach((w, agent) => {
      [agent - 1, ...slopes].forEach((value, at) => assert.ok(Math.abs(w[at] - value) < 1e-7, `agent ${agent}, coordinate ${at}: ${w[at]}`));
    });
  });

  test('labels: nothing is left to descend, neither in the slopes nor in an intercept', () => {
    const models = tasks(true, [1, 0, -1]).map((rows) => new LogisticModel(rows));
    const parameters = pooledParameters(models);
    const { own, common } = gradient(models, parameters);
    for (const value of [...own, ...common]) assert.ok(Math.abs(value) < 1e-5, `${[...own, ...common].join(' ')}`);
    assert.ok(parameters.every((w) => w.slice(1).every((slope, j) => slope === parameters[0][1 + j])));
  });
});
