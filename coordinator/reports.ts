/**
 * What agents reported: of the current stage, and late, of stages that went on without them. Of the late ones nothing is
 * thrown away: whoever takes part again brings its reports along, stage by stage.
 */
import type { Returned, Values } from './script.ts';

export class Reports {
  /** By agent. */
  #current: Values[] = [];
  readonly #late = new Map<number, Map<number, Values>>();
  #returned: Returned = new Map();

  accept(agent: number, values: Values): void {
    this.#current[agent] = values;
  }

  keepLate(agent: number, stage: number, values: Values): void {
    const kept = this.#late.get(agent) ?? new Map<number, Values>();
    this.#late.set(agent, kept.set(stage, values));
  }

  /** The stage is over: its reports by agent. `returned` are those who could take part again. */
  close(stage: number, isExcluded: (agent: number) => boolean, returned: readonly number[]): readonly Values[] {
    const closed = this.#current;
    this.#current = [];
    // Told in time, but lost before the stage ended: the same as late.
    closed.forEach((own, agent) => isExcluded(agent) && this.keepLate(agent, stage, own));
    this.#returned = new Map(returned.map((agent) => [agent, this.#late.get(agent) ?? new Map()]));
    return closed;
  }

  /** When the last stage was closed. */
  get returned(): Returned {
    return this.#returned;
  }
}
