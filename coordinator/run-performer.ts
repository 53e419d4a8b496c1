/**
 * Performs the machine's effects: writes what must be remembered, then tells the agents and whoever watches. The script is
 * resumed in here, when a stage is over; what it refuses, or the disk, is the run's failure.
 */
import { moduleFailure } from '../config/own-module.ts';
import { closeCode, KindredError } from '../core/errors.ts';
import { LIMITS } from '../core/limits.ts';
import type { RunResult } from '../core/run-result.ts';
import type { Clock } from '../net/clock.ts';
import type { Link } from '../net/link.ts';
import type { Hello } from '../proto/messages.ts';
import type { FindGroups } from './groupings.ts';
import type { Members } from './members.ts';
import type { Messenger } from './messenger.ts';
import type { RunFold } from './run-fold.ts';
import type { RunLog } from './run-log.ts';
import type { RunEffect } from './run-machine.ts';
import type { RunPhase } from './run-state.ts';
import type { RunProgress } from './run-progress.ts';
import type { RunStore } from './run-store.ts';
import type { RunWatch } from './run-watch.ts';
import type { Values } from './script.ts';

/** Whom the run tells how it goes: who owns its processes. */
export interface RunListener {
  readonly onProgress: (progress: RunProgress) => void;
  /** The run entered a phase. */
  readonly onPhase?: (phase: RunPhase, elapsedMs: number) => void;
  /** Once, after every agent has left or the time for it is over. */
  readonly onEnd: (result: RunResult) => void;
}

export interface PerformerParts extends RunListener {
  readonly clock: Clock;
  readonly store: RunStore;
  readonly fold: RunFold;
  readonly log: RunLog;
  readonly members: Members;
  readonly messenger: Messenger;
  readonly watch: RunWatch;
  readonly findGroups: FindGroups;
}

/** What came with the event: an effect of it may need it. */
export interface Brought {
  readonly values?: Values;
  readonly newcomer?: { readonly link: Link; readonly hello: Hello };
}

export class RunPerformer {
  readonly #parts: PerformerParts;
  #ended = false;
  #cancelShutdown = (): void => {};

  constructor(parts: PerformerParts) {
    this.#parts = parts;
  }

  perform(effects: readonly RunEffect[], brought: Brought = {}): void {
    for (const effect of effects) this.#perform(effect, brought);
  }

