/**
 * Watches every process of one agent: from next to its disk, what is really durable; from next to its driver, what the
 * protocol does and the learner is handed. It changes nothing and throws nothing; what is wrong is said to the witness.
 *
 *  1. A process begins where the last durable checkpoint stands, with its very bytes; from there stage, epoch and step never go back.
 *  2. Exchanges are applied one after another, each once, with every vector of exactly its step (bsp), as it was published.
 *  3. No step is called durable before the checkpoint with it is.
 *  4. What is kept for neighbours is dropped once they have it durably.
 *  5. A stage is assigned only when the log holds all of the one before it.
 */
import type { stepAgent, AgentEffect, AgentEvent, AgentState } from '../agent/agent-machine.ts';
import { stepAgent as ownStep } from '../agent/agent-machine.ts';
import type { AgentOptions } from '../agent/agent.ts';
import { encodeCheckpoint } from '../agent/checkpoint.ts';
import type { CheckpointStore, Loaded } from '../agent/checkpoint-store.ts';
import type { Published } from '../agent/history.ts';
import type { Activity, Trainer } from '../agent/trainer.ts';
import type { Witness } from './witness.ts';

/** What survives a process. */
interface Durable {
  readonly bytes: Uint8Array;
  readonly step: number;
  /** The durable steps of its neighbours that it knew when it was taken, and where it stood when it last learned of one. */
  readonly heard: ReadonlyMap<number, number>;
  readonly heardAt: number;
}

export interface AgentSurroundings {
  readonly witness: Witness;
  readonly durableStepOf: (agent: number) => number;
  /** The last stage that is closed in the log for good. */
  readonly closedStage: () => number;
  /** Often enough to look at what goes on. */
  readonly onMoment: (cooperatingStep: number) => void;
}

export class AgentChecker {
  readonly #agent: number;
  readonly #around: AgentSurroundings;
  #durable: Durable | undefined;
  #process: AgentProcess | undefined;

  constructor(agent: number, around: AgentSurroundings) {
    this.#agent = agent;
    this.#around = around;
  }

  get durableStep(): number {
    return this.#durable?.step ?? 0;
  }

  /** In words; empty when no process runs. */
  get state(): AgentState | undefined {
    return this.#process?.state;
  }

  /** Next to its disk: a new process of this agent, before bugs are planted in it. */
  surround(options: AgentOptions): AgentOptions {
    const process = new AgentProcess(this.#agent, this.#around, () => options.faults.step);
    this.#process = process;
    return { ...options, checkpoints: this.#store(options.checkpoints, process) };
  }

  /** Next to its driver: the same process, with its bugs. */
  observe(options: AgentOptions): AgentOptions {
    const process = this.#process!;
    return {
      ...options,
      step: process.step(options.step ?? ownStep),
      createTrainer: (...job) => process.trainer(options.createTrainer(...job)),
      onEnd: (code, detail) => {
        if (this.#process === process) this.#process = undefined;
        if (code !== '' && code !== 'RUN_OVER') this.#around.witness.complain('lost', `agent ${this.#agent} ended: ${code} ${detail}`);
        options.onEnd(code, detail);
      },
    };
  }

  #store(store: CheckpointStore, process: AgentProcess): CheckpointStore {
    return {
      save: (bytes, done) => {
        const durable: Durable = { bytes: bytes.slice(), step: process.at, heard: new Map(process.heard), heardAt: process.heardAt };
        store.save(bytes, (error) => {
          if (error === undefined) this.#durable = durable;
          done(error);
        });
      },
      load: () => {
        const loaded = store.load();
        this.#checkLoaded(loaded);
        process.begin(loaded);
        return loaded;
      },
    };
  }

  /** Invariants 1 and 4. */
  #checkLoaded({ checkpoint }: Loaded): void {
    const bytes = checkpoint && encodeCheckpoint(checkpoint);
    const { witness } = this.#around;
    const durable = this.#durable;
    if (bytes === undefined ? durable !== undefined : durable === undefined || Buffer.compare(bytes, durable.bytes) !== 0)
      witness.complain('lost', `agent ${this.#agent} began from another checkpoint than its last durable one`);
    const oldest = checkpoint?.history[0];
    if (oldest !== undefined && durable !== undefined && isNeedless(oldest, durable))
      witness.complain('lost', `agent ${this.#agent} kept exchange ${oldest.step}, which nobody can need any more`);
  }
}

/** Published again after everybody had it, it stays until the agent learns of the next durable step. */
function isNeedless({ step, to }: Published, { heard, heardAt }: Durable): boolean {
  return step <= heardAt && to.every((agent) => (heard.get(agent) ?? 0) >= step);
}

class AgentProcess {
  state: AgentState | undefined;
  readonly heard = new Map<number, number>();
  heardAt = 0;
  readonly #agent: number;
  readonly #around: AgentSurroundings;
  readonly #cooperatingStep: () => number;
  #stage = 0;
  #step = 0;
  #epoch = 0;
  #applied = 0;
  #wanted: Float64Array | undefined;
  #due: Extract<AgentEffect, { type: 'deliver' }> | undefined;

