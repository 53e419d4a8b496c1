/**
 * An arm at one agent as an activity: runs the ArmRunner to the assigned iteration and makes the report.
 */
import { assert } from '../core/errors.ts';
import type { OwnOptions } from '../core/own/define.ts';
import type { Task } from '../core/problem/problem.ts';
import { vectorOf } from '../core/snapshot.ts';
import type { CooperateWork } from '../proto/messages.ts';
import type { ArmMeter } from './arm-meters.ts';
import { ArmRunner } from './arm-runner.ts';
import type { ErrorsSoFar } from './curve-teller.ts';
import type { Vectors } from './exchange.ts';
import { iterationsPerBreath } from './trainer.ts';
import type { Activity, Snapshot, TrainerRequest } from './trainer.ts';

const PAUSE: TrainerRequest = { kind: 'pause' };
const BOUNDARY: TrainerRequest = { kind: 'boundary' };

/** An arm stays here between its stages: a table's arm is continued until it has settled. */
export class ArmActivity implements Activity {
  readonly #start: (terms: CooperateWork) => ArmRunner;
  #runner: ArmRunner;
  #terms: string;
  readonly #meter: ArmMeter;
  readonly #budget: number;
  /** Of the stage under way. */
  #work: CooperateWork;

  constructor(task: Task, work: CooperateWork, agent: number, agents: number, meter: ArmMeter, options: OwnOptions) {
    this.#meter = meter;
    this.#work = work;
    this.#budget = iterationsPerBreath(task);
    this.#start = (terms) => new ArmRunner(task, terms, agent, agents, meter, options);
    this.#terms = termsOf(work);
    this.#runner = this.#start(work);
  }

  get epoch(): number {
    return this.#work.epoch;
  }

  get iteration(): number {
    return this.#runner.iteration;
  }

  get errors(): readonly ErrorsSoFar[] {
    const { curve } = this.#meter;
    const { arm, epoch } = this.#work;
    return curve === undefined ? [] : [{ arm, epoch, schedule: this.#work, curve }];
  }

  /** The relationship may be another one than in the stage before: the strategy goes on from where it stands. */
  continueWith(work: CooperateWork): this {
    this.#work = work;
    if (termsOf(work) !== this.#terms) this.#renew(work);
    return this;
  }

  #renew(work: CooperateWork): void {
    const at = this.#runner.snapshot();
    assert(at !== undefined, 'a stage begins inside an iteration');
    this.#terms = termsOf(work);
    this.#runner = this.#start(work);
    this.#runner.restore(at);
  }

  advance(): TrainerRequest {
    const step = this.#runner.advance(this.#work.untilIteration, this.#budget);
    if (step === 'boundary') return BOUNDARY;
    if (step === 'pause') return PAUSE;
    if (step === undefined) return { kind: 'report', values: this.#report() };
    const { epoch, rounds, staleness } = this.#work;
    return { kind: 'exchange', step, epoch, hops: this.#runner.transportSteps, rounds, staleness };
  }

  #report(): Map<string, Float64Array> {
    const isOver = this.#runner.iteration >= this.#work.lastIteration;
    return (isOver ? undefined : this.#meter.look?.()) ?? this.#meter.report(this.#runner.runs, this.#work);
  }

  deliver(vectors: Vectors): void {
    this.#runner.deliver(vectors);
  }

  /** undefined inside an iteration. */
  snapshot(): Map<string, Float64Array> | undefined {
    const at = this.#runner.snapshot();
    return at && new Map([['epoch', Float64Array.of(this.epoch)], ...at, ...this.#meter.snapshot()]);
  }

  restore(snapshot: Snapshot): void {
    this.#runner.restore(snapshot);
    this.#meter.restore(snapshot);
  }
}

/** What a strategy is started with, and may change between two stages of one arm. */
function termsOf({ view, etas, noise, spectrumMax }: CooperateWork): string {
  return JSON.stringify([view, etas, noise, spectrumMax]);
}

/** The arm a trainer is in; after a restart, what is known of the one it was in until its work is assigned again. */
export class CurrentArm {
  #arm: ArmActivity | undefined;
  #stopped: Snapshot = new Map();

  /** An epoch is one arm: it goes on where it stands, or where its snapshot stands; else `start` makes a new one. */
  continue(work: CooperateWork, start: () => ArmActivity): ArmActivity {
    if (this.#arm?.epoch !== work.epoch) {
      this.#arm = start();
      if (this.#stopped.size > 0 && vectorOf(this.#stopped, 'epoch', 1)[0] === work.epoch) this.#arm.restore(this.#stopped);
      this.#stopped = new Map();
    }
    return this.#arm.continueWith(work);
  }

  /** Empty before the first arm; undefined inside an iteration. */
  snapshot(): Snapshot | undefined {
    return this.#arm === undefined ? this.#stopped : this.#arm.snapshot();
  }

  restore(snapshot: Snapshot): void {
    this.#stopped = snapshot;
  }
}
