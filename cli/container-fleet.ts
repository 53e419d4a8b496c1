/**
 * The containers of one run, by party: where they are now, and orders to them, carried out one after the other for each.
 *
 * 1. What happened to a container is told by the engine's own events; its restart policy starts again what crashed.
 * 2. kill is for good until start: no policy acts after it. A restart of the plan is a crash, which the policy answers.
 */
import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Order } from '../core/fault/conductor.ts';
import type { Fault, Party } from '../core/fault/plan.ts';
import { LIMITS } from '../core/limits.ts';
import type { Container, Engine, EngineEvent } from './engine.ts';

export interface FleetOptions {
  readonly engine: Engine;
  readonly run: string;
  /** `starts` counts them, this one included. */
  readonly onStarted: (party: Party, container: Container, starts: number) => void;
  /** It ended; `isBack`: the engine starts it again by itself. */
  readonly onEnded: (party: Party, exitCode: number, isBack: boolean) => void;
  readonly onError: (error: unknown) => void;
}

const LOOK_EVERY_MS = 100;
const TRIES = 10;

export class ContainerFleet {
  readonly #options: FleetOptions;
  readonly #starts = new Map<Party, number>();
  readonly #pids = new Map<Party, number>();
  /** By a crash that was ordered: the process that ends. */
  readonly #crashed = new Map<Party, number>();
  readonly #orders = new Map<Party, Promise<void>>();
  #events: ChildProcess | undefined;
  #looking: Promise<void> = Promise.resolve();

  constructor(options: FleetOptions) {
    this.#options = options;
  }

  /** From before the first container on. */
  watch(): void {
    const { engine, run } = this.#options;
    this.#events = engine.follow(run, (event) => {
      if (event.action === 'start' || event.action === 'die') this.#later(() => this.#look(event));
    });
  }

  stop(): void {
    this.#events?.kill('SIGKILL');
  }

  /** Those that exist, in whatever state. */
  async all(): Promise<ReadonlyMap<Party, Container>> {
    const { engine, run } = this.#options;
    return new Map((await engine.containers(run)).map((container) => [container.party, container]));
  }

  /** Looks at all of them, should an event have been missed. */
  async lookAtAll(): Promise<void> {
    for (const [party, container] of await this.all()) this.#seen(party, container);
  }

  /** Returns at once; an order that cannot be carried out is an error told. */
  obey(order: Order['kind'], target: Party, fault: Fault | undefined): void {
    const before = this.#orders.get(target) ?? Promise.resolve();
    const done = before.then(() => this.#carryOut(order, target, fault)).catch(this.#options.onError);
    this.#orders.set(target, done);
  }

  /** When all orders so far have been carried out. */
  async settled(): Promise<void> {
    await Promise.all(this.#orders.values());
  }

  async #carryOut(order: Order['kind'], target: Party, fault: Fault | undefined): Promise<void> {
    const { engine } = this.#options;
    const container = (await this.all()).get(target);
    if (container === undefined) return;
    const { id, state } = container;
    switch (order) {
      case 'kill':
        return isRestart(fault) && state === 'running' ? this.#crash(target, container) : this.#kill(container);
      case 'start':
        return this.#start(target, id);
      case 'stop':
        // A kernel with much to do may not have stopped every thread in the time that the engine gives it.
        return persistently(() => engine.pause(id));
      case 'continue':
        return state === 'paused' ? persistently(() => engine.unpause(id)) : undefined;
    }
  }

  async #crash(target: Party, { id, pid }: Container): Promise<void> {
    this.#crashed.set(target, pid);
    await this.#options.engine.crash(id);
  }

  async #kill({ id, state }: Container): Promise<void> {
    if (state === 'running' || state === 'paused') await this.#options.engine.kill(id);
  }

  /** After a crash it is the engine's turn first. */
  async #start(target: Party, id: string): Promise<void> {
    const { engine } = this.#options;
    const before = this.#crashed.get(target);
    this.#crashed.delete(target);
    const deadline = performance.now() + LIMITS.engineRestartMs;
    let [now] = await engine.inspect([id]);
    while (before !== undefined && isUnderWay(now, before) && performance.now() < deadline) {
      await sleep(LOOK_EVERY_MS);
      [now] = await engine.inspect([id]);
    }
    if (now.state !== 'running' && now.state !== 'paused') await persistently(() => engine.start(id));
  }

  #later(action: () => Promise<void>): void {
    this.#looking = this.#looking.then(action).catch(this.#options.onError);
  }

  async #look({ id, action, exitCode, party }: EngineEvent): Promise<void> {
    const [container] = await this.#options.engine.inspect([id]);
    if (action === 'die') this.#options.onEnded(party, exitCode, container.state !== 'exited' && container.state !== 'dead');
    this.#seen(party, container);
  }

  #seen(party: Party, container: Container): void {
    if (container.pid === 0 || this.#pids.get(party) === container.pid) return;
    this.#pids.set(party, container.pid);
    const starts = (this.#starts.get(party) ?? 0) + 1;
    this.#starts.set(party, starts);
    this.#options.onStarted(party, container, starts);
  }
}

/** It is about to end, or to be started again. */
function isUnderWay({ state, pid }: Container, before: number): boolean {
  return state === 'restarting' || (state === 'running' && pid === before);
}

/** The engine may be busy, or do something else with the same container: worth another try, a few times. */
async function persistently(action: () => Promise<void>): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await action();
    } catch (error) {
      if (tries === TRIES) throw error;
      await sleep(LOOK_EVERY_MS);
    }
  }
}

function isRestart(fault: Fault | undefined): boolean {
  return fault?.action.kind === 'kill' && fault.action.restartAfterMs === 0;
}
