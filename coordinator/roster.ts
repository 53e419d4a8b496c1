/** Who an agent is told to be, and how one agent reaches another: identities, tickets and addresses of a run. */
import type { Experiment } from '../config/experiment.ts';
import { linkBearer, linkSecret, readSession, sessionOf } from '../net/credentials.ts';
import type { Dialler } from '../net/credentials.ts';
import type { Neighbour, Welcome } from '../proto/messages.ts';

export interface RosterOptions {
  readonly experiment: Experiment;
  readonly runId: string;
  readonly token: string;
  /** What an agent needs to make its own data, as JSON. */
  readonly job: string;
  /** Of now: agents restart. */
  readonly incarnationOf: (agent: number) => number;
  /** Empty while it is not known. */
  readonly endpointOf: (agent: number) => string;
}

export class Roster {
  readonly #options: RosterOptions;

  constructor(options: RosterOptions) {
    this.#options = options;
  }

  /** Whose session it says it is; undefined without one of this run. */
  identify(session: string): (Dialler & { readonly proven: boolean }) | undefined {
    return readSession(this.#options.token, this.#options.runId, session);
  }

  /** How agent `from` reaches agent `to`; of two the lower index dials. */
  neighbour(from: number, to: number): Neighbour {
    const { token, runId, incarnationOf, endpointOf } = this.#options;
    const ticket = linkBearer(linkSecret(token, runId, to), { agent: from, incarnation: incarnationOf(from) });
    return { agent: to, endpoint: endpointOf(to), ticket, dial: from < to, incarnation: incarnationOf(to) };
  }

  welcome(agent: number, links: Iterable<number>, now: Pick<Welcome, 'faults' | 'elapsedMs'>): Welcome {
    const { experiment, runId, token, job, incarnationOf } = this.#options;
    const incarnation = incarnationOf(agent);
    return {
      type: 'welcome',
      run: runId,
      agent,
      agents: experiment.agents,
      seed: experiment.seed,
      incarnation,
      session: sessionOf(token, runId, agent, incarnation),
      linkSecret: linkSecret(token, runId, agent),
      job,
      neighbours: Array.from(links, (other) => this.neighbour(agent, other)),
      ...now,
    };
  }
}
