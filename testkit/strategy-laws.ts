/**
 * The laws every strategy keeps, whatever the problem: run them on your own (and the built-in ones run them in CI).
 *
 *  1. Without neighbours, or with strength 0, it is learning alone.
 *  2. A common fixed point stays: agents that agree and have nothing to learn do not move.
 *  3. A missing neighbour is left out, never guessed: the result equals the one of the graph without that edge.
 *  4. The same inputs give the same bits.
 *  5. Its state is all it remembers: stopped between two iterations and continued by a new run, it ends in the same bits.
 */
import type { GradientTask, SolveTask, Task } from '../core/problem/problem.ts';
import { withDefaults, type OwnOptions } from '../core/own/define.ts';
import type { LocalView } from '../core/relationship/local-view.ts';
import { NO_VIEW } from '../core/relationship/local-view.ts';
import { nonCooperative } from '../core/strategy/non-cooperative.ts';
import type { Inbox, Strategy, StrategyContext, StrategyRun } from '../core/strategy/strategy.ts';
import { lawResult, sameBits, type LawResult, type Verdict } from './law-result.ts';

const DIMENSION = 3;
const ITERATIONS = 5;
const TOLERANCE = 1e-12;
const PAIR: LocalView = { kind: 'edges', neighbours: [0, 2], weights: [0.3, 0.2], strength: 0, hub: 0 };

/** What is said of learning alone is said of gradient steps. */
const NO_GRADIENT: Verdict = { passed: true, detail: 'it takes no gradient steps' };

const LAWS: Readonly<Record<string, (strategy: Strategy) => Verdict>> = {
  'without neighbours it is learning alone': (strategy) => {
    if (strategy.learns === 'solve') return NO_GRADIENT;
    const alone = finalOutput(strategy, { view: { ...PAIR, neighbours: [], weights: [] }, spectrumMax: 1 }, () => undefined);
    return compared(alone, learningAlone());
  },
  'at strength 0 it is learning alone': (strategy) => {
    if (strategy.learns === 'solve') return NO_GRADIENT;
    if (strategy.cooperatesOver !== 'relationship') return { passed: true, detail: 'it has no strength' };
    const weightless = finalOutput(strategy, { eta: 0, noise: 0, spectrumMax: 1 }, () => new Float64Array(DIMENSION).fill(100));
    return compared(weightless, learningAlone());
  },
  'a common fixed point stays': (strategy) => {
    if (strategy.learns === 'solve') return NO_GRADIENT;
    const still: GradientTask = { ...quadraticTask(), gradient: (_w, _step, out) => void out.fill(0) };
    const moved = finalOutput(strategy, { task: still, spectrumMax: 1.5 }, () => new Float64Array(DIMENSION));
    return compared(moved, new Float64Array(DIMENSION));
  },
  'a missing neighbour is left out': (strategy) => {
    return forEveryTask(strategy, (about) => {
      const only0 = finalOutput(strategy, { ...about, view: { ...PAIR, neighbours: [0], weights: [0.3] }, spectrumMax: 2 }, signalOf);
      const missing2 = finalOutput(strategy, { ...about, spectrumMax: 2 }, (agent) => (agent === 2 ? undefined : signalOf(agent)));
      return compared(missing2, only0);
    });
  },
  'the same inputs give the same bits': (strategy) => {
    return forEveryTask(strategy, (about) => {
      const [once, again] = [1, 2].map(() => finalOutput(strategy, { ...about, spectrumMax: 2 }, signalOf));
      return sameBits(again, once);
    });
  },
  'stopped after any iteration it continues elsewhere with the same bits': (strategy) => {
    return forEveryTask(strategy, (about) => {
      const context = contextWith({ ...about, spectrumMax: 2, isRecorded: (iteration) => iteration % 2 === 0 });
      const whole = strategy.start(context);
      iterate(whole, context.view, 1, ITERATIONS, signalOf);
      return firstFailure(Array.from({ length: ITERATIONS + 1 }, (_, stop) => sameBits(continued(strategy, context, stop), whole.output())));
    });
  },
};

/** Every law with whether it holds; never throws. */
export function checkStrategy(strategy: Strategy, options: OwnOptions = withDefaults(strategy.options ?? {}, {})): LawResult[] {
  const started: Strategy = { ...strategy, start: (context) => strategy.start({ ...context, options }) };
  return Object.entries(LAWS).map(([law, check]) => lawResult(law, () => check(started)));
}

function learningAlone(): Float64Array {
  return finalOutput(nonCooperative, { view: NO_VIEW }, () => undefined);
}

