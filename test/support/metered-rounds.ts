/**
 * A simulated run with a meter at every agent's link to the coordinator: all bytes from the first question about a shared basis
 * to the report after the last one, heartbeats and progress included.
 */
import { readFileSync } from 'node:fs';
import type { AgentOptions } from '../../agent/agent.ts';
import type { Experiment } from '../../config/experiment.ts';
import type { RunResult } from '../../core/run-result.ts';
import type { Link, Transport } from '../../net/link.ts';
import { decode } from '../../proto/codec.ts';
import { nowhere } from '../../sim/nowhere.ts';
import { Simulation } from '../../sim/simulation.ts';

export interface MeteredRounds {
  readonly result: RunResult;
  readonly rounds: number;
  readonly up: number;
  readonly down: number;
}

export function meteredRounds(experiment: Experiment): MeteredRounds {
  const meters: Meter[] = [];
  const parts = {
    agent: (options: AgentOptions): AgentOptions => {
      const meter = new Meter();
      meters.push(meter);
      return { ...options, transport: metered(options, meter) };
    },
  };
  const readFile = (path: string): string => readFileSync(path, 'utf8');
  const result = new Simulation({ experiment, runId: 'metered', store: nowhere, stopwatch: () => 0, readFile, parts }).run();
  if (result === undefined) throw new Error('the run came to rest');
  const total = (of: (meter: Meter) => number): number => meters.reduce((sum, meter) => sum + of(meter), 0);
  return { result, rounds: meters[0].rounds, up: total((meter) => meter.up), down: total((meter) => meter.down) };
}

function metered({ transport, coordinator }: AgentOptions, meter: Meter): Transport {
  return {
    listen: (options, ready, failed) => transport.listen(options, ready, failed),
    dial: (endpoint, { onOpen, ...rest }) =>
      transport.dial(endpoint, { ...rest, onOpen: (link) => onOpen(endpoint === coordinator ? new MeteredLink(link, meter) : link) }),
  };
}

/** One agent's: counts while the assignment that came last asks for a head. */
class Meter {
  rounds = 0;
  up = 0;
  down = 0;
  #isAsked = false;

  sends(frame: Uint8Array): void {
    if (this.#isAsked) this.up += frame.length;
  }

  arrived(frame: Uint8Array): void {
    const message = decode(frame);
    if (message.type === 'assign') {
      this.#isAsked = message.work.kind === 'heads' && message.work.aloneRidge === undefined;
      if (this.#isAsked) this.rounds++;
    }
    if (this.#isAsked) this.down += frame.length;
  }
}

class MeteredLink implements Link {
  readonly #link: Link;
  readonly #meter: Meter;

  constructor(link: Link, meter: Meter) {
    this.#link = link;
    this.#meter = meter;
  }

  get peer(): string {
    return this.#link.peer;
  }

  get bytesSent(): number {
    return this.#link.bytesSent;
  }

  get framesSent(): number {
    return this.#link.framesSent;
  }

  set onFrame(handler: (frame: Uint8Array) => void) {
    this.#link.onFrame = (frame) => {
      this.#meter.arrived(frame);
      handler(frame);
    };
  }

  set onClose(handler: (code: number, reason: string) => void) {
    this.#link.onClose = handler;
  }

  send(frame: Uint8Array): boolean {
    this.#meter.sends(frame);
    return this.#link.send(frame);
  }

  close(code: number, reason: string): void {
    this.#link.close(code, reason);
  }

  terminate(): void {
    this.#link.terminate();
  }
}
