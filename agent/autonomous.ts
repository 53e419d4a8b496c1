/**
 * An autonomous stage at one agent: it learns its row of the relationship with its neighbours, agrees with everybody on eta,
 * and runs all arms one after another. Nobody is asked in between; one report tells all of it.
 *
 * It can be stopped wherever an arm can. Stopped while it learns, it learns again: its neighbours have kept what they said.
 * The report's vectors are named by their part: `learning:row`, `0:parameters`, ...
 */
import { KindredError } from '../core/errors.ts';
import { agree, agreedEta, agreedSpectrumMax, type Figures } from '../core/relationship/agreement.ts';
import type { AgentHostedEstimator, Among, Conversation } from '../core/relationship/among-agents.ts';
import { agentHostedByName } from '../core/relationship/agent-hosted.ts';
import type { EstimatorOptions } from '../core/relationship/estimator.ts';
import type { LocalView } from '../core/relationship/local-view.ts';
import type { Told } from '../core/relationship/measured-distances.ts';
import { vectorOf } from '../core/snapshot.ts';
import { strategyByName } from '../core/strategy/index.ts';
import type { AutonomousWork, CooperateWork } from '../proto/messages.ts';
import type { ArmActivity } from './arm-activity.ts';
import type { ErrorsSoFar } from './curve-teller.ts';
import type { Vectors } from './exchange.ts';
import type { Activity, Snapshot, TrainerRequest } from './trainer.ts';

export interface AutonomousSelf {
  readonly agent: number;
  readonly agents: number;
  readonly own: Told;
  /** The arm goes on where it stands. */
  readonly continueArm: (work: CooperateWork) => ArmActivity;
}

const LEARNING = -1;
const ROW = 'learning:row';
const FIGURES = 'learning:figures';

export class AutonomousActivity implements Activity {
  readonly #work: AutonomousWork;
  readonly #self: AutonomousSelf;
  /** Of the parts that are done. */
  readonly #results = new Map<string, Float64Array>();
  readonly #talk: Conversation<readonly [Float64Array, Figures]>;
  #said: IteratorResult<Float64Array, readonly [Float64Array, Figures]> | undefined;
  #part = LEARNING;
  #isAnnounced = false;
  #arm: ArmActivity | undefined;

  /** `stopped` is the snapshot of one that was stopped, or empty; one of another epoch says nothing about this work. */
  constructor(work: AutonomousWork, self: AutonomousSelf, stopped: Snapshot) {
    this.#work = work;
    this.#self = self;
    this.#talk = converse(work, self);
    if (stopped.size === 0 || vectorOf(stopped, 'at', 2)[0] !== work.epoch) return;
    this.#part = vectorOf(stopped, 'at', 2)[1];
    for (const [name, values] of stopped) if (name !== 'at') this.#results.set(name, values);
  }

