/**
 * Phase 1 on gmrf-regression: every agent learns alone until its iterates are steady, then reports what the estimator asked for.
 *
 * Windows of one time constant 1 / mu; the window test (core/window-test.ts) must pass at every agent, then two more
 * windows run, or four where two snapshots are asked for. Averages cover the time since the test passed, at most four
 * time constants.
 * Only those who take part count; who comes late explores as long, and its evidence is counted in later.
 */
import { aboutTransient } from '../core/diagnostics.ts';
import { largestStepSize } from '../core/theory.ts';
import { EXTRA_WINDOWS, LAG_WINDOWS, PASS_CHANGE, windowSteps as windowStepsAt } from '../core/window-test.ts';
import type { Evidence, EvidenceName } from '../core/relationship/estimator.ts';
import type { Diagnostic } from '../core/relationship/relationship.ts';
import type { Experiment, GradientProblem } from '../config/experiment.ts';
import { estimatorOf } from './relate.ts';
import { forEveryone, named, reportedByAll, valuesByAgent } from './script.ts';
import type { Script, ScriptContext, Stage, StageReports, Values } from './script.ts';

/** nu of the automatic step size: small, since its noise is what the relationship is learned through. */
const EXPLORE_NU = 0.05;
/** Time constants after which exploring gives up waiting for the window test. */
const WINDOWS_MAX = 50;
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
export function* explore({ experiment }: ScriptContext, problem: GradientProblem): Script<Explored> {
  const stepSize = numberOr(experiment.explore.stepSize, () => largestStepSize(EXPLORE_NU, problem.batch, problem.dimension));
  const windowSteps = windowStepsAt(stepSize);
  if (experiment.explore.steps !== 'auto') return yield* exploreFor(experiment.agents, experiment.explore.steps, stepSize, windowSteps);
  let windows = 0;
  for (let passed = false; !passed && windows < WINDOWS_MAX;) {
    windows++;
    const reports = yield exploreStage(experiment.agents, stepSize, windowSteps, windows * windowSteps, NO_TAIL);
    passed = windows >= 2 && largestChange(reports) <= PASS_CHANGE;
  }
  const extra = estimatorOf(experiment).needs.includes('lag') ? LAG_WINDOWS : EXTRA_WINDOWS;
  const until = (windows + extra) * windowSteps;
  const reports = yield exploreStage(experiment.agents, stepSize, windowSteps, until, windows * windowSteps);
  // The test was passed before; what it says once more is chance, unless it never was.
  const change = windows < WINDOWS_MAX ? PASS_CHANGE : largestChange(reports);
  return { stepSize, settledWindows: windows, diagnostics: aboutTransient(windows + extra, change) };
}

function* exploreFor(agents: number, steps: number, stepSize: number, windowSteps: number): Script<Explored> {
  const tail = Math.min(TAIL_WINDOWS * windowSteps, Math.floor(steps / 2));
  const reports = yield exploreStage(agents, stepSize, windowSteps, steps, steps - tail);
  const diagnostics = aboutTransient(steps / windowSteps, largestChange(reports));
  return { stepSize, settledWindows: Math.max(1, Math.round((steps - tail) / windowSteps)), diagnostics };
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
  const work = { kind: 'evidence', needs: reportedNeeds(experiment), ridge: 0 } as const;
  const reports = yield { phase: 'estimating', label: 'reporting estimates', works: forEveryone(experiment.agents, work) };
  return { stage: reports.stage, told: toldBy(experiment, valuesByAgent(reports)) };
}

/** What agents learn from themselves stays with them. */
function reportedNeeds(experiment: Experiment): readonly EvidenceName[] {
  const { host, needs } = estimatorOf(experiment);
  return host === 'agent' ? [] : needs;
}

export function toldBy(experiment: Experiment, values: ReadonlyMap<number, Values>): Map<number, Told> {
  const needs = reportedNeeds(experiment);
  const toldOf = (agent: number, own: Values): Told => ({
    evidence: { agent, ...Object.fromEntries(needs.map((name) => [name, named(own, agent, name)])) },
    noisePower: named(own, agent, 'noisePower')[0],
  });
  return new Map([...values].map(([agent, own]) => [agent, toldOf(agent, own)]));
}

export function numberOr(value: number | 'auto', automatic: () => number): number {
  return value === 'auto' ? automatic() : value;
}
