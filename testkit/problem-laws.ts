/**
 * The laws every problem keeps, to be run over one task of your own problem (and over the built-in ones in CI).
 *
 * A task hides its data, so the suite is given what it may not ask for: the loss, evaluated from w alone. Gradients of
 * the loss come from central differences, (f(w + h e_m) - f(w - h e_m)) / 2h, whose error is O(h^2).
 *
 * gradient  1 the mean of the batch gradients over steps is the gradient of the loss, within standard errors
 *           2 w is not changed              3 a step's draws depend on its key alone
 *           4 the mean of the compared batch losses is the difference of the losses; comparing changes nothing and is keyed;
 *             both points are asked about the same rows
 * solve     1 where it ends, loss(w) + c/2 ||w_S||^2 - pull' w_S is flat, for a weak and for a strong coupling
 *           2 the pull is not changed       3 equal inputs give equal bits, whatever was solved before
 *           4 refitPrivate leaves the shared coordinates alone and flattens the loss in the private ones
 */
import { draw } from '../core/random.ts';
import type { GradientTask, SolveTask, Task } from '../core/problem/problem.ts';
import { lawResult, sameBits, type LawResult, type Verdict } from './law-result.ts';

export interface ProblemSubject<T extends Task = Task> {
  /** A fresh task of one agent; equal at every call. */
  readonly create: () => T;
  /** The loss its gradients estimate (gradient), or the sum of the loss over the training rows (solve). */
  readonly loss: (w: Float64Array) => number;
}

export interface ProblemLawOptions {
  readonly seed?: number;
  /** Gradient tasks: how many batches the mean is over. */
  readonly batches?: number;
  /** Solve tasks: how much of the slope at the start may be left at the end. The default follows from `passes`. */
  readonly flatness?: number;
}

/** Of 100 coordinates one is beyond this by chance once in 20,000 runs. */
const STANDARD_ERRORS = 5;
/** Of the largest slope: what central differences cannot tell from zero. */
const DIFFERENCE_ERROR = 1e-6;
/** Exact solves end in rounding; passes of stochastic gradients stay in the noise of their last steps (measured: 0.04 and 0.15). */
const FLATNESS_EXACT = 1e-6;
const FLATNESS_STOCHASTIC = 0.2;
const COUPLINGS = [0.5, 50];

/** Every law with whether it holds; never throws. */
export function checkProblem(subject: ProblemSubject, options: ProblemLawOptions = {}): LawResult[] {
  const isGradient = (one: ProblemSubject): one is ProblemSubject<GradientTask> => one.create().learns === 'gradient';
  return isGradient(subject) ? checkGradientTask(subject, options) : checkSolveTask(subject as ProblemSubject<SolveTask>, options);
}

function checkGradientTask(subject: ProblemSubject<GradientTask>, { seed = 1, batches = 20_000 }: ProblemLawOptions): LawResult[] {
  const task = subject.create();
  const w = point(task.dimension, seed, 0);
  const gradientAt = (of: GradientTask, step: number, at = w.slice()): Float64Array => {
    const out = new Float64Array(of.dimension);
    of.gradient(at, step, out);
    return out;
  };
  return [
    lawResult('the batch average is the gradient of the loss', () => unbiased(slopes(subject.loss, w), (step) => gradientAt(task, step), batches)),
    lawResult('w is not changed', () => {
      const given = w.slice();
      gradientAt(task, 7, given);
      return sameBits(given, w);
    }),
    lawResult('a step is drawn by its key alone', () => {
      gradientAt(task, 8);
      return sameBits(gradientAt(task, 3), gradientAt(subject.create(), 3));
    }),
    ...comparisonLaws(subject, w, gradientAt, batches),
  ];
}

function comparisonLaws(
  { create, loss }: ProblemSubject<GradientTask>,
  w: Float64Array,
  gradientAt: (of: GradientTask, step: number) => Float64Array,
  batches: number,
): LawResult[] {
  const task = create();
  const other = w.map((x, m) => 0.5 * x + Math.sin(m));
  const difference = (of: GradientTask, step: number): Float64Array => Float64Array.of(of.lossDifference(w, other, step));
  return [
    lawResult('the mean of the batch differences is the difference of the losses', () =>
      unbiased(Float64Array.of(loss(w) - loss(other)), (step) => difference(task, step), batches),
    ),
    lawResult('comparing changes no gradient and no point, and is keyed', () => {
      const [one, two] = [w.slice(), other.slice()];
      task.lossDifference(one, two, 3);
      const verdicts = [
        sameBits(one, w),
        sameBits(two, other),
        sameBits(gradientAt(task, 3), gradientAt(create(), 3)),
        sameBits(difference(task, 5), difference(create(), 5)),
      ];
      return verdicts.find(({ passed }) => !passed) ?? verdicts[0];
    }),
    lawResult('both points are asked about the same rows', () => sameRows(task, w, other, Math.min(batches, 1_000))),
  ];
}

/** On the same rows a point a hundredth of the way there differs by a hundredth, give or take; on other rows by as much as ever. */
function sameRows(task: GradientTask, w: Float64Array, other: Float64Array, steps: number): Verdict {
  const near = w.map((x, m) => x + 0.01 * (other[m] - x));
  let little = 0;
  let whole = 0;
  for (let step = 1; step <= steps; step++) {
    little += task.lossDifference(w, near, step) ** 2;
    whole += task.lossDifference(w, other, step) ** 2;
  }
  const share = Math.sqrt(little / whole);
  return { passed: share < 0.05, detail: `a hundredth of the way makes ${(100 * share).toFixed(1)} % of the difference` };
}

