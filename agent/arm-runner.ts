/**
 * Runs one arm at one agent: adapt, exchange, combine, record - iteration by iteration, without knowing any socket.
 *
 * A table's arm may carry several candidates of eta at once (a bank): their vectors travel in one frame, since below
 * 10,000 parameters messages rule the speed, not bytes.
 */
import { isCurvePoint, isSteady } from '../core/arm-schedule.ts';
import { assert, KindredError } from '../core/errors.ts';
import type { Task } from '../core/problem/problem.ts';
import { strategyByName } from '../core/strategy/index.ts';
import type { StrategyContext, StrategyRun } from '../core/strategy/strategy.ts';
import type { CooperateWork } from '../proto/messages.ts';
import { Exchange } from './exchange.ts';
import type { TransportStep } from './exchange.ts';

/** What the arm tells after every iteration: errors, changes. */
export interface ArmRecorder {
  recorded(iteration: number, outputs: readonly StrategyRun[]): void;
}

export class ArmRunner {
  readonly #runs: readonly StrategyRun[];
  readonly #bank: Float64Array;
  readonly #exchange: Exchange;
  readonly #recorder: ArmRecorder;
  readonly #inboxes: readonly { vectors: (Float64Array | undefined)[]; mean: Float64Array | undefined }[];
  readonly #bound: Float64Array[] = [];
  #iteration = 0;
  #hop = 0;
  #insideIteration = false;

  constructor(task: Task, work: CooperateWork, agent: number, agents: number, recorder: ArmRecorder) {
    const strategy = strategyByName(work.strategy);
    if (strategy === undefined) throw new KindredError('WIRE_UNEXPECTED', `unknown strategy "${work.strategy}"`);
    const etas = work.etas.length > 0 ? work.etas : [0];
    this.#recorder = recorder;
    this.#runs = etas.map((eta) => strategy.start(contextFor(task, work, agents, eta)));
    const length = this.#runs[0].outgoing.length;
    this.#bank = etas.length === 1 ? this.#runs[0].outgoing : new Float64Array(length * etas.length);
    this.#exchange = new Exchange(work.view, agent, agents, this.#bank.length);
    const { mean } = this.#exchange;
    this.#inboxes = etas.map((_, candidate) => ({ vectors: [], mean: mean && this.#partOf(mean, candidate) }));
  }

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

  /** Runs until it needs a transport step, or `untilIteration` is reached (undefined), or `budget` iterations passed ('pause'). */
  advance(untilIteration: number, budget: number): TransportStep | 'pause' | undefined {
    for (let spent = 0; ;) {
      if (!this.#insideIteration) {
        if (this.#iteration >= untilIteration) return undefined;
        if (spent++ >= budget) return 'pause';
        this.#beginIteration();
      }
      const step = this.#nextStep();
      if (step !== undefined) return step;
      this.#insideIteration = false;
      this.#recorder.recorded(this.#iteration, this.#runs);
    }
  }

  /** The vectors of the transport step just asked for, in the order of its receiveFrom. */
  deliver(vectors: readonly Float64Array[]): void {
    assert(this.#insideIteration, 'vectors arrived outside an iteration');
    this.#exchange.received(this.#bank, vectors);
    if (this.#exchange.next(this.#bank) === undefined) this.#combine(vectors);
  }

  #beginIteration(): void {
    this.#iteration++;
    this.#hop = 0;
    this.#insideIteration = true;
    for (const run of this.#runs) run.adapt(this.#iteration);
    this.#fillBank();
  }

  #nextStep(): TransportStep | undefined {
    return this.#hop < this.#runs[0].hops(this.#iteration) ? this.#exchange.next(this.#bank) : undefined;
  }

  #combine(vectors: readonly Float64Array[]): void {
    this.#bind(vectors);
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

  /** Points every candidate's inbox at its part of each vector. Buffers are reused, so this is done once per buffer, not per round. */
  #bind(vectors: readonly Float64Array[]): void {
    if (this.#exchange.mean !== undefined) return;
    vectors.forEach((vector, i) => {
      if (this.#bound[i] === vector) return;
      this.#bound[i] = vector;
      this.#inboxes.forEach((inbox, candidate) => (inbox.vectors[i] = this.#partOf(vector, candidate)));
    });
  }

  #partOf(bank: Float64Array, candidate: number): Float64Array {
    const length = this.#runs[0].outgoing.length;
    return this.#runs.length === 1 ? bank : bank.subarray(candidate * length, (candidate + 1) * length);
  }
}

function contextFor(task: Task, work: CooperateWork, agents: number, eta: number): StrategyContext {
  return {
    task,
    view: work.view,
    agents,
    stepSize: work.stepSize,
    eta,
    ridge: work.ridge,
    noise: work.noise,
    spectrumMax: work.spectrumMax,
    isRecorded: (iteration) => isSteady(iteration, work) || isCurvePoint(iteration, work),
  };
}
