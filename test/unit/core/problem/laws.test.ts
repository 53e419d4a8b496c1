import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createTableTask, splitRows, type TableTask, type TableTaskOptions } from '../../../../core/problem/csv-table.ts';
import { createGmrfTask } from '../../../../core/problem/gmrf-regression.ts';
import { LogisticModel } from '../../../../core/problem/logistic-model.ts';
import type { LinearModel } from '../../../../core/problem/linear-model.ts';
import type { GradientTask, SolveTask, Task } from '../../../../core/problem/problem.ts';
import { score } from '../../../../core/problem/rows.ts';
import { SquaredModel } from '../../../../core/problem/squared-model.ts';
import { mergeMoments, moments, standardization } from '../../../../core/problem/standardize.ts';
import { StochasticSolver } from '../../../../core/problem/stochastic-solver.ts';
import { checkProblem, slopes, type ProblemSubject } from '../../../../testkit/problem-laws.ts';
import { someRows } from './fixture.ts';

const TRUTH = Float64Array.of(1, -0.5, 0.25, 2, 0, -3);
const gmrf: ProblemSubject<GradientTask> = {
  create: () => createGmrfTask({ truth: TRUTH, batch: 5, noise: 0.7, seed: 3, agent: 1 }),
  // 1/2 E (u'w - d)^2, u ~ N(0, I)
  loss: (w) => 0.5 * (w.reduce((sum, x, m) => sum + (x - TRUTH[m]) ** 2, 0) + 0.7),
};

function table(options: Pick<TableTaskOptions, 'batch'> & { loss: 'squared' | 'logistic' }): ProblemSubject<TableTask> {
  const rows = someRows(90, 4, 11, options.loss === 'logistic');
  const data = splitRows(rows, 2, { train: 60, seed: 1, order: 'random', tooFew: 'refuse' });
  const standard = standardization(mergeMoments([moments(data.training)]), 'global', options.loss);
  const create = (): TableTask<LinearModel> => createTableTask(data, standard, { ...options, subset: 'all', seed: 5, agent: 2 });
  return { create, loss: lossOf(create().model) };
}

function lossOf(model: LinearModel): (w: Float64Array) => number {
  return (w) => Array.from(model.rows.y).reduce((sum, y, i) => sum + model.rowLoss(score(model.rows, i, w), y), 0);
}

const SUBJECTS: Readonly<Record<string, ProblemSubject>> = {
  'gmrf-regression': gmrf,
  'csv-table, squared': table({ loss: 'squared' }),
  'csv-table, logistic': table({ loss: 'logistic' }),
  'csv-table, squared, batches': table({ loss: 'squared', batch: 8 }),
  'csv-table, logistic, batches': table({ loss: 'logistic', batch: 8 }),
};

describe('the built-in problems keep the laws', () => {
  for (const [name, subject] of Object.entries(SUBJECTS)) {
    const results = checkProblem(subject);
    test(`${name}: there are laws`, () => assert.equal(results.length, 6));
    for (const { law, passed, detail } of results) test(`${name}: ${law}`, () => assert.ok(passed, detail));
  }
});

describe('the batches of local SGD add up to the gradient', () => {
  for (const model of [new SquaredModel(someRows(61, 4, 1)), new LogisticModel(someRows(61, 4, 1, true))]) {
    test(model.constructor.name, () => {
      const solver = new StochasticSolver(model, { batch: 8, seed: 3, agent: 5 });
      const start = Float64Array.of(0.3, -1, 0.5, 2, 0.1);
      const w = start.slice();
      // So late that a step is tiny: one epoch then moves along the gradient at its start.
      solver.solve(0, new Float64Array(4), 1e8, w);
      const expected = slopes(lossOf(model), start);
      const moved = w.map((x, m) => start[m] - x);
      const ratio = moved[0] / expected[0];
      assert.ok(ratio > 0);
      for (let m = 0; m < w.length; m++) assert.ok(Math.abs(moved[m] / expected[m] / ratio - 1) < 1e-4, `coordinate ${m}`);
    });
  }
});

