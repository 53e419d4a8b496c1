/** Who an agent is told to be, and how one agent reaches another: identities, tickets and addresses of a run. */
import type { Experiment } from '../config/experiment.ts';
import { linkBearer, linkSecret, readSession, sessionOf } from '../net/credentials.ts';
import { ANY_AGENT } from '../proto/messages.ts';
import type { Hello, Neighbour, Welcome } from '../proto/messages.ts';
import type { HelloClaim } from './run-machine.ts';
import type { AgentRecord } from './run-state.ts';

export interface RosterOptions {
  readonly experiment: Experiment;
  readonly runId: string;
  readonly token: string;
  /** What an agent needs to make its own data, as JSON. */
  readonly job: string;
  /** As they are now: agents restart. */
  readonly agents: readonly Pick<AgentRecord, 'incarnation' | 'attached'>[];
  /** Empty while it is not known. */
  readonly endpointOf: (agent: number) => string;
}

export class Roster {
  readonly #options: RosterOptions;

  constructor(options: RosterOptions) {
    this.#options = options;
  }

  /** Who says hello: by its session, where it shows one of this run, else the index it asks for, or a free one. */
  claimOf({ session, agent, endpoint, boot, stage }: Hello): HelloClaim {
    const known = readSession(this.#options.token, this.#options.runId, session);
    const index = known?.agent ?? (agent === ANY_AGENT ? this.#freeIndex(endpoint) : agent);
    // The stages of another run say nothing about this one.
    return { agent: index, incarnation: known?.incarnation ?? 0, proven: known?.proven ?? false, boot, stage: known === undefined ? 0 : stage };
  }

  /** How agent `from` reaches agent `to`; of two the lower index dials. */
  neighbour(from: number, to: number): Neighbour {
    const { token, runId, agents, endpointOf } = this.#options;
    const ticket = linkBearer(linkSecret(token, runId, to), { agent: from, incarnation: agents[from].incarnation });
    return { agent: to, endpoint: endpointOf(to), ticket, dial: from < to, incarnation: agents[to].incarnation };
  }

  welcome(agent: number, links: Iterable<number>, now: Pick<Welcome, 'faults' | 'elapsedMs' | 'paused'>): Welcome {
    const { experiment, runId, token, job, agents } = this.#options;
    const { incarnation } = agents[agent];
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

  /** The index it was given before, should that Welcome have been lost; else one that nobody had. */
  #freeIndex(endpoint: string): number {
    const { agents, endpointOf } = this.#options;
    const given = agents.findIndex((_, agent) => endpointOf(agent) === endpoint);
    return given >= 0 ? given : agents.findIndex((one) => !one.attached && one.incarnation === 0);
  }
}
