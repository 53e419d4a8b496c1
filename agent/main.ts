/**
 * A process of agents: one, or several of one run (`--index` again and again, each with its `--state` and `--data` in the
 * same order). Loads neither fastify nor ml-matrix. Exits 0 when their work was done, else with the exit of the first code.
 */
import { readFileSync } from 'node:fs';
import { KindredError } from '../core/errors.ts';
import { holdModule } from '../config/own-module.ts';
import type { OwnModule } from '../config/own-module.ts';
import { dataSource, sharedDataSource } from './create-trainer.ts';
import { createHostedAgent } from './hosted-agent.ts';
import type { HostedAgent } from './hosted-agent.ts';
import { createJsonLog } from './json-log.ts';
import type { OwnTable } from './own-table.ts';
import { processOptions } from './process-options.ts';

/** To the supervisor: this agent holds at this step, where something of the fault plan is due. */
export interface Reached {
  readonly type: 'reached';
  readonly agent: number;
  readonly step: number;
}

/** To the supervisor: this agent ended, and others of its process go on. */
export interface Ended {
  readonly type: 'ended';
  readonly agent: number;
  readonly exit: number;
}

/** From the supervisor: go on from where you hold; or: this is broken from now on. */
export type SupervisorMessage = { readonly type: 'proceed'; readonly agent: number } | { readonly type: 'faults'; readonly plan: string };

/** As of a bug nobody foresaw: whoever supervises this process starts it again, and it goes on from its checkpoints. */
const EXIT_CRASHED = 70;
const DRAIN_MS = 500;

const given = processOptions(process.argv.slice(2));
/** Undefined: the next free one. */
const indices: readonly (number | undefined)[] = given.index?.map(Number) ?? [undefined];
const log = createJsonLog({ agent: given.index?.join(', ') ?? 'any' });
process.on('uncaughtException', (error: unknown) => {
  log.fatal({ error: error instanceof Error ? error.stack : String(error) }, 'crashed');
  // What has a code of its own would come again: no reason to start it again.
  process.exit(error instanceof KindredError && error.code !== 'INTERNAL' ? error.exit : EXIT_CRASHED);
});
const isSupervised = process.channel !== undefined;
// What it may run beside its own code. Nobody sends it any.
if (given.modules !== undefined) for (const module of JSON.parse(readText(given.modules[0])) as OwnModule[]) holdModule(module);
const source = dataSource(readText, ownTable);
const sourceOfAll = indices.length === 1 ? source : sharedDataSource(source);
const running = new Set(indices);

function readText(path: string): string {
  return readFileSync(path, 'utf8');
}

function ownTable(agent: number): OwnTable | undefined {
  const file = given.data?.[indices.indexOf(agent)];
  return file === undefined || file === '' ? undefined : { file, readFile: readText, log: (message, fields) => log.error(fields, message) };
}

const agents: readonly HostedAgent[] = indices.map((index, nth) =>
  createHostedAgent({
    join: given.join![0],
    tokenFile: given['token-file']![0],
    index,
    host: given.host?.[0],
    advertise: given.advertise?.[0],
    state: given.state?.[nth],
    source: sourceOfAll,
    reached: isSupervised ? (step) => void process.send?.({ type: 'reached', agent: index!, step } satisfies Reached) : undefined,
    onEnd: (exit) => onEnd(index, exit),
  }),
);

function onEnd(index: number | undefined, exit: number): void {
  process.exitCode = Number(process.exitCode ?? 0) || exit;
  running.delete(index);
  if (running.size > 0) {
    // Its process goes on: nobody would see it end.
    if (isSupervised) process.send?.({ type: 'ended', agent: index!, exit } satisfies Ended);
    return;
  }
  if (process.connected) process.disconnect();
  // Sockets drain by themselves; a stuck one must not keep the process.
  setTimeout(() => process.exit(), DRAIN_MS).unref();
}

function leave(detail: string): void {
  for (const { agent } of agents) agent.leave('RUN_INTERRUPTED', detail);
}

if (isSupervised) {
  process.on('message', (message: SupervisorMessage) => {
    if (message.type === 'proceed') agents[indices.indexOf(message.agent)].proceed();
    else for (const { agent } of agents) agent.setFaults(message.plan);
  });
  // The supervisor ended: nobody would start the others, or this one, again.
  process.on('disconnect', () => leave('the supervisor ended'));
}
for (const { agent } of agents) agent.start();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => leave(signal));