  /** Over all arms. */
  get iteration(): number {
    const past = this.#work.arms.slice(0, Math.max(0, this.#part)).reduce((sum, { work }) => sum + work.untilIteration, 0);
    return past + (this.#arm?.iteration ?? 0);
  }

  /** Of the arms that are done as well: nobody has heard of them yet. */
  get errors(): readonly ErrorsSoFar[] {
    const done = this.#work.arms.slice(0, Math.max(0, this.#part)).flatMap(({ work }, part) => {
      const curve = this.#results.get(`${part}:curve`);
      return curve === undefined ? [] : [{ arm: work.arm, epoch: work.epoch, schedule: work, curve }];
    });
    return [...done, ...(this.#arm?.errors ?? [])];
  }

  advance(): TrainerRequest {
    if (this.#part === this.#work.arms.length) return { kind: 'report', values: new Map(this.#results) };
    if (this.#isAnnounced) return this.#part === LEARNING ? this.#learn() : this.#cooperate();
    this.#isAnnounced = true;
    const name = this.#part === LEARNING ? 'learning:' : `${this.#part}:`;
    return { kind: 'part', name, phase: this.#part === LEARNING ? 'estimating' : 'cooperating' };
  }

  deliver(vectors: Vectors): void {
    // All of them: who learns waits for every neighbour.
    if (this.#part === LEARNING) this.#said = this.#talk.next(vectors as readonly Float64Array[]);
    else this.#arm!.deliver(vectors);
  }

  /** undefined while it learns; inside an iteration the arm has none. */
  snapshot(): Map<string, Float64Array> | undefined {
    if (this.#part === LEARNING && this.#said !== undefined) return undefined;
    return new Map([['at', Float64Array.of(this.#work.epoch, this.#part)], ...this.#results]);
  }

  #learn(): TrainerRequest {
    this.#said ??= this.#talk.next();
    if (this.#said.done) {
      const [row, figures] = this.#said.value;
      return this.#next([[ROW, row], [FIGURES, figures]]); // prettier-ignore
    }
    const { neighbours, epoch } = this.#work;
    const step = { sendTo: neighbours, receiveFrom: neighbours, vector: this.#said.value };
    return { kind: 'exchange', step, epoch, hops: 1, rounds: 'bsp', staleness: 0 };
  }

  #cooperate(): TrainerRequest {
    this.#arm ??= this.#startArm();
    const request = this.#arm.advance();
    if (request.kind !== 'report') return request;
    return this.#next(Array.from(request.values, ([name, values]) => [`${this.#part}:${name}`, values]));
  }

  #next(results: readonly (readonly [string, Float64Array])[]): TrainerRequest {
    for (const [name, values] of results) this.#results.set(name, values);
    this.#part++;
    this.#arm = undefined;
    this.#isAnnounced = false;
    return this.advance();
  }

  #startArm(): ArmActivity {
    const { learned, work } = this.#work.arms[this.#part];
    const tuned = learned ? this.#tuned(work) : work;
    this.#results.set(`${this.#part}:tuning`, Float64Array.of(tuned.etas[0] ?? 0, tuned.spectrumMax));
    return this.#self.continueArm(tuned);
  }

  #tuned(work: CooperateWork): CooperateWork {
    const figures = vectorOf(this.#results, FIGURES);
    const etas = strategyByName(work.strategy)?.usesEta ? [agreedEta(figures, work.stepSize, work.etas[0])] : [];
    return { ...work, etas, spectrumMax: agreedSpectrumMax(figures), view: viewOf(vectorOf(this.#results, ROW)) };
  }
}

function* converse(work: AutonomousWork, { agent, agents, own }: AutonomousSelf): Conversation<readonly [Float64Array, Figures]> {
  const { neighbours, pairs, rounds } = work;
  const among: Among = { agent, agents, neighbours, own, pairs, rounds, options: optionsOf(work) };
  const weights = yield* hosted(work.estimator).converse(among);
  // The same in every arm: they share the step size.
  const figures = yield* agree(among, work.arms[0]?.work.noise ?? 0, weights);
  const row = new Float64Array(agents);
  neighbours.forEach((l, i) => (row[l] = weights[i]));
  return [row, figures];
}

function hosted(name: string): AgentHostedEstimator {
  const estimator = agentHostedByName(name);
  if (estimator === undefined) throw new KindredError('WIRE_UNEXPECTED', `agents host no estimator "${name}"`);
  return estimator;
}

function optionsOf({ options }: AutonomousWork): EstimatorOptions {
  try {
    return JSON.parse(options) as EstimatorOptions;
  } catch (cause) {
    throw new KindredError('WIRE_GARBAGE', 'the options of an estimator are not JSON', { cause });
  }
}

function viewOf(row: Float64Array): LocalView {
  const neighbours = Array.from(row.keys()).filter((l) => row[l] !== 0);
  return { kind: 'edges', neighbours, weights: neighbours.map((l) => row[l]), strength: 0, hub: 0 };
}
