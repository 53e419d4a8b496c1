/**
 * Two neighbours driven as agent.ts drives one, in bsp, over a channel that loses, repeats and reorders what it carries;
 * their link breaks, and agents are killed and start again from their last checkpoint.
 *
 * Every vector holds a number that follows from all vectors applied before it, so an exchange that was skipped, applied
 * twice or mixed up shows in every later one. `coordinator` is the least that knows stages: connect, cooperate, finish.
 */
import assert from 'node:assert/strict';
import { initialAgentState, stepAgent } from '../../../agent/agent-machine.ts';
import type { AgentEffect, AgentEvent, AgentState } from '../../../agent/agent-machine.ts';
import { History } from '../../../agent/history.ts';
import { draw } from '../../../core/random.ts';
import type { Random } from '../../../core/random.ts';
import type { CooperateWork, Neighbour, Work } from '../../../proto/messages.ts';

export interface PairFaults {
  /** Per message. */
  readonly loss: number;
  readonly duplicate: number;
  readonly reorder: number;
  /** Per move of the world. */
  readonly breakLink: number;
  readonly kill: number;
  /** Who is killed now and then. */
  readonly killed: readonly number[];
}

export const NO_FAULTS: PairFaults = { loss: 0, duplicate: 0, reorder: 0, breakLink: 0, kill: 0, killed: [] };

interface Checkpoint {
  readonly stage: number;
  readonly step: number;
  readonly value: number;
  readonly history: ReturnType<History['all']>;
}

interface Process {
  state: AgentState;
  incarnation: number;
  value: number;
  history: History;
  checkpoint: Checkpoint;
  readonly slots: { step: number; value: number }[];
  dials: boolean;
}

interface Flight {
  readonly to: number;
  /** Of which link; 0 is the coordinator's. */
  readonly link: number;
  readonly event: (now: number) => AgentEvent;
}

const START: Checkpoint = { stage: 0, step: 0, value: 1, history: [] };
const STAGES = 3;
const MODULUS = 2_147_483_629;
const valueIn = (frame: Uint8Array): number => new DataView(frame.buffer).getUint32(0);

export class MachinePair {
  readonly processes: Process[];
  /** Exchanges applied, over all incarnations of an agent. */
  readonly applied = [0, 0];
  /** What each held whenever it reported the cooperating stage: the coordinator takes the first. */
  readonly outcomes: number[][] = [[], []];
  kills = 0;
  readonly #exchanges: number;
  readonly #random: Random;
  readonly #reported = [new Set<number>(), new Set<number>()];
  #faults: PairFaults;
  #stage = 0;
  #flights: Flight[] = [];
  #link = 0;
  #links = 0;
  #now = 0;