describe('the laws find problems that break them', () => {
  const solving = table({ loss: 'squared' });
  const altered = <T extends Task>({ create, loss }: ProblemSubject<T>, alter: (task: T) => Partial<T>): ProblemSubject<T> => ({
    create: () => {
      const task = create();
      return { ...task, ...alter(task) };
    },
    loss,
  });
  const failing = (subject: ProblemSubject): string[] =>
    checkProblem(subject)
      .filter(({ passed }) => !passed)
      .map(({ law }) => law);
  const broken = <T extends Task>(name: string, subject: ProblemSubject<T>, alter: (task: T) => Partial<T>, law: RegExp): void => {
    test(name, () => {
      const laws = failing(altered(subject, alter));
      assert.ok(laws.length > 0 && laws.every((one) => law.test(one)), laws.join(', '));
    });
  };
  const scaled = (task: GradientTask): Partial<GradientTask> => ({
    gradient: (w, step, out) => {
      task.gradient(w, step, out);
      out[3] *= 1.1;
    },
  });
  broken('a gradient 10 % too long in one coordinate', gmrf, scaled, /average/);
  const moving = (task: GradientTask): Partial<GradientTask> => ({
    gradient: (w, step, out) => {
      task.gradient(w, step, out);
      w[0] += 1;
    },
  });
  broken('a gradient that moves w', gmrf, moving, /not changed/);
  let asked = 0;
  const counting = (task: GradientTask): Partial<GradientTask> => ({ gradient: (w, _step, out) => task.gradient(w, asked++, out) });
  broken('draws that depend on how often they were asked for', gmrf, counting, /key/);
  const comparing = (name: string, law: RegExp, compare: (task: GradientTask, ...of: Parameters<GradientTask['lossDifference']>) => number): void =>
    broken(name, gmrf, (task) => ({ lossDifference: (w, other, step) => compare(task, w, other, step) }), law);
  comparing('a difference 5 % too large', /mean of the batch differences/, (task, w, other, step) => 1.05 * task.lossDifference(w, other, step));
  let told = 0;
  comparing('rows that depend on how often they were asked for', /keyed/, (task, w, other) => task.lossDifference(w, other, told++));
  const origin = new Float64Array(6);
  comparing('two points on different rows', /same rows/, (task, w, other, step) => {
    return task.lossDifference(w, origin, step) - task.lossDifference(other, origin, step + 1);
  });
  comparing('a comparison that moves a point', /no point/, (task, w, other, step) => {
    const difference = task.lossDifference(w, other, step);
    other[0] += 1e-9;
    return difference;
  });
  const uncoupled = (task: SolveTask): Partial<SolveTask> => ({ solve: (_c, pull, step, w) => task.solve(0, pull, step, w) });
  broken('a solve that forgets the coupling', solving, uncoupled, /flat/);
  broken('passes that forget the coupling', table({ loss: 'logistic', batch: 8 }), uncoupled, /flat/);
  const spoiling = (task: SolveTask): Partial<SolveTask> => ({
    solve: (coupling, pull, step, w) => {
      task.solve(coupling, pull, step, w);
      pull[0] = 0;
    },
  });
  broken('a solve that eats the pull', solving, spoiling, /pull|bits|flat/);
  let solved = 0;
  const drifting = (task: SolveTask): Partial<SolveTask> => ({
    solve: (coupling, pull, step, w) => {
      task.solve(coupling, pull, step, w);
      w[1] += 1e-12 * solved++;
    },
  });
  broken('a solve that remembers', solving, drifting, /bits/);
  broken('a refit that does nothing', solving, () => ({ refitPrivate: () => {} }), /flattens/);
  broken('a refit of everything', solving, (task) => ({ refitPrivate: (w) => task.solve(0, new Float64Array(4), 1, w) }), /refitting/);
});
