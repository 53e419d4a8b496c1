/**
 * One agent in its process: everything that belongs to it alone - listener and links, faults, checkpoints, log lines -
 * put together. A process may host several agents of one run; they share nothing but the event loop and what the data
 * source reads.
 */
import { readFileSync } from 'node:fs';
import { ERRORS } from '../core/errors.ts';
import type { LinkConditions } from '../core/fault/plan.ts';
import { LIMITS } from '../core/limits.ts';
import { systemClock } from '../net/clock.ts';
import { throughProxies } from '../net/faulty-transport.ts';
import type { Transport } from '../net/link.ts';
import { createWebSocketTransport } from '../net/websocket-transport.ts';
import { ANY_AGENT } from '../proto/messages.ts';
import { AgentFaults } from './agent-faults.ts';
import { Agent } from './agent.ts';
import { createFileCheckpointStore, createMemoryCheckpointStore, failingStore } from './checkpoint-store.ts';
import { createTrainer } from './create-trainer.ts';
import type { DataSource } from './create-trainer.ts';
import { createJsonLog } from './json-log.ts';
import { partyOf } from './links.ts';

export interface HostedAgentOptions {
  /** The coordinator's URL. */
  readonly join: string;
  readonly tokenFile: string;
  /** The index to ask for; the next free one where there is none. */
  readonly index: number | undefined;
  readonly host?: string | undefined;
  readonly advertise?: string | undefined;
  /** Where checkpoints are kept, to go on from. */
  readonly state?: string | undefined;
  readonly source: DataSource;
  /** Whoever started this process is told where it holds, and lets it go on by `proceed`. */
  readonly reached?: ((step: number) => void) | undefined;
  /** Once, with the exit that the end of this agent stands for. */
  readonly onEnd: (exit: number) => void;
}

export interface HostedAgent {
  readonly agent: Agent;
  /** From where it holds. */
  proceed(): void;
}

/** It is not started yet. */
export function createHostedAgent(options: HostedAgentOptions): HostedAgent {
  const { index = ANY_AGENT, state, reached, source } = options;
  const log = createJsonLog({ agent: options.index === undefined ? 'any' : String(index) });
  const faults = new AgentFaults(systemClock);
  const store = state === undefined ? createMemoryCheckpointStore({ clock: systemClock, latencyMs: 0 }) : createFileCheckpointStore(state);
  let goOn: (() => void) | undefined;
  const hold = (step: number, proceed: () => void): void => {
    goOn = proceed;
    reached?.(step);
  };
  const agent = new Agent({
    agent: index,
    coordinator: options.join,
    token: readFileSync(options.tokenFile, 'utf8').trim(),
    transport: transportOf(options, faults),
    clock: systemClock,
    checkpoints: failingStore(store, () => faults.isDiskFull),
    joinMs: reached === undefined ? LIMITS.joinRemoteMs : LIMITS.joinMs,
    faults,
    ...(reached === undefined ? {} : { holdAt: hold }),
    createTrainer: (job, own, agents, seed) => createTrainer(job, own, agents, seed, source),
    log: (message, fields) => log.info(fields ?? {}, message),
    onEnd: (code, detail) => {
      if (code === '') log.info({}, 'done');
      else log.error({ code, detail, hint: ERRORS[code].hint }, 'failed');
      options.onEnd(code === '' || code === 'RUN_INTERRUPTED' ? 0 : ERRORS[code].exit);
    },
  });
  return { agent, proceed: () => goOn?.() };
}

/** Links are dialled through proxies from the moment on that there are faults of connections. */
function transportOf({ host, advertise }: HostedAgentOptions, faults: AgentFaults): Transport {
  const direct = createWebSocketTransport({ host: host ?? '127.0.0.1', ...(advertise === undefined ? {} : { advertisedHost: advertise }) });
  // A link is known by the name of its other end.
  const conditions = (peer: string, direction: 'out' | 'in'): LinkConditions =>
    direction === 'out' ? faults.outgoing(partyOf(peer)) : faults.incoming(partyOf(peer));
  const proxied = throughProxies(direct, { conditions, clock: systemClock });
  return {
    listen: (options, ready, failed) => direct.listen(options, ready, failed),
    dial: (endpoint, options) => (faults.hasConnectionFaults ? proxied : direct).dial(endpoint, options),
  };
}