  /** Nobody is left to wait for. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#cancelShutdown();
    const { members, fold, store, log, onEnd } = this.#parts;
    members.terminateAll();
    const { result } = fold;
    store.result(result);
    log.close();
    onEnd(result);
  }

  #perform(effect: RunEffect, { values, newcomer }: Brought): void {
    const { messenger } = this.#parts;
    switch (effect.type) {
      case 'attach':
        return this.#attach(effect, newcomer!);
      case 'refuse':
        return newcomer?.link.close(closeCode(effect.code), effect.code);
      case 'begin':
        return this.#begin();
      case 'plan':
        return this.#plan(effect.brokenOff);
      case 'assign-all':
        return this.#assignAll();
      case 'calculate':
        return this.#calculate();
      case 'assign':
        return messenger.assign(effect.agent, effect.stage);
      case 'accept-report':
        return this.#accept(effect.agent, values!);
      case 'keep-late-report':
        return this.#keepLate(effect.agent, effect.stage, values!);
      case 'note':
        return this.#note(effect);
      case 'tell-paused':
        return this.#tellPaused();
      case 'end':
        return this.#finish();
    }
  }

  #attach({ agent, incarnation, isNew }: Extract<RunEffect, { type: 'attach' }>, { link, hello }: NonNullable<Brought['newcomer']>): void {
    const { members, log, store, messenger } = this.#parts;
    const isElsewhere = isNew || members.endpoint(agent) !== hello.endpoint;
    members.adopt(agent, link, hello.endpoint, isNew ? 'WIRE_FENCED' : 'replaced');
    if (isNew) log.write({ type: 'member', agent, incarnation });
    store.event(incarnation === 1 && isNew ? 'joined' : 'rejoined', { agent, incarnation, stage: hello.stage });
    messenger.welcome(agent);
    if (isElsewhere) messenger.moved(agent);
    this.#tellProgress();
  }

  #accept(agent: number, values: Values): void {
    const { fold, log } = this.#parts;
    fold.reports.accept(agent, values);
    log.write({ type: 'report', agent, stage: fold.state.stage, values });
  }

  #keepLate(agent: number, stage: number, values: Values): void {
    this.#parts.fold.reports.keepLate(agent, stage, values);
    this.#parts.log.write({ type: 'late', agent, stage, values });
  }

  #begin(): void {
    const { fold, log } = this.#parts;
    fold.time.spend(fold.state.phase);
    fold.time.begin();
    log.write({ type: 'begun', ...fold.exclusions });
    this.#attempt(() => fold.begin());
  }

  #plan(brokenOff: boolean): void {
    const { fold, log } = this.#parts;
    const { stage, phase, agents } = fold.state;
    fold.time.spend(phase);
    const end = { brokenOff, returned: agents.flatMap((one, k) => (one.returned ? [k] : [])), elapsedMs: fold.time.stageMs };
    log.write({ type: 'closed', stage, phase, ...end, ...fold.exclusions });
    this.#attempt(() => fold.next(end));
  }

  #attempt(planned: () => RunEffect[]): void {
    try {
      this.perform(planned());
    } catch (error) {
      this.#fail(moduleFailure(error) ?? error);
    }
  }

  #fail(failure: unknown): void {
    const code = failure instanceof KindredError ? failure.code : 'INTERNAL';
    this.perform(this.#parts.fold.step({ type: 'broken', code, detail: describeFailure(failure) }));
  }

  #assignAll(): void {
    const { fold, log, store, messenger, onPhase } = this.#parts;
    const { stage, phase } = fold.state;
    const { label, until } = fold.book.current!;
    log.write({ type: 'assigned', at: fold.time.beginStage() });
    store.event('stage', { stage, phase, label, until });
    messenger.assignAll();
    // Last: whoever is to kill this process in a phase lets it assign the phase's work.
    onPhase?.(phase, fold.time.elapsedMs);
    this.#tellProgress();
  }

  #calculate(): void {
    const { fold, findGroups } = this.#parts;
    const { stage } = fold.state;
    findGroups(fold.book.current!.calculation!, (error) => {
      if (error === undefined) this.perform(fold.step({ type: 'calculated', stage }));
      else this.#fail(error);
    });
  }

  #note({ kind, agent, detail }: Extract<RunEffect, { type: 'note' }>): void {
    if (kind === 'excluded') this.#parts.fold.leaveOut(agent, detail);
    this.#parts.store.event(kind, { agent, detail });
    this.#tellProgress();
  }

  /** Durable before anybody hears of it: a coordinator that restarts knows whether its agents hold. */
  #tellPaused(): void {
    const { fold, log, store, messenger } = this.#parts;
    const { isPaused: paused, time } = fold;
    log.write({ type: 'paused', paused, at: time.setPaused(paused) });
    store.event(paused ? 'paused' : 'unpaused', { elapsedMs: time.elapsedMs });
    messenger.pauseAll();
    this.#tellProgress();
  }

  #finish(): void {
    const { fold, store, messenger, members, clock } = this.#parts;
    const { phase, failure } = fold.state;
    fold.settle();
    store.event(phase, { code: failure?.code, detail: failure?.detail });
    messenger.finishAll();
    if (members.size === 0) this.end();
    else this.#cancelShutdown = clock.setTimer(LIMITS.shutdownMs, () => this.end());
  }

  #tellProgress(): void {
    this.#parts.onProgress(this.#parts.watch.progress);
  }
}

function describeFailure(error: unknown): string {
  if (error instanceof KindredError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
