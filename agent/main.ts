/**
 * One agent's process. Loads neither fastify nor ml-matrix. Exits 0 when its work was done, else with the code's exit.
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { pino } from 'pino';
import { ERRORS } from '../core/errors.ts';
import type { LinkConditions } from '../core/fault/plan.ts';
import { LIMITS } from '../core/limits.ts';
import { systemClock } from '../net/clock.ts';
import { throughProxies } from '../net/faulty-transport.ts';
import { createWebSocketTransport } from '../net/websocket-transport.ts';
import { ANY_AGENT } from '../proto/messages.ts';
import { AgentFaults } from './agent-faults.ts';
import { Agent } from './agent.ts';
import { createFileCheckpointStore, createMemoryCheckpointStore, failingStore } from './checkpoint-store.ts';
import { createTrainer, dataSource } from './create-trainer.ts';
import { partyOf } from './links.ts';

/** As of a bug nobody foresaw: whoever supervises this process starts it again, and it goes on from its checkpoint. */
const EXIT_CRASHED = 70;

const { values } = parseArgs({
  options: {
    join: { type: 'string' },
    'token-file': { type: 'string' },
    index: { type: 'string' },
    host: { type: 'string' },
    advertise: { type: 'string' },
    state: { type: 'string' },
  },
});
const index = values.index === undefined ? ANY_AGENT : Number(values.index);
const log = pino({ base: { agent: values.index ?? 'any' } });
const isSupervised = process.channel !== undefined;
const faults = new AgentFaults(systemClock);
const store = values.state === undefined ? createMemoryCheckpointStore({ clock: systemClock, latencyMs: 0 }) : createFileCheckpointStore(values.state);
const direct = createWebSocketTransport({ host: values.host ?? '127.0.0.1', ...(values.advertise === undefined ? {} : { advertisedHost: values.advertise }) });
const proxied = throughProxies(direct, { conditions: proxyConditions, clock: systemClock });

/** A link is known by the name of its other end. */
function proxyConditions(peer: string, direction: 'out' | 'in'): LinkConditions {
  const party = partyOf(peer);
  return direction === 'out' ? faults.outgoing(party) : faults.incoming(party);
}

/** Go on from where you hold; or: this is broken from now on. */
type SupervisorMessage = { readonly type: 'proceed' } | { readonly type: 'faults'; readonly plan: string };

/** At a step where this process may be killed or stopped, its supervisor is asked to do so first. */
let proceed: (() => void) | undefined;
function holdAt(step: number, goOn: () => void): void {
  proceed = goOn;
  process.send?.({ type: 'reached', step });
}
if (isSupervised) {
  process.on('message', (message: SupervisorMessage) => (message.type === 'faults' ? agent.setFaults(message.plan) : proceed?.()));
  // The supervisor ended: nobody would start the others, or this one, again.
  process.on('disconnect', () => agent.leave('RUN_INTERRUPTED', 'the supervisor ended'));
}

const agent = new Agent({
  agent: index,
  coordinator: values.join!,
  token: readFileSync(values['token-file']!, 'utf8').trim(),
  transport: {
    listen: (options, ready, failed) => direct.listen(options, ready, failed),
    dial: (endpoint, options) => (faults.hasConnectionFaults ? proxied : direct).dial(endpoint, options),
  },
  clock: systemClock,
  checkpoints: failingStore(store, () => faults.isDiskFull),
  joinMs: isSupervised ? LIMITS.joinMs : LIMITS.joinRemoteMs,
  faults,
  ...(isSupervised ? { holdAt } : {}),
  createTrainer: (job, own, agents, seed) =>
    createTrainer(
      job,
      own,
      agents,
      seed,
      dataSource((path) => readFileSync(path, 'utf8')),
    ),
  log: (message, fields) => log.info(fields ?? {}, message),
  onEnd: (code, detail) => {
    if (code === '') log.info('done');
    else log.error({ code, detail, hint: ERRORS[code].hint }, 'failed');
    process.exitCode = code === '' || code === 'RUN_INTERRUPTED' ? 0 : ERRORS[code].exit;
    if (process.connected) process.disconnect();
    // Sockets drain by themselves; a stuck one must not keep the process.
    setTimeout(() => process.exit(), 500).unref();
  },
});
process.on('uncaughtException', (error) => {
  log.fatal({ error: error.stack }, 'crashed');
  process.exit(EXIT_CRASHED);
});
agent.start();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => agent.leave('RUN_INTERRUPTED', signal));