/** mean over steps of g - expected, coordinate by coordinate, in standard errors of that mean. */
function unbiased(expected: Float64Array, gradientAt: (step: number) => Float64Array, batches: number): Verdict {
  const sum = new Float64Array(expected.length);
  const squares = new Float64Array(expected.length);
  for (let step = 1; step <= batches; step++) {
    gradientAt(step).forEach((g, m) => {
      sum[m] += g - expected[m];
      squares[m] += (g - expected[m]) ** 2;
    });
  }
  const floor = DIFFERENCE_ERROR * largest(expected);
  const deviations = expected.map((_, m) => {
    const bias = sum[m] / batches;
    const standardError = Math.sqrt(Math.max(squares[m] / batches - bias ** 2, 0) / batches);
    return Math.max(Math.abs(bias) - floor, 0) / Math.max(standardError, Number.MIN_VALUE);
  });
  const worst = largest(deviations);
  return { passed: worst <= STANDARD_ERRORS, detail: `${worst.toFixed(1)} standard errors over ${batches} batches` };
}

function checkSolveTask(subject: ProblemSubject<SolveTask>, options: ProblemLawOptions): LawResult[] {
  const { seed = 1 } = options;
  const task = subject.create();
  const pull = point(task.dimension - task.sharedFrom, seed, 1);
  return [
    ...COUPLINGS.map((coupling) =>
      lawResult(`it ends where the coupled loss is flat (coupling ${coupling})`, () => {
        const flatness = options.flatness ?? (task.passes === 1 ? FLATNESS_EXACT : FLATNESS_STOCHASTIC);
        return flat(coupled(subject.loss, task.sharedFrom, coupling, pull), new Float64Array(task.dimension), (w) => settle(task, coupling, pull, w), flatness);
      }),
    ),
    lawResult('the pull is not changed', () => {
      const before = pull.slice();
      task.solve(1, pull, 7, new Float64Array(task.dimension));
      return sameBits(pull, before);
    }),
    lawResult('equal inputs give equal bits', () => {
      const [used, fresh] = [task, subject.create()].map((one) => {
        const w = point(task.dimension, seed, 2);
        one.solve(2, pull, 3, w);
        return w;
      });
      return sameBits(used, fresh);
    }),
    ...refitLaws(subject, task, seed),
  ];
}

function refitLaws(subject: ProblemSubject<SolveTask>, task: SolveTask, seed: number): LawResult[] {
  const start = point(task.dimension, seed, 3);
  const refitted = start.slice();
  const shared = (w: Float64Array): Float64Array => w.subarray(task.sharedFrom);
  return [
    lawResult('refitting leaves the shared coordinates alone', () => {
      task.refitPrivate(refitted);
      return sameBits(shared(refitted), shared(start));
    }),
    lawResult('refitting flattens the loss in the private coordinates', () => {
      const ofPrivate = (own: Float64Array): number => subject.loss(Float64Array.from([...own, ...shared(start)]));
      return flat(ofPrivate, start.slice(0, task.sharedFrom), (own) => own.set(refitted.subarray(0, task.sharedFrom)), FLATNESS_EXACT);
    }),
  ];
}

function settle(task: SolveTask, coupling: number, pull: Float64Array, w: Float64Array): void {
  for (let pass = 1; pass <= task.passes; pass++) task.solve(coupling, pull, pass, w);
}

/** The objective of `solve`. */
function coupled(loss: (w: Float64Array) => number, sharedFrom: number, coupling: number, pull: Float64Array): (w: Float64Array) => number {
  return (w) => pull.reduce((sum, p, j) => sum + (0.5 * coupling * w[sharedFrom + j] - p) * w[sharedFrom + j], loss(w));
}

/** Whether `minimise` leaves at most the given share of the slope at the start. */
function flat(objective: (w: Float64Array) => number, start: Float64Array, minimise: (w: Float64Array) => void, flatness: number): Verdict {
  const before = largest(slopes(objective, start));
  const w = start.slice();
  minimise(w);
  const left = start.length === 0 ? 0 : largest(slopes(objective, w)) / before;
  return { passed: left <= flatness, detail: `${left.toExponential(1)} of the slope is left` };
}

/** Central differences with h a 100,000th of the coordinate's scale. */
export function slopes(f: (w: Float64Array) => number, w: Float64Array): Float64Array {
  const at = w.slice();
  return w.map((x, m) => {
    const h = 2 ** (Math.ceil(Math.log2(1 + Math.abs(x))) - 17);
    at[m] = x + h;
    const above = f(at);
    at[m] = x - h;
    const below = f(at);
    at[m] = x;
    return (above - below) / (2 * h);
  });
}

/** NaN when there is one: no comparison with it holds. */
function largest(values: Float64Array): number {
  return values.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
}

/** Somewhere of order one, different for every `which`. */
function point(length: number, seed: number, which: number): Float64Array {
  const w = new Float64Array(length);
  draw(seed, which, 'jitter', 0).fillGaussian(w);
  return w;
}
