/**
 * What an agent tells of itself now and then: how far its work is, whom it waits for, its errors, how its links are. For who
 * watches; the coordinator's only other use of it is to see that an agent is not stuck.
 */
import type { Clock } from '../net/clock.ts';
import { stalenessOf, waitingFor } from './agent-machine.ts';
import { CurveTeller } from './curve-teller.ts';
import { LinkMeters } from './link-health.ts';
import type { AgentLinks } from './links.ts';
import type { Protocol } from './protocol.ts';
import type { Measured, ProgressNow } from './teller.ts';
import type { WorkLoop } from './work-loop.ts';

export class Vitals {
  readonly meters = new LinkMeters();
  readonly #curves = new CurveTeller();
  readonly #protocol: Protocol;
  readonly #links: AgentLinks;
  readonly #clock: Clock;

  constructor(protocol: Protocol, links: AgentLinks, clock: Clock) {
    this.#protocol = protocol;
    this.#links = links;
    this.#clock = clock;
  }

  /** There is a new coordinator to tell: from the beginning. */
  startOver(): void {
    this.#curves.startOver();
  }

  /** undefined where nothing is under way. */
  progressOf(work: WorkLoop): ProgressNow {
    const { state } = this.#protocol;
    const { activity } = work;
    if (activity === undefined && state.phase !== 'connecting') return undefined;
    this.#askNeighbour();
    const { stage, paused } = state;
    return {
      now: { stage, iteration: activity?.iteration ?? 0, bytesSent: this.#links.traffic.bytes, waitingFor: waitingFor(state), paused },
      measured: () => this.#measured(work),
    };
  }

  #measured({ activity }: WorkLoop): Measured {
    const { state, neighbours } = this.#protocol;
    const facts = {
      isOpen: (agent: number) => state.open.has(agent),
      bytesFrom: (agent: number) => this.#links.bytesFrom(agent),
      stalenessOf: (agent: number) => stalenessOf(state, agent),
    };
    return { errors: this.#curves.next(activity?.errors ?? []), links: this.meters.tell(neighbours, facts, this.#clock.now()) };
  }

  /** One round trip is measured at a time. */
  #askNeighbour(): void {
    const { state, neighbours } = this.#protocol;
    const open = neighbours.filter((agent) => state.open.has(agent));
    const question = this.meters.nextQuestion(open, this.#clock.now());
    if (question !== undefined) this.#links.ask(question.agent, question.ask);
  }
}
