/**
 * What a coordinator tells its agents: who they are, where their neighbours are, what to do, what is broken on purpose,
 * whether to hold, and that it is over. Of now, whenever it is told: whoever comes back hears the same again.
 */
import { agentsPlan, NO_ENGINE } from '../core/fault/engine-faults.ts';
import type { EngineEnacts } from '../core/fault/engine-faults.ts';
import { faultPlanText } from '../core/fault/plan-text.ts';
import type { Work } from '../proto/messages.ts';
import type { Members } from './members.ts';
import type { Roster } from './roster.ts';
import type { RunFold } from './run-fold.ts';

export interface MessengerParts {
  readonly fold: RunFold;
  readonly members: Members;
  readonly roster: Roster;
  /** What agents are not told of: the engine of their containers enacts it. */
  readonly engine: EngineEnacts | undefined;
}

export class Messenger {
  readonly #fold: RunFold;
  readonly #members: Members;
  readonly #roster: Roster;
  readonly #engine: EngineEnacts;

  constructor({ fold, members, roster, engine }: MessengerParts) {
    this.#fold = fold;
    this.#members = members;
    this.#roster = roster;
    this.#engine = engine ?? NO_ENGINE;
  }

  welcome(agent: number): void {
    const { book, time } = this.#fold;
    const now = { faults: this.#faults, elapsedMs: time.elapsedMs, paused: this.#fold.isPaused };
    this.#members.tell(agent, this.#roster.welcome(agent, book.linksOf(agent), now));
  }

  /** Tells `agent` where `other` is. */
  whereIs(agent: number, other: number): void {
    this.#members.tell(agent, { type: 'moved', neighbour: this.#roster.neighbour(agent, other) });
  }

  /** Tells every neighbour of `agent` where it is. */
  moved(agent: number): void {
    for (const other of this.#fold.book.linksOf(agent)) this.whereIs(other, agent);
  }

  assign(agent: number, stage: number): void {
    const { book } = this.#fold;
    const work = book.workFor(agent, stage);
    this.#members.tell(agent, {
      type: 'assign',
      stage,
      abandon: book.isVoid(agent, stage - 1),
      work: work.kind === 'connect' ? this.#addressed(agent, work) : work,
    });
  }

  /** The current stage, to everybody. */
  assignAll(): void {
    for (const agent of this.#members.indices()) this.assign(agent, this.#fold.state.stage);
  }

  pause(agent: number): void {
    this.#members.tell(agent, { type: 'pause', paused: this.#fold.isPaused });
  }

  pauseAll(): void {
    for (const agent of this.#members.indices()) this.pause(agent);
  }

  faultsAll(): void {
    for (const agent of this.#members.indices()) this.#members.tell(agent, { type: 'faults', plan: this.#faults });
  }

  finish(agent: number): void {
    const { phase, failure, stage } = this.#fold.state;
    const work = { kind: 'finish', status: phase, code: failure?.code ?? '', detail: failure?.detail ?? '' } as const;
    this.#members.tell(agent, { type: 'assign', stage: stage + 1, abandon: true, work });
  }

  finishAll(): void {
    for (const agent of this.#members.indices()) this.finish(agent);
  }

  get #faults(): string {
    return faultPlanText(agentsPlan(this.#fold.faults, this.#engine));
  }

  /** A link plan with the addresses of now. Who is left out will not answer, and is not waited for. */
  #addressed(agent: number, { neighbours }: Extract<Work, { kind: 'connect' }>): Work {
    const reachable = neighbours.filter((one) => !this.#fold.state.agents[one.agent].excluded);
    return { kind: 'connect', neighbours: reachable.map((one) => this.#roster.neighbour(agent, one.agent)) };
  }
}
