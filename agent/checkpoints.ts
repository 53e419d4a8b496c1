/** An agent's checkpoints, written where nothing is half done: neighbours hear of each, since they need keep nothing before it. */
import { ANY_AGENT } from '../proto/messages.ts';
import type { Welcome } from '../proto/messages.ts';
import type { AgentLinks } from './links.ts';
import type { Memory } from './memory.ts';
import type { Teller } from './teller.ts';
import type { Vectors } from './vectors.ts';
import type { WorkLoop } from './work-loop.ts';

export interface CheckpointParts {
  readonly memory: Memory;
  readonly work: WorkLoop;
  readonly vectors: Vectors;
  readonly links: AgentLinks;
  readonly teller: Teller;
  readonly log: (message: string, fields: Readonly<Record<string, unknown>>) => void;
}

export class Checkpoints {
  readonly #parts: CheckpointParts;

  constructor(parts: CheckpointParts) {
    this.#parts = parts;
  }

  /** Who the agent is must survive it. */
  welcomed(welcome: Welcome): void {
    const { memory, work } = this.#parts;
    memory.welcomed(welcome, () => work.snapshot());
  }

  writeWhenDue(): void {
    const { memory, work } = this.#parts;
    if (!memory.isDue) return;
    memory.save(
      () => work.snapshot(),
      (error) => this.#onWritten(error),
    );
  }

  /** Before leaving: if it can, and calls back in any case. */
  writeNow(done: () => void): void {
    const { memory, work } = this.#parts;
    memory.saveNow(() => work.snapshot(), done);
  }

  #onWritten(error: Error | undefined): void {
    const { memory, vectors, links, teller, log } = this.#parts;
    if (error === undefined) return links.tellAll(vectors.sync());
    // Its words hold paths of this machine: they stay in its log.
    log('a checkpoint failed', { detail: error.message });
    teller.notice('checkpoint-failed', ANY_AGENT, `${reasonOf(error)}; the last good one is of exchange ${memory.durableStep}`);
  }
}

/** The system's own word for it: ENOSPC, EACCES. */
function reasonOf(error: Error): string {
  return /\bE[A-Z]{3,}\b/.exec(error.message)?.[0] ?? 'it could not be written';
}
