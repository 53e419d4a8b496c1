/**
 * A trainer for gmrf-regression: local SGD on a stream of mini-batches, alone (explorer.ts) and in arms (arm-activity.ts).
 */
import { KindredError } from '../core/errors.ts';
import type { GradientTask } from '../core/problem/problem.ts';
import { prefixed, withoutPrefix } from '../core/snapshot.ts';
import type { GmrfJob } from '../config/job.ts';
import type { CooperateWork, Work } from '../proto/messages.ts';
import { ArmActivity, CurrentArm } from './arm-activity.ts';
import { DeviationMeter } from './arm-meters.ts';
import { Explorer } from './explorer.ts';
import { immediately } from './trainer.ts';
import type { Activity, Snapshot, Trainer } from './trainer.ts';

export class GmrfTrainer implements Trainer {
  readonly vectorLengthMax: number;
  readonly #task: GradientTask;
  readonly #batch: number;
  readonly #agent: number;
  readonly #agents: number;
  readonly #arm = new CurrentArm();
  #explorer: Explorer | undefined;

  constructor(task: GradientTask, job: GmrfJob, agent: number, agents: number) {
    this.vectorLengthMax = task.dimension;
    this.#task = task;
    this.#batch = job.batch;
    this.#agent = agent;
    this.#agents = agents;
  }

  begin(work: Work): Activity {
    switch (work.kind) {
      case 'explore':
        this.#explorer ??= new Explorer(this.#task, this.#batch, work);
        return this.#explorer.continueWith(work);
      case 'evidence':
        return immediately(this.#ready.evidence(work.needs));
      case 'cooperate':
        return this.#arm.continue(work, () => this.#startArm(work));
      default:
        throw new KindredError('WIRE_UNEXPECTED', `gmrf-regression has no work of kind "${work.kind}"`);
    }
  }

  snapshot(): Map<string, Float64Array> | undefined {
    const arm = this.#arm.snapshot();
    const explored: Snapshot = this.#explorer?.snapshot() ?? new Map();
    return arm && new Map([...prefixed('explore:', explored), ...prefixed('arm:', arm)]);
  }

  restore(snapshot: Snapshot): void {
    const explored = withoutPrefix('explore:', snapshot);
    if (explored.size > 0) this.#explorer = Explorer.restored(this.#task, this.#batch, explored);
    this.#arm.restore(withoutPrefix('arm:', snapshot));
  }

  get #ready(): Explorer {
    if (this.#explorer === undefined) throw new KindredError('WIRE_UNEXPECTED', 'nothing was explored yet');
    return this.#explorer;
  }

  #startArm(work: CooperateWork): ArmActivity {
    return new ArmActivity(this.#task, work, this.#agent, this.#agents, new DeviationMeter(this.#task, work));
  }
}
