/** Performs the machine's effects, each by the part that it is for. */
import type { ErrorCode } from '../core/errors.ts';
import type { AgentEffect } from './agent-machine.ts';
import type { CoordinatorLink } from './coordinator-link.ts';
import type { AgentLinks } from './links.ts';
import type { Teller } from './teller.ts';
import type { Vectors } from './vectors.ts';
import type { WorkLoop } from './work-loop.ts';

export interface PerformerParts {
  readonly links: AgentLinks;
  readonly coordinator: CoordinatorLink;
  readonly teller: Teller;
  readonly vectors: Vectors;
  readonly work: WorkLoop;
  /** The agent is over. */
  readonly end: (code: ErrorCode | '', detail: string) => void;
}

export class AgentPerformer {
  readonly #parts: PerformerParts;

  constructor(parts: PerformerParts) {
    this.#parts = parts;
  }

  /** `frame` is what came with the event. */
  perform(effect: AgentEffect, frame: Uint8Array | undefined): void {
    const { links, coordinator, teller, vectors, work } = this.#parts;
    switch (effect.type) {
      case 'dial':
        return links.dial(effect.neighbour);
      case 'fence':
        return links.fence(effect.neighbour);
      case 'work':
        return work.begin(effect.work);
      case 'publish':
        return vectors.publish(work.wanted, effect.to, effect.step);
      case 'keep-vector':
        return vectors.keep(effect.agent, effect.step, frame!);
      case 'deliver':
        return work.deliver(vectors.taken(work.wanted, effect.from, effect.steps));
      case 'sync':
        return links.tell(effect.agent, vectors.sync());
      case 'pull':
        return links.tell(effect.agent, { type: 'pull', step: effect.step });
      case 'resend':
        return vectors.resend(effect.agent, effect.step);
      case 'report':
        return coordinator.tell({ type: 'report', stage: effect.stage, values: work.reportOf(effect.stage) });
      case 'notice':
        return teller.notice(effect.kind, effect.agent, effect.detail);
      case 'ignored':
        return;
      case 'leave':
        return this.#leave(effect.code, effect.detail);
    }
  }

  #leave(code: ErrorCode | '', detail: string): void {
    if (code !== 'COORDINATOR_LOST') this.#parts.coordinator.tell({ type: 'leave', code, detail });
    this.#parts.end(code, detail);
  }
}
