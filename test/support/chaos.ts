/**
 * Chaos scenarios: eight agents as real processes, faults from a plan as a person writes it, and what must come of it.
 *
 * A scenario holds when the run ends with the parameters of the fault-free one, the record shows that every fault of the
 * plan happened and was over, whoever was away was waited for by name, and neither a process nor a stack trace is left.
 */
import assert from 'node:assert/strict';
import { cpSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readEvents } from '../../cli/fault-record.ts';
import type { RunEvent } from '../../cli/fault-record.ts';
import type { Experiment } from '../../config/experiment.ts';
import type { RunProgress } from '../../coordinator/run-driver.ts';
import { isOver } from '../../coordinator/run-machine.ts';
import { describeFault } from '../../core/fault/describe.ts';
import type { Fault } from '../../core/fault/plan.ts';
import type { RunResult } from '../../core/run-result.ts';
import { digests, example, simulated } from './experiments.ts';
import { watchedRun } from './watched-run.ts';
import type { Outcome, Watching } from './watched-run.ts';

export const AGENTS = 8;
/** Cooperating iterations of one arm; there are two arms. */
export const STEPS = 60;
/** A run takes 3 to 10 s; nobody waits longer than this for a scenario. */
export const SCENARIO_MS = 90_000;

/** Fields that an event must have. */
export type Sight = Readonly<Partial<RunEvent>>;

export interface Scenario {
  /** Entries of the section `faults`. */
  readonly faults: readonly string[];
  readonly overrides?: readonly string[];
  /** What the record must show besides the faults themselves. */
  readonly sees?: readonly Sight[];
  /** Agents that people must be told are waited for. */
  readonly waitsFor?: readonly number[];
  readonly more?: (observed: Observed) => void;
}

export interface Observed extends Outcome {
  readonly experiment: Experiment;
  readonly events: readonly RunEvent[];
  readonly progress: readonly RunProgress[];
}

/** Eight agents on a ring, M = 16, explored in 200 iterations; then two arms. */
export function chaosExperiment(faults: readonly string[] = [], overrides: readonly string[] = []): Experiment {
  return example('swarm', [
    `agents=${AGENTS}`,
    'explore.steps=200',
    `cooperate.steps=${STEPS}`,
    'cooperate.arms=[{strategy: multitask}, {strategy: consensus}]',
    ...overrides,
    `faults=[${faults.join(', ')}]`,
  ]);
}

/** One test. */
export function chaos(name: string, scenario: Scenario): void {
  test(name, { timeout: SCENARIO_MS }, async (context) => {
    const observed = await unleash(scenario);
    context.diagnostic(`${(observed.result.timings.totalMs / 1_000).toFixed(1)} s`);
    explained(observed, () => {
      assertUnharmed(observed, scenario.overrides);
      assertHappened(observed);
      for (const sight of scenario.sees ?? []) assert.ok(seen(observed.events, sight), `the record lacks ${JSON.stringify(sight)}`);
      for (const agent of scenario.waitsFor ?? []) assertWaitedFor(observed.progress, agent);
      scenario.more?.(observed);
    });
  });
}

/** Runs it as processes, whatever comes of it. */
export async function unleash({ faults, overrides }: Scenario, watching: Watching = {}): Promise<Observed> {
  const experiment = chaosExperiment(faults, overrides);
  const progress: RunProgress[] = [];
  const outcome = await watchedRun(experiment, {
    ...watching,
    progress: (now, run) => {
      progress.push(now);
      watching.progress?.(now, run);
    },
  });
  return { ...outcome, experiment, progress, events: readEvents(outcome.run.directory) };
}

const references = new Map<string, RunResult>();

/** The fault-free run, simulated once for each set of overrides. */
export function reference(overrides: readonly string[] = []): RunResult {
  const key = overrides.join();
  const known = references.get(key) ?? simulated(chaosExperiment([], overrides));
  references.set(key, known);
  return known;
}

export function assertUnharmed(observed: Observed, overrides?: readonly string[]): void {
  const { result } = observed;
  assert.equal(result.status, 'completed', result.error?.message);
  assert.deepEqual(digests(result), digests(reference(overrides)));
  assertTidy(observed);
}

