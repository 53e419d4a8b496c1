/**
 * What an agent tells its coordinator besides reports: how far it is and whom it waits for, and what happened to it.
 * Notices wait while there is no coordinator; progress is repeated, since the answer may be an assignment that was lost.
 */
import type { ControlMessage, Notice, Progress } from '../proto/messages.ts';

export interface TellerOptions {
  readonly tell: (message: ControlMessage) => void;
  readonly log: (message: string, fields: Readonly<Record<string, unknown>>) => void;
}

/** What a progress message says, or undefined where nothing is under way. */
export type ProgressNow = Omit<Progress, 'type'> | undefined;

/** In looks at the progress: every how many it is told again though nothing changed. */
const LOOKS_PER_REPETITION = 4;
const NOTICES_MAX = 100;

export class Teller {
  readonly #options: TellerOptions;
  /** What happened while there was no coordinator to tell. */
  readonly #untold: Notice[] = [];
  #told = '';
  #looks = 0;

  constructor(options: TellerOptions) {
    this.#options = options;
  }

  notice(notice: Omit<Notice, 'type'>, isAttached: boolean): void {
    const { kind, agent, detail } = notice;
    this.#options.log(kind, { agent, detail });
    if (isAttached) this.#options.tell({ type: 'notice', ...notice });
    else if (this.#untold.length < NOTICES_MAX) this.#untold.push({ type: 'notice', ...notice });
  }

  attached(): void {
    for (const notice of this.#untold.splice(0)) this.#options.tell(notice);
  }

  progress(now: ProgressNow): void {
    this.#looks++;
    if (now === undefined) return;
    const told = `${now.stage} ${now.iteration} ${now.waitingFor}`;
    if (told === this.#told && this.#looks % LOOKS_PER_REPETITION !== 0) return;
    this.#told = told;
    this.#options.tell({ type: 'progress', ...now });
  }
}
