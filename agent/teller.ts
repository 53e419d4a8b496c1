/**
 * What an agent tells its coordinator besides reports: how far it is and whom it waits for, and what happened to it.
 * Notices wait while there is no coordinator; progress is repeated, since the answer may be an assignment that was lost.
 */
import { describeFault } from '../core/fault/describe.ts';
import type { Fault } from '../core/fault/plan.ts';
import { ANY_AGENT } from '../proto/messages.ts';
import type { ControlMessage, Notice, Progress } from '../proto/messages.ts';
import type { Protocol } from './protocol.ts';

export interface TellerOptions {
  readonly protocol: Protocol;
  readonly tell: (message: ControlMessage) => void;
  readonly log: (message: string, fields: Readonly<Record<string, unknown>>) => void;
}

/** What a progress message says besides. */
export type Measured = Pick<Progress, 'errors' | 'links'>;

/** How far the agent is, or undefined where nothing is under way; what it measured is asked for only when it is told. */
export type ProgressNow = { readonly now: Omit<Progress, 'type' | keyof Measured>; readonly measured: () => Measured } | undefined;

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

  /** About that neighbour, or ANY_AGENT. */
  notice(kind: string, agent: number, detail: string): void {
    const { protocol, log, tell } = this.#options;
    const { attached, step } = protocol.state;
    const notice: Notice = { type: 'notice', kind, agent, step, detail };
    log(kind, { agent, detail });
    if (attached) tell(notice);
    else if (this.#untold.length < NOTICES_MAX) this.#untold.push(notice);
  }

  faults({ began, ended }: { readonly began: readonly Fault[]; readonly ended: readonly Fault[] }): void {
    for (const fault of began) this.notice('fault-began', ANY_AGENT, describeFault(fault));
    for (const fault of ended) this.notice('fault-ended', ANY_AGENT, describeFault(fault));
  }

  attached(): void {
    for (const notice of this.#untold.splice(0)) this.#options.tell(notice);
  }

  progress(progress: ProgressNow): void {
    this.#looks++;
    if (progress === undefined) return;
    const { now, measured } = progress;
    const told = `${now.stage} ${now.iteration} ${now.waitingFor}`;
    if (told === this.#told && this.#looks % LOOKS_PER_REPETITION !== 0) return;
    this.#told = told;
    this.#options.tell({ type: 'progress', ...now, ...measured() });
  }
}
