/**
 * One process of a run, kept alive: started again when it ends unplanned, dead or stopped while the fault plan says so.
 *
 * 1. An unplanned end is followed by a restart after restartMinMs, doubled up to restartMaxMs, at most restartsMax times
 *    within restartsWindowMs; then the process is given up.
 * 2. After a kill of the plan only a start of the plan brings it back; it may come before the end was seen.
 * 3. A stop of the plan holds for the next process too, when somebody else ended this one.
 * 4. Retired, it is never started again. `gone` is told once, when it has ended for good.
 */
import type { ChildProcess } from 'node:child_process';
import type { Order } from '../core/fault/conductor.ts';
import { LIMITS } from '../core/limits.ts';
import type { Clock } from '../net/clock.ts';

export interface Ending {
  readonly code: number | null;
  readonly signal: string | null;
  /** It could not be started at all. */
  readonly error?: string;
}

export interface ProcessEvents {
  /** `starts` counts them, this one included. */
  readonly started: (pid: number, starts: number) => void;
  readonly message: (message: unknown) => void;
  readonly ended: (pid: number, how: string) => void;
  /** It will be started again in so long. */
  readonly restarting: (how: string, delayMs: number) => void;
  readonly gone: (why: string) => void;
}

export interface SupervisedProcessOptions {
  readonly clock: Clock;
  readonly spawn: () => ChildProcess;
  /** Whether an end calls for a restart; one of its own will does not. */
  readonly isUnplanned: (ending: Ending) => boolean;
  readonly events: ProcessEvents;
  /** Runs what an event brings about; errors in it are the supervisor's. */
  readonly guarded: (action: () => void) => void;
}

export class SupervisedProcess {
  readonly #options: SupervisedProcessOptions;
  #child: ChildProcess | undefined;
  #starts = 0;
  #restartsAt: number[] = [];
  #isHeldDown = false;
  #isStopped = false;
  /** By the plan: its end is no surprise. */
  #isKilled = false;
  #retiredBecause: string | undefined;
  #isGone = false;
  #cancelRestart = (): void => {};
  #whenEnded: (() => void)[] = [];

  constructor(options: SupervisedProcessOptions) {
    this.#options = options;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  get isRunning(): boolean {
    return this.#child !== undefined;
  }

  /** The plan holds it, so that its silence means nothing. */
  get isStopped(): boolean {
    return this.#isStopped;
  }

  start(): void {
    const { spawn, events, guarded } = this.#options;
    if (this.#child !== undefined || this.#retiredBecause !== undefined) return;
    const child = spawn();
    this.#child = child;
    this.#starts++;
    const end = (ending: Ending): void => {
      if (this.#child === child) guarded(() => this.#onEnd(child.pid ?? 0, ending));
    };
    // Any other error is a signal or a message that came too late for it: its end tells.
    child.on('error', (error) => child.pid === undefined && end({ code: null, signal: null, error: error.message }));
    // Not 'exit': what it said last would come after it.
    child.on('close', (code, signal) => end({ code, signal }));
    child.on('message', (message) => guarded(() => events.message(message)));
    if (this.#isStopped) child.kill('SIGSTOP');
    if (child.pid !== undefined) events.started(child.pid, this.#starts);
  }

  obey(order: Order['kind']): void {
    switch (order) {
      case 'kill':
        return this.#obeyKill();
      case 'start':
        this.#isHeldDown = false;
        return this.start();
      case 'stop':
        this.#isStopped = true;
        this.#child?.kill('SIGSTOP');
        return;
      case 'continue':
        return this.wake();
    }
  }

  send(message: object): void {
    if (this.#child?.connected) this.#child.send(message, () => {});
  }

  /** Asks or forces it to end. A stopped process would not hear. */
  signal(signal: NodeJS.Signals): void {
    this.wake();
    this.#child?.kill(signal);
  }

  wake(): void {
    this.#isStopped = false;
    this.#child?.kill('SIGCONT');
  }

  /** Never again; the first reason counts. */
  retire(why: string): void {
    this.#retiredBecause ??= why;
    this.#cancelRestart();
    if (this.#child === undefined) this.#tellGone();
  }

  /** When no process is left of it; without `retire` there may be another one later. */
  ended(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#child === undefined) resolve();
      else this.#whenEnded.push(resolve);
    });
  }

  #obeyKill(): void {
    this.#isHeldDown = true;
    this.#isStopped = false;
    this.#cancelRestart();
    if (this.#child === undefined) return;
    this.#isKilled = true;
    this.#child.kill('SIGKILL');
  }

  #onEnd(pid: number, ending: Ending): void {
    const wasKilled = this.#isKilled;
    this.#child = undefined;
    this.#isKilled = false;
    for (const resolve of this.#whenEnded.splice(0)) resolve();
    this.#options.events.ended(pid, endingText(ending));
    if (this.#retiredBecause !== undefined) return this.#tellGone();
    if (wasKilled) return this.#isHeldDown ? undefined : this.start();
    if (!this.#options.isUnplanned(ending)) return this.retire(endingText(ending));
    this.#restartLater(endingText(ending));
  }

  #restartLater(how: string): void {
    const { clock, events, guarded } = this.#options;
    this.#restartsAt = this.#restartsAt.filter((at) => at > clock.now() - LIMITS.restartsWindowMs);
    const restarts = this.#restartsAt.length;
    if (restarts >= LIMITS.restartsMax)
      return this.retire(`${how}; it was started again ${restarts} times within ${LIMITS.restartsWindowMs / 1000} s, in vain`);
    const delayMs = Math.min(LIMITS.restartMaxMs, LIMITS.restartMinMs * 2 ** restarts);
    this.#cancelRestart = clock.setTimer(delayMs, () => guarded(() => this.#restart()));
    events.restarting(how, delayMs);
  }

  #restart(): void {
    this.#restartsAt.push(this.#options.clock.now());
    this.start();
  }

  #tellGone(): void {
    if (this.#isGone) return;
    this.#isGone = true;
    this.#options.events.gone(this.#retiredBecause!);
  }
}

export function endingText({ code, signal, error }: Ending): string {
  if (error !== undefined) return `it could not be started: ${error}`;
  return signal === null ? `it ended with exit code ${code}` : `it was ended by ${signal}`;
}