  constructor(agent: number, around: AgentSurroundings, cooperatingStep: () => number) {
    this.#agent = agent;
    this.#around = around;
    this.#cooperatingStep = cooperatingStep;
  }

  /** Exchanges begun: what a checkpoint that is taken now holds. */
  get at(): number {
    return this.state?.step ?? this.#step;
  }

  begin({ checkpoint }: Loaded): void {
    this.#stage = checkpoint?.stage ?? 0;
    this.#step = this.#applied = checkpoint?.step ?? 0;
  }

  step(inner: typeof stepAgent): typeof stepAgent {
    return (state, event) => {
      this.#hear(event);
      const effects = inner(state, event);
      this.state = state;
      this.#checkProgress(state);
      for (const effect of effects) this.#see(effect, state);
      if (event.type === 'exchange-wanted') this.#around.witness.exchanged(this.#agent, state.step, this.#cooperatingStep());
      if (event.type === 'tick' || event.type === 'exchange-wanted') this.#around.onMoment(this.#cooperatingStep());
      return effects;
    };
  }

  trainer(inner: Trainer): Trainer {
    return {
      vectorLengthMax: inner.vectorLengthMax,
      begin: (work) => this.#activity(inner.begin(work)),
      snapshot: () => inner.snapshot(),
      restore: (snapshot) => inner.restore(snapshot),
    };
  }

  #activity(inner: Activity): Activity {
    return {
      get iteration() {
        return inner.iteration;
      },
      advance: () => {
        const request = inner.advance();
        if (request.kind === 'exchange') this.#wanted = request.step.vector;
        if (request.kind === 'report') this.#around.witness.reported(this.#agent, this.state!.stage, request.values);
        return request;
      },
      deliver: (vectors) => {
        this.#checkDelivered(vectors);
        inner.deliver(vectors);
      },
    };
  }

  /** Invariants 3 and 5. */
  #hear(event: AgentEvent): void {
    if (event.type === 'vector') this.#hearDurable(event.agent, event.header.durableStep);
    else if (event.type === 'synced') this.#hearDurable(event.agent, event.sync.durableStep);
    else if (event.type === 'assigned' && event.assign.work.kind !== 'finish' && event.assign.stage > this.#around.closedStage() + 1)
      this.#complain(`got stage ${event.assign.stage} before the log held all of the one before it`);
  }

  #hearDurable(neighbour: number, step: number): void {
    if (step <= (this.heard.get(neighbour) ?? 0)) return;
    this.heard.set(neighbour, step);
    this.heardAt = this.at;
    if (step > this.#around.durableStepOf(neighbour)) this.#complain(`heard that exchange ${step} is durable at agent ${neighbour}, which it is not`);
  }

  /** Invariant 1. */
  #checkProgress({ stage, step, rules }: AgentState): void {
    if (stage < this.#stage || step < this.#step || rules.epoch < this.#epoch)
      this.#complain(`went back from stage ${this.#stage}, exchange ${this.#step}, epoch ${this.#epoch} to ${stage}, ${step}, ${rules.epoch}`);
    this.#stage = stage;
    this.#step = step;
    this.#epoch = rules.epoch;
  }

  #see(effect: AgentEffect, state: AgentState): void {
    if (effect.type === 'publish') this.#around.witness.published(this.#agent, effect.step, this.#wanted!);
    else if (effect.type === 'deliver') this.#due = this.#applying(effect, state);
  }

  /** Invariant 2. */
  #applying(effect: Extract<AgentEffect, { type: 'deliver' }>, { step, rules, expected }: AgentState): typeof effect {
    if (step !== this.#applied + 1) this.#complain(`applied exchange ${step} after ${this.#applied}`);
    this.#applied = step;
    if (rules.rounds === 'bsp' && effect.steps.some((one) => one !== step)) this.#complain(`used vectors of exchanges ${effect.steps.join(', ')} at ${step}`);
    if (effect.from.some((source, i) => source !== expected[i]))
      this.#complain(`took vectors of ${effect.from.join(', ')} for those of ${expected.join(', ')}`);
    return effect;
  }

  #checkDelivered(vectors: readonly (Float64Array | undefined)[]): void {
    const due = this.#due;
    this.#due = undefined;
    if (due === undefined || due.from.length !== vectors.length) return this.#complain('was handed vectors that were not due');
    due.from.forEach((source, i) => this.#around.witness.used(this.#agent, source, this.#applied, vectors[i]));
  }

  #complain(text: string): void {
    this.#around.witness.complain('different', `agent ${this.#agent} ${text}`);
  }
}
