/**
 * What one agent must not forget: who it is (session), where it is (its last checkpoint), and which vectors its neighbours
 * may still ask for. Decides when a checkpoint is due; one is written at a time, while the work goes on.
 */
import { LIMITS } from '../core/limits.ts';
import type { Clock } from '../net/clock.ts';
import type { Welcome } from '../proto/messages.ts';
import { encodeCheckpoint } from './checkpoint.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { CheckpointStore } from './checkpoint-store.ts';
import { History } from './history.ts';
import type { Snapshot } from './trainer.ts';

/** Taken by the driver between two iterations; undefined where it cannot. */
export type TakeSnapshot = () => { readonly stage: number; readonly step: number; readonly vectors: Snapshot } | undefined;

/** Beyond this the next checkpoint does not wait for its time: neighbours drop their history by it. */
const HISTORY_BYTES_DUE = LIMITS.historyBytesMax / 4;

export class Memory {
  readonly history = new History();
  /** What loading the checkpoint had to say. */
  readonly notes: readonly string[];
  /** Of an earlier process, if there was one. */
  readonly checkpoint: Checkpoint | undefined;
  /** Iterations begun in the cooperating phase, over all arms. */
  cooperatingStep = 0;
  session: string;
  /** A new process until it was welcomed. */
  boot = true;
  readonly #store: CheckpointStore;
  readonly #clock: Clock;
  readonly #everyMs: number;
  #run = '';
  #agent = 0;
  #incarnation = 0;
  #durableStep = 0;
  #publishedStep = 0;
  #saving = false;
  #dueAt = Infinity;

  constructor(store: CheckpointStore, clock: Clock, everyMs: number) {
    const { checkpoint, notes } = store.load();
    this.#store = store;
    this.#clock = clock;
    this.#everyMs = everyMs;
    this.checkpoint = checkpoint;
    this.notes = notes;
    this.session = checkpoint?.session ?? '';
  }

  /** The checkpoint, if it is of this run. */
  resume(run: string): Checkpoint | undefined {
    const { checkpoint } = this;
    if (checkpoint?.run !== run) return undefined;
    this.cooperatingStep = checkpoint.cooperatingStep;
    this.#durableStep = this.#publishedStep = checkpoint.step;
    for (const { step, to, frame } of checkpoint.history) this.history.record(step, to, frame);
    return checkpoint;
  }

  /** A new session is written down at once: it is what lets the next process take over. */
  welcomed({ run, agent, incarnation, session }: Welcome, take: TakeSnapshot): void {
    const isNew = session !== this.session;
    this.boot = false;
    this.session = session;
    this.#run = run;
    this.#agent = agent;
    this.#incarnation = incarnation;
    if (isNew) this.save(take, () => {});
  }

  published(step: number, to: readonly number[], frame: Uint8Array): void {
    this.#publishedStep = step;
    this.history.record(step, to, frame);
  }

  get publishedStep(): number {
    return this.#publishedStep;
  }

  /** No exchange up to this one will ever be asked for again. */
  get durableStep(): number {
    return this.#durableStep;
  }

  get isDue(): boolean {
    if (this.#saving || this.#run === '') return false;
    return this.#clock.now() >= this.#dueAt || this.history.bytes > HISTORY_BYTES_DUE;
  }

  save(take: TakeSnapshot, done: (error: Error | undefined) => void): void {
    const snapshot = this.#saving ? undefined : take();
    if (snapshot === undefined) return;
    const { stage, step, vectors } = snapshot;
    const { session, cooperatingStep } = this;
    this.#saving = true;
    this.#dueAt = this.#clock.now() + this.#everyMs;
    const identity = { run: this.#run, agent: this.#agent, incarnation: this.#incarnation, session };
    const bytes = encodeCheckpoint({ ...identity, stage, step, cooperatingStep, vectors, history: this.history.all() });
    this.#store.save(bytes, (error) => {
      this.#saving = false;
      if (error === undefined) this.#durableStep = step;
      done(error);
    });
  }

  /** Before leaving: saves if it can, and calls back in any case. */
  saveNow(take: TakeSnapshot, done: () => void): void {
    if (this.#saving || this.#run === '' || take() === undefined) return done();
    this.save(take, done);
  }
}
