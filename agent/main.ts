/**
 * One agent's process. Loads neither fastify nor ml-matrix. Exits 0 when its work was done, else with the code's exit.
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { pino } from 'pino';
import { ERRORS } from '../core/errors.ts';
import { systemClock } from '../net/clock.ts';
import { createWebSocketTransport } from '../net/websocket-transport.ts';
import { ANY_AGENT } from '../proto/messages.ts';
import { Agent } from './agent.ts';
import { createTrainer, dataSource } from './create-trainer.ts';

const { values } = parseArgs({
  options: { join: { type: 'string' }, 'token-file': { type: 'string' }, index: { type: 'string' }, host: { type: 'string' } },
});
const index = values.index === undefined ? ANY_AGENT : Number(values.index);
const log = pino({ base: { agent: values.index ?? 'any' } });

const agent = new Agent({
  agent: index,
  coordinator: values.join!,
  token: readFileSync(values['token-file']!, 'utf8').trim(),
  transport: createWebSocketTransport({ host: values.host ?? '127.0.0.1' }),
  clock: systemClock,
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
    process.exitCode = code === '' ? 0 : ERRORS[code].exit;
    // Sockets drain by themselves; a stuck one must not keep the process.
    setTimeout(() => process.exit(), 500).unref();
  },
});
agent.start();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => agent.leave('RUN_INTERRUPTED', signal));
