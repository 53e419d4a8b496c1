/**
 * A run without a network: the script and the trainers of a run face to face, no messages, no clock, no faults. The bits are
 * those of every other mode (a test compares them), and a table with many agents takes a fraction of the time. For commands
 * that look at many runs; what a run does under faults, or takes over a wire, `simulated` knows.
 */
import { createTrainer, dataSource, sharedDataSource } from '../agent/create-trainer.ts';
import { immediately } from '../agent/trainer.ts';
import type { Activity, Trainer, TrainerRequest } from '../agent/trainer.ts';
import { assert } from '../core/errors.ts';
import type { RunResult } from '../core/run-result.ts';
import type { Experiment } from '../config/experiment.ts';
import { jobOf, parseJob } from '../config/job.ts';
import { Ledger } from '../coordinator/ledger.ts';
import { graphsOf } from '../coordinator/run-facts.ts';
import { initialRunState } from '../coordinator/run-state.ts';
import { startScript } from '../coordinator/start-script.ts';
import type { Script, Stage, StageReports, Values } from '../coordinator/script.ts';
import type { Work } from '../proto/messages.ts';
import { nowhere } from './nowhere.ts';
import type { WireMeter } from './wire-meter.ts';

/** No clock runs here. */
const NO_TIME: RunResult['timings'] = { startMs: 0, exploreMs: 0, estimateMs: 0, cooperateMs: 0, totalMs: 0 };

export interface DirectRunOptions {
  readonly experiment: Experiment;
  readonly runId: string;
  readonly readFile: (path: string) => string;
  /** Counts what would cross a wire. */
  readonly wire?: WireMeter;
}

/** Everybody takes part in everything, and nobody waits: rounds are bsp whatever the experiment says. */
export function runDirectly(options: DirectRunOptions): RunResult {
  const stages = directStages(options);
  for (;;) {
    const next = stages.next();
    if (next.done) return next.value;
  }
}

/** The same with a breath after every stage, for whoever must hear an interrupt. */
export function* directStages({ experiment, runId, readFile, wire }: DirectRunOptions): Generator<void, RunResult> {
  const { truth, network } = graphsOf(experiment, readFile);
  const ledger = new Ledger(experiment, runId, nowhere, []);
  const agents = Array.from({ length: experiment.agents }, (_, agent) => agent);
  const job = parseJob(jobOf(experiment, truth, network));
  const source = sharedDataSource(dataSource(readFile));
  const trainers = agents.map((agent) => createTrainer(job, agent, agents.length, experiment.seed, source));
  const script = startScript({
    experiment,
    truth,
    network,
    neighbour: (_, agent) => ({ agent, endpoint: '', ticket: '', incarnation: 1, dial: false }),
    record: (entry) => void ledger.record(entry),
    participants: () => agents,
    returned: () => new Map(),
    readmit: () => assert(false, 'nobody left'),
  });
  yield* play(script, trainers, agents, wire);
  const state = { ...initialRunState(agents.length, 0, { ...experiment.participation, joinMs: 0 }), phase: 'completed' } as const;
  return ledger.result({ mode: 'direct', timings: NO_TIME, state, missing: [] });
}

function* play(script: Script, trainers: readonly Trainer[], participants: readonly number[], wire: WireMeter | undefined): Generator<void, void> {
  let reports: StageReports | undefined;
  for (let stage = 1; ; stage++) {
    // A generator's first next() takes nothing.
    const next = script.next(reports as never);
    if (next.done) return;
    const values = performed(next.value, trainers, wire);
    wire?.stage(stage, next.value.works, values);
    reports = { values, participants, brokenOff: false, returned: new Map(), stage, elapsedMs: 0 };
    yield;
  }
}

function performed({ works }: Stage, trainers: readonly Trainer[], wire: WireMeter | undefined): Values[] {
  const activities = works.map((work, agent) => begun(work, trainers[agent]));
  const posts = works.map(() => new Float64Array(0));
  for (;;) {
    const requests = activities.map(untilOutside);
    if (requests.every((request) => request.kind === 'report')) return requests.map(({ values }) => values);
    exchange(activities, requests, posts, wire);
  }
}

/** Links need nobody here: they are open. */
function begun(work: Work, trainer: Trainer): Activity {
  return work.kind === 'connect' ? immediately(new Map()) : trainer.begin(work);
}

type Outside = Extract<TrainerRequest, { kind: 'exchange' | 'report' }>;

function untilOutside(activity: Activity): Outside {
  for (;;) {
    const request = activity.advance();
    if (request.kind === 'exchange' || request.kind === 'report') return request;
  }
}

/**
 * One transport step of everybody: agents are in lockstep, as bsp rounds keep them. `posts` are what they offer in it, copies:
 * an agent's own vector changes while others are still to read.
 */
function exchange(activities: readonly Activity[], requests: readonly Outside[], posts: Float64Array[], wire: WireMeter | undefined): void {
  const steps = requests.map((request) => {
    assert(request.kind === 'exchange', 'an agent reported in the middle of an exchange');
    return request;
  });
  wire?.exchange(steps);
  steps.forEach(({ step: { vector, sendTo } }, agent) => {
    if (sendTo.length === 0) return;
    if (posts[agent].length !== vector.length) posts[agent] = new Float64Array(vector.length);
    posts[agent].set(vector);
  });
  steps.forEach(({ step: { receiveFrom } }, agent) => activities[agent].deliver(receiveFrom.map((from) => posts[from])));
}
