/**
 * Phase 1 on gmrf-regression: every agent learns alone until its iterates are steady, then reports what the estimator asked for.
 *
 * Windows of one time constant 1 / mu; the window test (core/window-test.ts) must pass at every agent, then two more
 * windows run. Averages cover the time since the test passed, at most four time constants.
 * Only those who take part count; who comes late explores as long, and its evidence is counted in later.
 */
import { largestStepSize } from '../core/theory.ts';
import { EXTRA_WINDOWS, PASS_CHANGE, windowSteps as windowStepsAt } from '../core/window-test.ts';
import type { Evidence } from '../core/relationship/estimator.ts';
import type { Diagnostic } from '../core/relationship/relationship.ts';
import type { Experiment, GmrfProblem } from '../config/experiment.ts';
import { estimatorOf } from './relate.ts';
import { forEveryone, named, reportedByAll, valuesByAgent } from './script.ts';
import type { Script, ScriptContext, Stage, StageReports, Values } from './script.ts';

/** nu of the automatic step size: small, since its noise is what the relationship is learned through. */
const EXPLORE_NU = 0.05;
/** Time constants after which exploring gives up waiting for the window test. */
const WINDOWS_MAX = 50;
/** Time constants after which a transient e^-t no longer shows. */
const SETTLED_WINDOWS = 6;
/** The tail average covers at most four time constants. */
const TAIL_WINDOWS = 4;
/** The tail has not begun. */
const NO_TAIL = 0xffffffff;

export interface Explored {
  readonly stepSize: number;
  /** Time constants until the iterates were steady. */
  readonly settledWindows: number;
  readonly diagnostics: readonly Diagnostic[];
}

/** Learn alone until the window test passes at every agent, then two more windows (or exactly `steps`). */
export function* explore({ experiment }: ScriptContext, problem: GmrfProblem): Script<Explored> {
  const stepSize = numberOr(experiment.explore.stepSize, () => largestStepSize(EXPLORE_NU, problem.batch, problem.dimension));
  const windowSteps = windowStepsAt(stepSize);
  if (experiment.explore.steps !== 'auto') return yield* exploreFor(experiment.agents, experiment.explore.steps, stepSize, windowSteps);
  let windows = 0;
  for (let passed = false; !passed && windows < WINDOWS_MAX;) {
    windows++;
    const reports = yield exploreStage(experiment.agents, stepSize, windowSteps, windows * windowSteps, NO_TAIL);
    passed = windows >= 2 && largestChange(reports) <= PASS_CHANGE;
  }
  const until = (windows + EXTRA_WINDOWS) * windowSteps;
  yield exploreStage(experiment.agents, stepSize, windowSteps, until, windows * windowSteps);
  return { stepSize, settledWindows: windows, diagnostics: windows < WINDOWS_MAX ? [] : [transient(windows)] };
}

function* exploreFor(agents: number, steps: number, stepSize: number, windowSteps: number): Script<Explored> {
  const tail = Math.min(TAIL_WINDOWS * windowSteps, Math.floor(steps / 2));
  const reports = yield exploreStage(agents, stepSize, windowSteps, steps, steps - tail);
  const windows = steps / windowSteps;
  const settled = windows >= SETTLED_WINDOWS && largestChange(reports) <= PASS_CHANGE;
  return { stepSize, settledWindows: Math.max(1, Math.round((steps - tail) / windowSteps)), diagnostics: settled ? [] : [transient(windows)] };
}

function exploreStage(agents: number, stepSize: number, windowSteps: number, untilStep: number, tailFromStep: number): Stage {
  const work = { kind: 'explore', stepSize, untilStep, windowSteps, tailFromStep } as const;
  return { phase: 'exploring', label: 'learning alone', works: forEveryone(agents, work), from: untilStep - windowSteps, until: untilStep };
}

/** At the agent that is furthest from steady. */
function largestChange(reports: StageReports): number {
  return Math.max(...reportedByAll(reports, 'change').map(([change]) => change));
}

/** What one agent told of its exploring. */
export interface Told {
  readonly evidence: Evidence;
  /** s_k / B, measured by the energy identity. */
  readonly noisePower: number;
}

export interface Gathered {
  readonly stage: number;
  readonly told: Map<number, Told>;
}

export function* gather({ experiment }: ScriptContext): Script<Gathered> {
  const work = { kind: 'evidence', needs: estimatorOf(experiment).needs, ridge: 0 } as const;
  const reports = yield { phase: 'estimating', label: 'reporting estimates', works: forEveryone(experiment.agents, work) };
  return { stage: reports.stage, told: toldBy(experiment, valuesByAgent(reports)) };
}

export function toldBy(experiment: Experiment, values: ReadonlyMap<number, Values>): Map<number, Told> {
  const { needs } = estimatorOf(experiment);
  const toldOf = (agent: number, own: Values): Told => ({
    evidence: { agent, ...Object.fromEntries(needs.map((name) => [name, named(own, agent, name)])) },
    noisePower: named(own, agent, 'noisePower')[0],
  });
  return new Map([...values].map(([agent, own]) => [agent, toldOf(agent, own)]));
}

/** The transient inflates the learned Laplacian by about (1 - e^-t)^-2. */
function transient(windows: number): Diagnostic {
  const message = `exploring ended after ${windows.toFixed(1)} time constants before it was steady: the learned relationship is inflated; let explore.steps be auto`;
  return { code: 'TRANSIENT', message, value: windows };
}

export function numberOr(value: number | 'auto', automatic: () => number): number {
  return value === 'auto' ? automatic() : value;
}