/** Of every run, whatever its outcome. */
export function assertTidy({ alive, run, progress }: Observed): void {
  assert.deepEqual(alive, [], 'processes were left behind');
  assert.deepEqual(stackTraces(run.directory), []);
  const unnamed = progress.filter((one) => !isOver(one.phase) && one.agentsUp < one.agents && one.waitingFor === '');
  assert.deepEqual(unnamed, [], 'somebody is away, and the run does not say for whom it waits');
}

/** Every fault of the plan: its beginning, and its end when it has one. */
export function assertHappened({ events, experiment }: Pick<Observed, 'events' | 'experiment'>): void {
  for (const fault of experiment.faults) {
    for (const sight of tracesOf(fault)) assert.ok(seen(events, sight), `${describeFault(fault)}: the record lacks ${JSON.stringify(sight)}`);
  }
}

function tracesOf(fault: Fault): Sight[] {
  const { action } = fault;
  const words = describeFault(fault);
  const order = (kind: string): Sight => ({ type: 'fault', order: kind, fault: words });
  if (action.kind === 'pause') return [order('stop'), order('continue')];
  if (action.kind !== 'kill') return ['fault-began', ...(fault.for.unit === 'run' ? [] : ['fault-ended'])].map((type) => ({ type, detail: words }));
  if (action.restartAfterMs === null) return [order('kill')];
  const back: Sight = action.target === 'coordinator' ? { type: 'resumed' } : { type: 'rejoined', agent: action.target };
  return [order('kill'), { type: 'restarted', party: action.target }, back];
}

export function seen(events: readonly RunEvent[], sight: Sight): boolean {
  return sightings(events, sight).length > 0;
}

export function sightings(events: readonly RunEvent[], sight: Sight): RunEvent[] {
  return events.filter((event) => Object.entries(sight).every(([field, value]) => event[field] === value));
}

/** The phase that the run was in when it happened. */
export function phaseOf(events: readonly RunEvent[], event: RunEvent): string {
  const stage = events.slice(0, events.indexOf(event)).findLast(({ type }) => type === 'stage');
  return String(stage?.['phase'] ?? 'assembling');
}

function assertWaitedFor(progress: readonly RunProgress[], agent: number): void {
  const named = progress.some(({ waitingFor }) => waitingFor.endsWith('to come back') && new RegExp(`\\b${agent}\\b`).test(waitingFor));
  assert.ok(named, `nobody was told that agent ${agent} is waited for: ${[...new Set(progress.map((one) => one.waitingFor))].join(' | ')}`);
}

/** Lines of the processes' logs that only a bug writes. */
function stackTraces(directory: string): string[] {
  const logs = join(directory, 'logs');
  return readdirSync(logs).flatMap((file) =>
    readFileSync(join(logs, file), 'utf8')
      .split('\n')
      .filter((line) => /^\s+at .*:\d+|\\n {4}at |^Error|Unhandled|"level":60/.test(line))
      .map((line) => `${file}: ${line.slice(0, 1_000)}`),
  );
}

/** What fails in `action` fails with the story of the run. CHAOS_KEEP: a directory where its files are kept. */
export function explained(observed: Pick<Observed, 'events' | 'run'>, action: () => void): void {
  try {
    action();
  } catch (error) {
    const { events, run } = observed;
    const keep = process.env['CHAOS_KEEP'];
    if (keep !== undefined) cpSync(run.directory, join(keep, run.directory.split('/').at(-1)!), { recursive: true });
    if (error instanceof Error) error.message += `\n${storyOf(events).join('\n')}`;
    throw error;
  }
}

const STORY_LINES = 80;

function storyOf(events: readonly RunEvent[]): string[] {
  const zero = Date.parse(events[0]?.at ?? '');
  const lines = events
    .filter(({ type }) => type !== 'link-open' && type !== 'joined')
    .map(({ at, type, of: _, plan: __, ...rest }) => `${((Date.parse(at) - zero) / 1_000).toFixed(3)} s ${type} ${JSON.stringify(rest)}`);
  return lines.slice(-STORY_LINES);
}
