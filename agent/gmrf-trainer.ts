/**
 * A trainer for gmrf-regression and streams of one's own: local SGD on a stream of mini-batches, alone (explorer.ts) and in arms (arm-activity.ts).
 */
import { KindredError } from '../core/errors.ts';
import type { GradientTask } from '../core/problem/problem.ts';
import { prefixed, withoutPrefix } from '../core/snapshot.ts';
import { strategyByName } from '../core/strategy/index.ts';
import type { GmrfJob, StreamJob } from '../config/job.ts';
import type { AutonomousWork, CooperateWork, Work } from '../proto/messages.ts';
import { ArmActivity, CurrentArm } from './arm-activity.ts';
import { DeviationMeter } from './arm-meters.ts';
import { AutonomousActivity } from './autonomous.ts';
import { ShadowMeter } from './shadow-meter.ts';
import { Explorer } from './explorer.ts';
import { immediately } from './trainer.ts';
import type { Activity, Snapshot, Trainer } from './trainer.ts';

/** The same data in both; in the arms the truth may move. */
export interface GmrfTasks {
  readonly exploring: GradientTask;
  readonly cooperating: GradientTask;
}

export class GmrfTrainer implements Trainer {
  readonly vectorLengthMax: number;
  readonly #tasks: GmrfTasks;
  readonly #batch: number;
  readonly #armOptions: GmrfJob['armOptions'];
  readonly #agent: number;
  readonly #agents: number;
  readonly #arm = new CurrentArm();
  #explorer: Explorer | undefined;
  #autonomous: AutonomousActivity | undefined;
  /** After a restart, what is known of the autonomous stage until it is assigned again. */
  #stopped: Snapshot = new Map();

  constructor(tasks: GmrfTasks, job: GmrfJob | StreamJob, agent: number, agents: number) {
    this.vectorLengthMax = Math.max(tasks.exploring.dimension, job.conversationLengthMax ?? 0);
    this.#tasks = tasks;
    this.#batch = job.batch;
    this.#armOptions = job.armOptions;
    this.#agent = agent;
    this.#agents = agents;
  }

  begin(work: Work): Activity {
    switch (work.kind) {
      case 'explore':
        this.#explorer ??= new Explorer(this.#tasks.exploring, this.#batch, work);
        return this.#explorer.continueWith(work);
      case 'evidence':
        return immediately(this.#ready.evidence(work.needs));
      case 'cooperate':
        return this.#continueArm(work);
      case 'autonomous':
        return (this.#autonomous = this.#beginAutonomous(work));
      default:
        throw new KindredError('WIRE_UNEXPECTED', `a stream has no work of kind "${work.kind}"`);
    }
  }

  snapshot(): Map<string, Float64Array> | undefined {
    const arm = this.#arm.snapshot();
    const explored: Snapshot = this.#explorer?.snapshot() ?? new Map();
    const autonomous = this.#autonomous === undefined ? this.#stopped : this.#autonomous.snapshot();
    return arm && autonomous && new Map([...prefixed('explore:', explored), ...prefixed('arm:', arm), ...prefixed('autonomous:', autonomous)]);
  }

  restore(snapshot: Snapshot): void {
    const explored = withoutPrefix('explore:', snapshot);
    if (explored.size > 0) this.#explorer = Explorer.restored(this.#tasks.exploring, this.#batch, explored);
    this.#arm.restore(withoutPrefix('arm:', snapshot));
    this.#stopped = withoutPrefix('autonomous:', snapshot);
  }

  get #ready(): Explorer {
    if (this.#explorer === undefined) throw new KindredError('WIRE_UNEXPECTED', 'nothing was explored yet');
    return this.#explorer;
  }

  #beginAutonomous(work: AutonomousWork): AutonomousActivity {
    const evidence = this.#ready.evidence(['average', 'noise']);
    const own = { average: evidence.get('average')!, noise: evidence.get('noise')![0] };
    const self = { agent: this.#agent, agents: this.#agents, own, continueArm: (arm: CooperateWork) => this.#continueArm(arm) };
    return new AutonomousActivity(work, self, this.#stopped);
  }

  #continueArm(work: CooperateWork): ArmActivity {
    return this.#arm.continue(work, () => this.#startArm(work));
  }

  #startArm(work: CooperateWork): ArmActivity {
    const task = this.#tasks.cooperating;
    const hasShadow = strategyByName(work.strategy)?.cooperatesOver === 'relationship';
    const meter = hasShadow ? new ShadowMeter(task, work) : new DeviationMeter(task, work);
    return new ArmActivity(task, work, this.#agent, this.#agents, meter, this.#armOptions?.[work.arm] ?? {});
  }
}
