/** A trainer for mlp: a network learned step by step from the agent's own rows, of a table or of a synthetic family. Rows never leave. */
import { KindredError } from '../core/errors.ts';
import { createMlpTask, type MlpTask } from '../core/problem/mlp-task.ts';
import type { SplitRows } from '../core/problem/csv-table.ts';
import { sliceRows } from '../core/problem/rows.ts';
import { moments, standardization, standardizeRows, type Standardization } from '../core/problem/standardize.ts';
import { prefixed, withoutPrefix, type Snapshot } from '../core/snapshot.ts';
import type { MlpJob } from '../config/job.ts';
import type { CooperateWork, Work } from '../proto/messages.ts';
import { ArmActivity, CurrentArm } from './arm-activity.ts';
import { GainMeter } from './gain-meter.ts';
import { asksForGains } from './gain-work.ts';
import { standardOf, standardVectors } from './standard-memory.ts';
import { StoppingMeter } from './stopping-meter.ts';
import { immediately, type Activity, type Trainer } from './trainer.ts';

/** The network on standardised rows. */
interface Ready {
  readonly standard: Standardization;
  readonly task: MlpTask;
  /** What it tells of a model: squared errors on the test rows, in the target's own units. */
  readonly tell: (w: Float64Array) => Map<string, Float64Array>;
}

export class MlpTrainer implements Trainer {
  readonly vectorLengthMax: number;
  readonly #job: MlpJob;
  readonly #data: SplitRows;
  readonly #agent: number;
  readonly #agents: number;
  readonly #seed: number;
  readonly #arm = new CurrentArm();
  #made: Ready | undefined;

  constructor(job: MlpJob, data: SplitRows, agent: number, agents: number, seed: number) {
    this.vectorLengthMax = data.training.features * job.hidden;
    this.#job = job;
    this.#data = data;
    this.#agent = agent;
    this.#agents = agents;
    this.#seed = seed;
  }

  begin(work: Work): Activity {
    switch (work.kind) {
      case 'moments':
        return immediately(new Map([['moments', moments(this.#data.training)]]));
      case 'standardize':
        this.#made = this.#make(this.#standardFrom(work));
        return immediately(new Map([['rows', Float64Array.of(this.#data.training.count)]]));
      case 'cooperate':
        return this.#arm.continue(work, () => this.#startArm(work));
      default:
        throw new KindredError('WIRE_UNEXPECTED', `a network has no work of kind "${work.kind}"`);
    }
  }

  /** Rows are at hand in every process, and so is the network once it is known how they are standardised. */
  snapshot(): Map<string, Float64Array> | undefined {
    const arm = this.#arm.snapshot();
    return arm && new Map([...standardVectors(this.#made?.standard), ...prefixed('arm:', arm)]);
  }

  restore(snapshot: Snapshot): void {
    const standard = standardOf(snapshot, this.#data.training.features + 1);
    if (standard !== undefined) this.#made = this.#make(standard);
    this.#arm.restore(withoutPrefix('arm:', snapshot));
  }

  get #ready(): Ready {
    if (this.#made === undefined) throw new KindredError('WIRE_UNEXPECTED', 'the rows are not standardised yet');
    return this.#made;
  }

  /** No shift: by the agent's own rows. */
  #standardFrom({ shift, scale }: Extract<Work, { kind: 'standardize' }>): Standardization {
    if (shift.length === 0) return standardization(moments(this.#data.training), 'per-agent', 'squared');
    return { shift: Float64Array.from(shift), scale: Float64Array.from(scale) };
  }

  #make(standard: Standardization): Ready {
    const { hidden, batch } = this.#job;
    const { features } = this.#data.training;
    const training = standardizeRows(this.#data.training, standard);
    const test = standardizeRows(this.#data.test, standard);
    const fitting = training.count - this.#data.heldOut;
    const rows = { training: sliceRows(training, 0, fitting), heldOut: sliceRows(training, fitting, training.count) };
    const task = createMlpTask(rows, { hidden, batch, seed: this.#seed, agent: this.#agent });
    const tell = (w: Float64Array): Map<string, Float64Array> => {
      const squares = task.network.loss(w, test) * test.count * standard.scale[features] ** 2;
      return new Map([
        ['test', Float64Array.of(squares, test.count)],
        ['parameters', w.slice()],
      ]);
    };
    return { standard, task, tell };
  }

  #startArm(work: CooperateWork): ArmActivity {
    const { task, tell } = this.#ready;
    const meter = asksForGains(work) ? new GainMeter(task) : new StoppingMeter(task, work, tell);
    return new ArmActivity(task, work, this.#agent, this.#agents, meter, {});
  }
}
