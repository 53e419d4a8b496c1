/**
 * Every stage that was planned, in order: an agent that restarted goes through them again. Knows which of the past is void:
 * exchanges that nobody can go through again, because somebody who took part is left out, or came anew.
 */
import type { Work } from '../proto/messages.ts';
import type { Stage } from './script.ts';

/** Keeps an agent that has no part in a stage in step with the others. */
const NOTHING_TO_DO: Work = { kind: 'connect', neighbours: [] };

const isOfArms = ({ kind }: Work): boolean => kind === 'cooperate' || kind === 'autonomous';

export class StageBook {
  /** From stage 1. */
  readonly #stages: Stage[] = [];
  /** Every link that was planned, by agent. */
  readonly #links: readonly Set<number>[];
  readonly #isExcluded: (agent: number) => boolean;
  /** Up to this stage nobody needs what an arm brought: the next one begins beyond it. */
  #voidUntil = 0;

  constructor(agents: number, isExcluded: (agent: number) => boolean) {
    this.#links = Array.from({ length: agents }, () => new Set());
    this.#isExcluded = isExcluded;
  }

  add(stage: Stage): void {
    this.#stages.push(stage);
    stage.works.forEach((work, agent) => {
      if (work.kind === 'connect') for (const neighbour of work.neighbours) this.#links[agent].add(neighbour.agent);
    });
  }

  /** undefined before the first. */
  get current(): Stage | undefined {
    return this.#stages.at(-1);
  }

  /** Cooperating steps of the stages before the current one; of a stage that was broken off nobody knows how many. */
  get stepsBefore(): number {
    const past = this.#stages.slice(0, -1).filter(({ phase, works }) => phase === 'cooperating' && works.some(isOfArms));
    return past.reduce((sum, { from = 0, until = from }) => sum + until - from, 0);
  }

  linksOf(agent: number): ReadonlySet<number> {
    return this.#links[agent];
  }

  /** What this agent is to do there. */
  workFor(agent: number, stage: number): Work {
    const { phase, works } = this.#stages[stage - 1];
    const hasNoPart = phase === 'cooperating' && (stage <= this.#voidUntil || this.#isExcluded(agent));
    return hasNoPart ? NOTHING_TO_DO : (works[agent] ?? NOTHING_TO_DO);
  }

  /** The current stage ended without reports. Who comes back to it has nothing to do in it. */
  breakOff(): void {
    const stage = this.#stages.length;
    const broken = this.#stages[stage - 1];
    this.#voidUntil = stage;
    this.#stages[stage - 1] = { ...broken, works: broken.works.map(() => NOTHING_TO_DO) };
  }

  /** The stages before the current one are void: nobody can go through their exchanges without the one that is lost. */
  leavePast(): void {
    this.#voidUntil = Math.max(this.#voidUntil, this.#stages.length - 1);
  }

  /** All of them, the current one included: a newcomer has none of its exchanges. */
  leaveAll(): void {
    this.#voidUntil = this.#stages.length;
  }

  /** Whoever is at work there, going through the past again, may wait for an agent that is lost: it is called away. */
  isVoid(agent: number, stage: number): boolean {
    if (stage <= 0 || stage >= this.#stages.length) return false;
    return stage <= this.#voidUntil ? this.#isOfArms(stage) : this.#waitsForLost(this.#stages[stage - 1].works[agent]);
  }

  #isOfArms(stage: number): boolean {
    const { phase, works } = this.#stages[stage - 1];
    return phase === 'cooperating' || works.some((work) => work.kind === 'connect');
  }

  #waitsForLost(work: Work | undefined): boolean {
    return work?.kind === 'connect' && work.neighbours.some((one) => this.#isExcluded(one.agent));
  }
}
