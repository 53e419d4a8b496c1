/**
 * Runs one arm at one agent: adapt, exchange, combine, record - iteration by iteration, without knowing any socket.
 *
 * A table's arm may carry several candidates of eta at once (a bank): their vectors travel in one frame, since below
 * 10,000 parameters messages rule the speed, not bytes.
 * Between two iterations all of its state is the iteration and the strategies' state: there it can be written down.
 */
import { isCurvePoint, isSteady } from '../core/arm-schedule.ts';
import { assert, KindredError } from '../core/errors.ts';
import type { OwnOptions } from '../core/own/define.ts';
import type { Task } from '../core/problem/problem.ts';
import { joined, overwrite, vectorOf } from '../core/snapshot.ts';
import type { Snapshot } from '../core/snapshot.ts';
import { strategyByName } from '../core/strategy/index.ts';
import { refuseUnstable } from '../core/strategy/stability-guard.ts';
import type { StrategyContext, StrategyRun } from '../core/strategy/strategy.ts';
import type { CooperateWork } from '../proto/messages.ts';
import { questionOf } from './prior-work.ts';
import { basisOf } from './subspace-work.ts';
import { Exchange } from './exchange.ts';
import type { TransportStep, Vectors } from './exchange.ts';

/** What the arm tells after every iteration: errors, changes. */
export interface ArmRecorder {
  recorded(iteration: number, outputs: readonly StrategyRun[]): void;
}

export class ArmRunner {
  readonly #runs: readonly StrategyRun[];
  readonly #state: readonly Float64Array[];
  readonly #bank: Float64Array;
  readonly #exchange: Exchange;
  readonly #recorder: ArmRecorder;
  /** How many vectors of neighbours a strategy sees: none where it sees a mean. */
  readonly #inboxLength: number;
  readonly #inboxes: readonly { vectors: (Float64Array | undefined)[]; mean: Float64Array | undefined }[];
  readonly #bound: (Float64Array | undefined)[] = [];
  #boundMean: Float64Array | undefined;
  #iteration = 0;
  #hop = 0;
  #sinceBreath = 0;
  #phase: 'between' | 'boundary' | 'inside' = 'between';