/** Runs agent 1 for a few iterations; `send` says what neighbour l sends (undefined: nothing arrived). */
function finalOutput(strategy: Strategy, partial: Partial<StrategyContext>, send: (agent: number) => Float64Array | undefined): Float64Array {
  const run = strategy.start(contextWith(partial));
  iterate(run, partial.view ?? PAIR, 1, ITERATIONS, send);
  return run.output().slice();
}

/** The same, by two runs: the second knows the first one's state only. Looking at the output is no part of it. */
function continued(strategy: Strategy, context: StrategyContext, stop: number): Float64Array {
  const first = strategy.start(context);
  iterate(first, context.view, 1, stop, signalOf);
  first.output();
  const second = strategy.start(context);
  second.state.forEach((vector, i) => vector.set(first.state[i]));
  iterate(second, context.view, stop + 1, ITERATIONS, signalOf);
  return second.output();
}

function iterate(run: StrategyRun, view: LocalView, from: number, to: number, send: (agent: number) => Float64Array | undefined): void {
  for (let iteration = from; iteration <= to; iteration++) {
    run.adapt(iteration);
    for (let hop = 0; hop < run.hops(iteration); hop++) run.combine(hop, inboxFor(view, run, send));
  }
}

function inboxFor(view: LocalView, run: StrategyRun, send: (agent: number) => Float64Array | undefined): Inbox {
  return { vectors: view.neighbours.map((agent) => send(agent)?.subarray(0, run.outgoing.length)), mean: undefined };
}

function contextWith(partial: Partial<StrategyContext>): StrategyContext {
  return {
    task: quadraticTask(),
    view: PAIR,
    agents: 3,
    stepSize: 0.1,
    eta: 0.5,
    ridge: 0,
    noise: 0.2,
    spectrumMax: 1,
    options: {},
    isRecorded: () => true,
    ...partial,
  };
}

/** loss = 1/2 ||w - (1, 2, 3)||^2, without noise. */
function quadraticTask(): GradientTask {
  const target = Float64Array.of(1, 2, 3);
  return {
    learns: 'gradient',
    dimension: DIMENSION,
    sharedFrom: 0,
    gradient: (w, _step, out) => out.forEach((_, m) => (out[m] = w[m] - target[m])),
    lossDifference: (w, other) => 0.5 * w.reduce((sum, value, m) => sum + (value - target[m]) ** 2 - (other[m] - target[m]) ** 2, 0),
    squaredDeviation: (w) => w.reduce((sum, value, m) => sum + (value - target[m]) ** 2, 0) / DIMENSION,
  };
}

/** Half-way to the optimum of 1/2 ||w - (1, 2, 3)||^2, the first coordinate private: what is left of a warm start shows. */
function warmTask(): SolveTask {
  const target = [1, 2, 3];
  const refitPrivate = (w: Float64Array): void => void (w[0] += 0.5 * (target[0] + 0.1 * w[1] - w[0]));
  return {
    learns: 'solve',
    dimension: DIMENSION,
    sharedFrom: 1,
    passes: 2,
    solve: (coupling, pull, step, w) => {
      for (let m = 1; m < DIMENSION; m++) w[m] += 0.5 * ((target[m] + pull[m - 1] + 0.01 * step) / (1 + coupling) - w[m]);
      refitPrivate(w);
    },
    lossGradient: (w, _rows, out) => {
      out.forEach((_, m) => (out[m] = w[m] - target[m]));
      return 0.5 * out.reduce((sum, difference) => sum + difference ** 2, 0);
    },
    refitPrivate,
  };
}

/** That the strategy can run on. */
function forEveryTask({ learns }: Strategy, check: (about: Pick<StrategyContext, 'task' | 'stepSize'>) => Verdict): Verdict {
  const tasks: readonly Task[] = [quadraticTask(), warmTask()].filter((task) => learns === undefined || task.learns === learns);
  // A table's arm has no step size; with one its agents learn together.
  return firstFailure(tasks.flatMap((task) => (task.learns === 'solve' ? [0, 0.1] : [0.1]).map((stepSize) => check({ task, stepSize }))));
}

function firstFailure(verdicts: readonly Verdict[]): Verdict {
  return verdicts.find(({ passed }) => !passed) ?? verdicts[0];
}

function signalOf(agent: number): Float64Array {
  return Float64Array.from({ length: DIMENSION }, (_, m) => Math.sin(1 + agent + m));
}

function compared(actual: Float64Array, expected: Float64Array): Verdict {
  const difference = actual.reduce((largest, value, m) => Math.max(largest, Math.abs(value - expected[m])), 0);
  return { passed: difference <= TOLERANCE, detail: `largest difference ${difference}` };
}
