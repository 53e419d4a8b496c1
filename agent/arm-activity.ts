/**
 * An arm at one agent as an activity: runs the ArmRunner to the assigned iteration and makes the report.
 */
import type { Task } from '../core/problem/problem.ts';
import { vectorOf } from '../core/snapshot.ts';
import type { CooperateWork } from '../proto/messages.ts';
import type { ArmMeter } from './arm-meters.ts';
import { ArmRunner } from './arm-runner.ts';
import type { Vectors } from './exchange.ts';
import { iterationsPerBreath } from './trainer.ts';
import type { Activity, Snapshot, TrainerRequest } from './trainer.ts';

const PAUSE: TrainerRequest = { kind: 'pause' };
const BOUNDARY: TrainerRequest = { kind: 'boundary' };

/** An arm stays here between its stages: a table's arm is continued until it has settled. */
export class ArmActivity implements Activity {
  readonly #runner: ArmRunner;
  readonly #meter: ArmMeter;
  readonly #epoch: number;
  readonly #budget: number;
  #until = 0;

  constructor(task: Task, work: CooperateWork, agent: number, agents: number, meter: ArmMeter) {
    this.#meter = meter;
    this.#epoch = work.epoch;
    this.#budget = iterationsPerBreath(task);
    this.#runner = new ArmRunner(task, work, agent, agents, meter);
  }

  get epoch(): number {
    return this.#epoch;
  }

  get iteration(): number {
    return this.#runner.iteration;
  }

  continueUntil(iteration: number): this {
    this.#until = iteration;
    return this;
  }

  advance(): TrainerRequest {
    const step = this.#runner.advance(this.#until, this.#budget);
    if (step === 'boundary') return BOUNDARY;
    if (step === 'pause') return PAUSE;
    if (step === undefined) return { kind: 'report', values: this.#meter.report(this.#runner.runs) };
    return { kind: 'exchange', step, epoch: this.#epoch, hops: this.#runner.transportSteps };
  }

  deliver(vectors: Vectors): void {
    this.#runner.deliver(vectors);
  }

  /** undefined inside an iteration. */
  snapshot(): Map<string, Float64Array> | undefined {
    const at = this.#runner.snapshot();
    return at && new Map([['epoch', Float64Array.of(this.#epoch)], ...at, ...this.#meter.snapshot()]);
  }

  restore(snapshot: Snapshot): void {
    this.#runner.restore(snapshot);
    this.#meter.restore(snapshot);
  }
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
    return this.#arm.continueUntil(work.untilIteration);
  }

  /** Empty before the first arm; undefined inside an iteration. */
  snapshot(): Snapshot | undefined {
    return this.#arm === undefined ? this.#stopped : this.#arm.snapshot();
  }

  restore(snapshot: Snapshot): void {
    this.#stopped = snapshot;
  }
}