  constructor(task: Task, work: CooperateWork, agent: number, agents: number, recorder: ArmRecorder, options: OwnOptions = {}) {
    const strategy = strategyByName(work.strategy);
    if (strategy === undefined) throw new KindredError('WIRE_UNEXPECTED', `unknown strategy "${work.strategy}"`);
    const etas = work.etas.length > 0 ? work.etas : [0];
    this.#recorder = recorder;
    this.#runs = etas.map((eta) => {
      const context = contextFor(task, work, agents, eta, options);
      refuseUnstable(strategy, { ...context, steps: task.learns === 'gradient', waits: work.rounds === 'bsp' });
      return strategy.start(context);
    });
    this.#state = this.#runs.flatMap((run) => run.state);
    const length = this.#runs[0].outgoing.length;
    this.#bank = etas.length === 1 ? this.#runs[0].outgoing : new Float64Array(length * etas.length);
    this.#exchange = new Exchange(work.view, agent, agents, this.#bank.length);
    this.#inboxLength = work.view.kind === 'mean' ? 0 : work.view.neighbours.length;
    this.#inboxes = etas.map(() => ({ vectors: [], mean: undefined }));
  }

  /** Iterations completed; during one, its number. */
  get iteration(): number {
    return this.#iteration;
  }

  get runs(): readonly StrategyRun[] {
    return this.#runs;
  }

  /** Length of the vectors on the wire. */
  get vectorLength(): number {
    return this.#bank.length;
  }

  /** Transport steps of the iteration under way: 1, 2 (a hub, or two hops) or 4 (both). Their order is the same in every iteration. */
  get transportSteps(): number {
    return this.#runs[0].hops(this.#iteration) * this.#exchange.parts;
  }

  /**
   * Goes on until something outside is due: a transport step; a 'boundary' before every iteration; 'pause' after `budget`
   * iterations without an exchange; undefined when `untilIteration` is reached.
   */
  advance(untilIteration: number, budget: number): TransportStep | 'pause' | 'boundary' | undefined {
    if (this.#phase === 'between') return this.#stop(untilIteration, budget);
    if (this.#phase === 'boundary') this.#beginIteration();
    const step = this.#nextStep();
    if (step === undefined) {
      this.#phase = 'between';
      this.#recorder.recorded(this.#iteration, this.#runs);
      return this.#stop(untilIteration, budget);
    }
    this.#sinceBreath = 0;
    return step;
  }

  /** The vectors of the transport step just asked for, in the order of its receiveFrom. */
  deliver(vectors: Vectors): void {
    assert(this.#phase === 'inside', 'vectors arrived outside an iteration');
    this.#exchange.received(this.#bank, vectors);
    if (this.#exchange.next(this.#bank) === undefined) this.#combine(vectors);
  }

  /** undefined inside an iteration. */
  snapshot(): Map<string, Float64Array> | undefined {
    if (this.#phase === 'inside') return undefined;
    return new Map([
      ['iteration', Float64Array.of(this.#iteration)],
      ['strategies', joined(this.#state)],
    ]);
  }

  restore(snapshot: Snapshot): void {
    overwrite(this.#state, snapshot, 'strategies');
    this.#iteration = vectorOf(snapshot, 'iteration', 1)[0];
  }

  /** Why it stops between two iterations. */
  #stop(untilIteration: number, budget: number): 'pause' | 'boundary' | undefined {
    if (this.#iteration >= untilIteration) return undefined;
    if (this.#sinceBreath >= budget) {
      this.#sinceBreath = 0;
      return 'pause';
    }
    this.#phase = 'boundary';
    return 'boundary';
  }

  #beginIteration(): void {
    this.#iteration++;
    this.#sinceBreath++;
    this.#hop = 0;
    this.#phase = 'inside';
    for (const run of this.#runs) run.adapt(this.#iteration);
    this.#fillBank();
  }

  #nextStep(): TransportStep | undefined {
    return this.#hop < this.#runs[0].hops(this.#iteration) ? this.#exchange.next(this.#bank) : undefined;
  }

  #combine(vectors: Vectors): void {
    this.#bindMean();
    for (let i = 0; i < this.#inboxLength; i++) this.#bind(i, vectors[i]);
    this.#runs.forEach((run, candidate) => run.combine(this.#hop, this.#inboxes[candidate]));
    this.#hop++;
    this.#exchange.restart();
    this.#fillBank();
  }

  #fillBank(): void {
    if (this.#runs.length === 1) return;
    let offset = 0;
    for (const run of this.#runs) {
      this.#bank.set(run.outgoing, offset);
      offset += run.outgoing.length;
    }
  }

  /** Points every candidate's inbox at its part of the vector. Where the buffer is the one of the round before, it already does. */
  #bind(i: number, vector: Float64Array | undefined): void {
    if (this.#bound[i] === vector) return;
    this.#bound[i] = vector;
    this.#inboxes.forEach((inbox, candidate) => (inbox.vectors[i] = vector && this.#partOf(vector, candidate)));
  }

  #bindMean(): void {
    const { mean } = this.#exchange;
    if (this.#boundMean === mean) return;
    this.#boundMean = mean;
    this.#inboxes.forEach((inbox, candidate) => (inbox.mean = mean && this.#partOf(mean, candidate)));
  }

  #partOf(bank: Float64Array, candidate: number): Float64Array {
    const length = this.#runs[0].outgoing.length;
    return this.#runs.length === 1 ? bank : bank.subarray(candidate * length, (candidate + 1) * length);
  }
}

function contextFor(task: Task, work: CooperateWork, agents: number, eta: number, options: OwnOptions): StrategyContext {
  return {
    task,
    view: work.view,
    agents,
    stepSize: work.stepSize,
    eta,
    ridge: work.ridge,
    noise: work.noise,
    spectrumMax: work.spectrumMax,
    ...(work.prior === undefined ? {} : { prior: questionOf(work.prior) }),
    ...(work.basis === undefined ? {} : { basis: basisOf(work.basis) }),
    options,
    isRecorded: (iteration) => isSteady(iteration, work) || isCurvePoint(iteration, work),
  };
}