  constructor(exchanges: number, seed: number, faults: PairFaults) {
    this.#exchanges = exchanges;
    this.#faults = faults;
    this.#random = draw(seed, 0, 'fault', 0);
    this.processes = [0, 1].map((agent) => this.#started(agent, START, 1));
    for (const agent of [0, 1]) this.#welcome(agent);
  }

  get isDone(): boolean {
    return this.processes.every(({ state }) => state.phase === 'done');
  }

  heal(): void {
    this.#faults = NO_FAULTS;
  }

  /** One thing happens: a message arrives (or is lost), time passes, a link opens or breaks, an agent is killed. */
  move(): void {
    const { breakLink, kill, killed } = this.#faults;
    this.#now += this.#random.uniform() * 20;
    if (this.#link > 0 && this.#random.uniform() < breakLink) this.#breakLink();
    if (killed.length > 0 && this.#random.uniform() < kill) this.#kill(killed[this.#random.integer(killed.length)]);
    if (this.#link === 0 && this.#random.uniform() < 0.1) this.#openLink();
    if (this.#flights.length > 0 && this.#random.uniform() < 0.7) return this.#fly();
    this.#dispatch(this.#random.integer(2), { type: 'tick', now: this.#now });
  }

  #started(agent: number, checkpoint: Checkpoint, incarnation: number): Process {
    const { stage, step, value } = checkpoint;
    const history = new History();
    for (const entry of checkpoint.history) history.record(entry.step, entry.to, entry.frame);
    const slots = [0, 1].map(() => ({ step: 0, value: 0 }));
    return { state: initialAgentState(agent, stage, step), incarnation, value, history, checkpoint, slots, dials: false };
  }

  #kill(agent: number): void {
    const { state, checkpoint, incarnation } = this.processes[agent];
    // The run is over: whoever comes back now is told so.
    if (state.phase === 'done' || this.#stage === STAGES) return;
    this.kills++;
    if (this.#link > 0) this.#breakLink();
    this.#flights = this.#flights.filter(({ to }) => to !== agent);
    this.processes[agent] = this.#started(agent, checkpoint, incarnation + 1);
    this.#welcome(agent);
    if (this.#stage > 0) this.#send(1 - agent, 0, () => ({ type: 'moved', neighbour: this.#neighbour(1 - agent) }));
  }

  #neighbour(of: number): Neighbour {
    return { agent: 1 - of, endpoint: 'there', ticket: '', dial: of === 0, incarnation: this.processes[1 - of].incarnation };
  }

  #welcome(agent: number): void {
    const neighbours = this.#stage > 0 ? [this.#neighbour(agent)] : [];
    this.#send(agent, 0, (now) => ({ type: 'welcomed', neighbours, now }));
  }

  #openLink(): void {
    if (!this.processes.some(({ dials }) => dials) || this.processes.some(({ state }) => state.phase === 'joining')) return;
    this.#link = ++this.#links;
    for (const one of this.processes) one.dials = false;
    for (const agent of [0, 1]) this.#dispatch(agent, { type: 'link-open', agent: 1 - agent, now: this.#now });
  }

  /** What was under way on it is lost. */
  #breakLink(): void {
    const broken = this.#link;
    this.#link = 0;
    this.#flights = this.#flights.filter(({ link }) => link !== broken);
    for (const agent of [0, 1]) this.#dispatch(agent, { type: 'link-lost', agent: 1 - agent, reason: '', now: this.#now });
  }

  #send(to: number, link: number, event: Flight['event']): void {
    this.#flights.push({ to, link, event });
  }

  /** Welcome, Moved and the end of the run are never lost here: who hears nothing of them opens a new link. */
  #fly(): void {
    const { loss, duplicate, reorder } = this.#faults;
    const at = this.#random.uniform() < reorder ? this.#random.integer(this.#flights.length) : 0;
    const flight = this.#flights[at];
    const event = flight.event(this.#now);
    const isSafe = event.type === 'welcomed' || event.type === 'moved' || (event.type === 'assigned' && event.assign.work.kind === 'finish');
    if (isSafe || this.#random.uniform() >= duplicate) this.#flights.splice(at, 1);
    if (!isSafe && this.#random.uniform() < loss) return;
    this.#dispatch(flight.to, event);
  }

  /** The loop of agent.ts: step, perform, and go on while there is something to compute. */
  #dispatch(agent: number, event: AgentEvent): void {
    const { state } = this.processes[agent];
    if (state.phase === 'joining' && event.type === 'assigned') return;
    this.#step(agent, event);
    while (state.phase === 'working') this.#advance(agent);
  }

  #step(agent: number, event: AgentEvent): void {
    for (const effect of stepAgent(this.processes[agent].state, event)) this.#perform(agent, effect);
  }

  #advance(agent: number): void {
    const process = this.processes[agent];
    const { state, value, history } = process;
    if (this.#random.uniform() < 0.3) process.checkpoint = { stage: state.stage - 1, step: state.step, value, history: history.all() };
    if (state.step >= this.#exchanges) {
      this.outcomes[agent].push(value);
      return this.#step(agent, { type: 'work-done', now: this.#now });
    }
    const rules = { epoch: 1, rounds: 'bsp', staleness: 0, hops: 1 } as const;
    this.#step(agent, { type: 'exchange-wanted', sendTo: [1 - agent], receiveFrom: [1 - agent], rules, now: this.#now });
  }

  #perform(agent: number, effect: AgentEffect): void {
    const process = this.processes[agent];
    const other = 1 - agent;
    switch (effect.type) {
      case 'dial':
        process.dials = true;
        return;
      case 'publish': {
        const frame = new Uint8Array(4);
        new DataView(frame.buffer).setUint32(0, process.value);
        process.history.record(effect.step, effect.to, frame);
        return this.#sendVector(agent, effect.step);
      }
      case 'resend':
        return this.#sendVector(agent, effect.step);
      case 'keep-vector':
        process.slots[effect.step % 2] = { step: effect.step, value: this.#arriving };
        return;
      case 'deliver':
        return this.#deliver(agent, effect.steps[0]);
      case 'sync': {
        const durableStep = process.checkpoint.step;
        const sync = { type: 'sync', step: process.state.step, durableStep, oldestStep: process.history.oldestStep(process.state.step + 1) } as const;
        return this.#onLink(other, (now) => {
          this.processes[other].history.durable(agent, durableStep);
          return { type: 'synced', agent, sync, now };
        });
      }
      case 'pull':
        return this.#onLink(other, () => ({ type: 'pulled', agent, step: effect.step }));
      case 'report':
        return this.#report(agent, effect.stage);
      case 'leave':
        return assert.equal(effect.code, '', effect.detail);
      default:
        return;
    }
  }

  #arriving = 0;

  #sendVector(from: number, step: number): void {
    const { history, checkpoint } = this.processes[from];
    const entry = history.get(step);
    if (entry === undefined) return;
    const header = { epoch: 1, step, durableStep: checkpoint.step };
    this.#onLink(1 - from, (now) => {
      this.#arriving = valueIn(entry.frame);
      this.processes[1 - from].history.durable(from, header.durableStep);
      return { type: 'vector', agent: from, header, now };
    });
  }

  #onLink(to: number, event: Flight['event']): void {
    if (this.#link > 0) this.#send(to, this.#link, event);
  }

  #deliver(agent: number, step: number): void {
    const process = this.processes[agent];
    const slot = process.slots[step % 2];
    assert.equal(step, process.state.step, 'the vector of another step was applied');
    assert.equal(slot.step, step, 'the slot holds another step');
    process.value = combined(process.value, slot.value, step);
    this.applied[agent]++;
  }

  /** Answers like the coordinator: an old report with the stage after it, the last one of a stage with the next. */
  #report(agent: number, stage: number): void {
    if (stage === this.#stage) this.#reported[agent].add(stage);
    const ended = this.#reported.every((stages) => stages.has(this.#stage)) && this.#stage < STAGES;
    if (ended) this.#stage++;
    for (const to of ended ? [0, 1] : [agent]) {
      const next = ended ? this.#stage : stage + 1;
      if (next <= this.#stage)
        this.#send(to, 0, (now) => ({ type: 'assigned', assign: { type: 'assign', stage: next, abandon: false, work: this.#work(to, next) }, now }));
    }
  }

  #work(agent: number, stage: number): Work {
    if (stage === 1) return { kind: 'connect', neighbours: [this.#neighbour(agent)] };
    return stage === 2 ? ({ kind: 'cooperate', firstStep: 0 } as CooperateWork) : { kind: 'finish', status: 'completed', code: '', detail: '' };
  }
}

/** What an agent holds after an exchange: it depends on the order. */
function combined(own: number, other: number, step: number): number {
  return (own * 48_271 + other * 7 + step) % MODULUS;
}

/** What both hold after so many exchanges, by the definition. */
export function valueAfter(exchanges: number): number {
  let value = START.value;
  for (let step = 1; step <= exchanges; step++) value = combined(value, value, step);
  return value;
}
