/** Where an agent stands in the protocol: the machine's state, for its driver to change and for everybody else to read. */
import { initialAgentState, stepAgent } from './agent-machine.ts';
import type { AgentEffect, AgentEvent, AgentState } from './agent-machine.ts';
import type { Checkpoint } from './checkpoint.ts';

export class Protocol {
  readonly #step: typeof stepAgent;
  #state: AgentState;

  /** `agent` is the index to ask for; whoever has a checkpoint is who it says. */
  constructor(agent: number, checkpoint: Checkpoint | undefined, step: typeof stepAgent = stepAgent) {
    this.#state = initialAgentState(checkpoint?.agent ?? agent, checkpoint?.stage, checkpoint?.step);
    this.#step = step;
  }

  get state(): Readonly<AgentState> {
    return this.#state;
  }

  step(event: AgentEvent): AgentEffect[] {
    return this.#step(this.#state, event);
  }

  /** It is this agent. Without a checkpoint of this run it begins at the beginning. */
  become(agent: number, isResumed: boolean): void {
    const { phase } = this.#state;
    this.#state = isResumed ? { ...this.#state, agent } : { ...initialAgentState(agent), phase };
  }

  /** Ascending. */
  get neighbours(): number[] {
    return [...this.#state.neighbours.keys()].sort((a, b) => a - b);
  }
}
