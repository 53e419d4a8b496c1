/**
 * Chaos scenarios: eight agents as real processes, faults from a plan as a person writes it, and what must come of it.
 *
 * A scenario holds when the run ends with the parameters of the fault-free one, the record shows that every fault of the
 * plan happened and was over, whoever was away was waited for by name, and neither a process nor a stack trace is left.
 */
import assert from 'node:assert/strict';
import { cpSync, readdirSync, readFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { readEvents } from '../../cli/fault-record.ts';
import type { RunEvent } from '../../core/run-event.ts';
import type { Experiment } from '../../config/experiment.ts';
import type { RunProgress } from '../../coordinator/run-progress.ts';
import { isOver } from '../../coordinator/run-state.ts';
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
  /** Another experiment than eight agents on a ring. */
  readonly base?: (overrides: readonly string[]) => Experiment;
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
function ringOfEight(overrides: readonly string[]): Experiment {
  const arms = '[{strategy: multitask}, {strategy: consensus}]';
  return example('swarm', [`agents=${AGENTS}`, 'explore.steps=200', `cooperate.steps=${STEPS}`, `cooperate.arms=${arms}`, ...overrides]);
}

export function chaosExperiment({ faults, overrides = [], base = ringOfEight }: Scenario): Experiment {
  return base([...overrides, `faults=[${faults.join(', ')}]`]);
}

/** One test. */
export function chaos(name: string, scenario: Scenario): void {
  test(name, { timeout: SCENARIO_MS }, async (context) => {
    const observed = await unleash(scenario);
    context.diagnostic(`${(observed.result.timings.totalMs / 1_000).toFixed(1)} s`);
    explained(observed, () => {
      assertUnharmed(observed, scenario);
      assertHappened(observed);
      for (const sight of scenario.sees ?? []) assert.ok(seen(observed.events, sight), `the record lacks ${JSON.stringify(sight)}`);
      for (const agent of scenario.waitsFor ?? []) assertWaitedFor(observed.progress, agent);
      scenario.more?.(observed);
    });
  });
}

/** Runs it as processes, whatever comes of it. */
export async function unleash(scenario: Scenario, watching: Watching = {}): Promise<Observed> {
  const experiment = chaosExperiment(scenario);
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

/** The same without faults: simulated, once for each experiment. */
export function reference(scenario: Scenario): RunResult {
  const experiment = chaosExperiment({ ...scenario, faults: [] });
  const { output: _, ...key } = experiment;
  const text = JSON.stringify(key);
  const result = references.get(text) ?? simulated(experiment);
  references.set(text, result);
  return result;
}

export function assertUnharmed(observed: Observed, scenario: Scenario): void {
  const { result } = observed;
  assert.equal(result.status, 'completed', result.error?.message);
  assert.deepEqual(digests(result), digests(reference(scenario)));
  assertTidy(observed);
}

/** Of every run, whatever its outcome. */
export function assertTidy({ alive, run, progress }: Observed): void {
  assert.deepEqual(alive, [], 'processes were left behind');
  assert.deepEqual(stackTraces(run.directory), []);
  const unnamed = progress.filter((one) => !isOver(one.phase) && one.agentsUp < one.agents && one.waitingFor === '');
  assert.deepEqual(unnamed, [], 'somebody is away, and the run does not say for whom it waits');
}

/** Every fault of the plan: its beginning, and its end when it has one. Who is cut off tells its log only. */
export function assertHappened({ events, experiment, run }: Observed): void {
  const record = [...events, ...agentLogs(run.directory)];
  for (const fault of experiment.faults) {
    for (const sight of tracesOf(fault)) assert.ok(seen(record, sight), `${describeFault(fault)}: the record lacks ${JSON.stringify(sight)}`);
  }
}

/** What agents wrote down about themselves, in the form of events. */
function agentLogs(directory: string): RunEvent[] {
  return logLines(directory)
    .filter(({ file, line }) => file.startsWith('agent') && line.startsWith('{'))
    .map(({ line }) => JSON.parse(line) as { time: number; msg: string; detail?: string })
    .map(({ time, msg, detail }) => ({ at: new Date(time).toISOString(), type: msg, detail }));
}

function logLines(directory: string): { readonly file: string; readonly line: string }[] {
  const logs = join(directory, 'logs');
  return readdirSync(logs).flatMap((file) =>
    readFileSync(join(logs, file), 'utf8')
      .split('\n')
      .map((line) => ({ file, line })),
  );
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
  return logLines(directory)
    .filter(({ line }) => /^\s+at .*:\d+|\\n {4}at |^Error|Unhandled|"level":60/.test(line))
    .map(({ file, line }) => `${file}: ${line.slice(0, 1_000)}`);
}

/** Of processes that want to run, for each core: two scenarios at once come to 5. */
const LOAD_MAX = 10;

/** A promise about time holds for the median, on a machine that is not needed for something else. */
export function assertWithin(context: TestContext, what: string, tookMs: readonly number[], promisedMs: number): void {
  const load = loadavg()[0] / cpus().length;
  const text = `${what}: ${tookMs.map((ms) => `${(ms / 1_000).toFixed(2)} s`).join(', ')}`;
  context.diagnostic(text);
  if (load > LOAD_MAX) return context.diagnostic(`not judged: ${load.toFixed(0)} processes for each core`);
  const median = tookMs.toSorted((a, b) => a - b)[(tookMs.length - 1) >> 1];
  assert.ok(median <= promisedMs, text);
}

export interface Told {
  readonly events: readonly RunEvent[];
  readonly run: { readonly directory: string };
}

/** What fails in `action` fails with the story of the run. CHAOS_KEEP: a directory where its files are kept. */
export function explained(observed: Told, action: () => void): void {
  try {
    action();
  } catch (error) {
    throw withStory(error, observed);
  }
}

function withStory(error: unknown, { events, run }: Told): unknown {
  const keep = process.env['CHAOS_KEEP'];
  if (keep !== undefined) cpSync(run.directory, join(keep, basename(run.directory)), { recursive: true });
  if (error instanceof Error) error.message += `\n${storyOf(events).join('\n')}`;
  return error;
}

const STORY_LINES = 80;

function storyOf(events: readonly RunEvent[]): string[] {
  const zero = Date.parse(events[0]?.at ?? '');
  const told = events.filter(({ type }) => type !== 'link-open' && type !== 'joined').slice(-STORY_LINES);
  return told.map(
    (event) => `${((Date.parse(event.at) - zero) / 1_000).toFixed(3)} s ${JSON.stringify({ ...event, at: undefined, of: undefined, plan: undefined })}`,
  );
}
