import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ArmRunner } from '../../../agent/arm-runner.ts';
import type { Vectors } from '../../../agent/exchange.ts';
import { meanViews } from '../../../coordinator/views.ts';
import type { GradientTask } from '../../../core/problem/problem.ts';
import type { LocalView } from '../../../core/relationship/local-view.ts';
import { NO_VIEW } from '../../../core/relationship/local-view.ts';
import type { CooperateWork } from '../../../proto/messages.ts';

const PAIR: LocalView = { kind: 'edges', neighbours: [1, 2], weights: [0.25, 0.5], strength: 0, hub: 0 };
const SILENT = { recorded: (): void => {} };

/** Nothing to learn: what moves was moved by the neighbours. */
function still(dimension: number): GradientTask {
  return { learns: 'gradient', dimension, sharedFrom: 0, gradient: (_w, _step, out) => void out.fill(0), lossDifference: () => 0, squaredDeviation: () => 0 };
}

function runner(strategy: string, view: LocalView, agent: number, dimension = 1, etas: readonly number[] = []): ArmRunner {
  const work = { strategy, view, etas, stepSize: 1, noise: 0.5, spectrumMax: 2, lastIteration: 9, every: 1 } as unknown as CooperateWork;
  return new ArmRunner(still(dimension), work, agent, 3, SILENT);
}

/** What it returns, one after another, until it has reached the iteration. */
function told(arm: ArmRunner, until: number, budget: number, vectors: Vectors = []): string[] {
  const out: string[] = [];
  for (;;) {
    const next = arm.advance(until, budget);
    if (next === undefined) return out;
    out.push(typeof next === 'string' ? next : 'exchange');
    if (typeof next !== 'string') arm.deliver(next.receiveFrom.map((_, i) => vectors[i]));
  }
}

test('a boundary comes before every iteration, a pause after the budget of iterations without an exchange', () => {
  const alone = runner('non-cooperative', NO_VIEW, 0);
  assert.deepEqual(told(alone, 5, 2), ['boundary', 'boundary', 'pause', 'boundary', 'boundary', 'pause', 'boundary']);
  assert.deepEqual(told(alone, 6, 2), ['boundary']);
  assert.deepEqual(told(runner('consensus', PAIR, 0), 3, 1), ['boundary', 'exchange', 'boundary', 'exchange', 'boundary', 'exchange']);
});

test('a vector that is missing is left out for its round only, whatever buffers the vectors come in', () => {
  const arm = runner('consensus', PAIR, 0);
  const reused = Float64Array.of(1);
  const rounds: [Vectors, number][] = [
    [[reused, undefined], 0.25],
    [[undefined, undefined], 0.25],
    [[undefined, Float64Array.of(1)], 0.625],
    [[reused, Float64Array.of(0.625)], 0.71875],
    [[], 0.71875],
  ];
  rounds.forEach(([vectors, expected], i) => {
    told(arm, i + 1, 9, vectors);
    assert.equal(arm.runs[0].output()[0], expected, `round ${i + 1}`);
  });
});

test('it tells how many transport steps an iteration has: a stand-in must be of the same one', () => {
  const [hub] = meanViews(3, 1);
  const steps = [runner('consensus', PAIR, 0), runner('consensus', hub, 0), runner('filter', PAIR, 0), runner('filter', hub, 0)].map((arm) => {
    const exchanges = told(arm, 1, 9).filter((what) => what === 'exchange').length;
    assert.equal(arm.transportSteps, exchanges);
    return exchanges;
  });
  assert.deepEqual(steps, [1, 2, 2, 4]);
});

test('every candidate of a bank sees its own part of what arrived, also after a round without it', () => {
  const arm = runner('multitask', PAIR, 0, 1, [0.25, 0.5]);
  told(arm, 1, 9, [Float64Array.of(16, 32), undefined]);
  told(arm, 2, 9, [undefined, undefined]);
  told(arm, 3, 9, [undefined, Float64Array.of(1, 4)]);
  assert.deepEqual(
    arm.runs.map((run) => run.output()[0]),
    [1, 4],
  );
});

test('an agent that the mean does not reach is not pulled in that round', () => {
  const leaf = runner('consensus', meanViews(3, 1)[1], 1);
  const means = [Float64Array.of(3), undefined, Float64Array.of(5)];
  const outputs = means.map((mean, i) => {
    told(leaf, i + 1, 9, [mean]);
    return leaf.runs[0].output()[0];
  });
  assert.deepEqual(outputs, [3, 3, 5]);
});
