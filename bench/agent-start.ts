/**
 * What an agent costs before it has anything to do, against a bare `node -e 0`:
 *   T13  processor time until it has joined;  T14  wall time until a hundred have;  T15  memory of one that waits.
 *
 * Beside T13 stands what no agent can go below: a program that opens the same two sockets with Node's own http, net and crypto
 * and does nothing else. Certificates that the environment adds (NODE_EXTRA_CA_CERTS) are taken out of it: reading them costs every
 * Node process, the bare one too, the same 100 ms, three times its own start, beside which nothing else would be seen.
 *
 * Processor time of `node -e 0` is that of its whole life, of an agent until it says that it has joined. Memory is the proportional set size of two processes alive at the same time. They run a copy of node that nobody else
 * maps, since what is shared with strangers would count for less the busier the machine is. Linux only: it reads /proc.
 *
 *   node dist/bench/agent-start.js --pairs 15 --crowd 100
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { programOf } from '../cli/programs.ts';
import { newToken } from '../net/credentials.ts';
import { childrenMs, processorMsOf, proportionalSetKibOf } from './process-cost.ts';
import { ReadyProcesses } from './ready-processes.ts';
import type { ReadyProcess } from './ready-processes.ts';
import { inTurn, spreadOf } from './row.ts';
import type { Row } from './row.ts';
import { openWaitingRoom } from './waiting-room.ts';

export interface AgentStartOptions {
  /** Of T13; T15 takes a third of them. */
  readonly pairs?: number;
  /** Agents that start at once for T14. */
  readonly crowd?: number;
  /** The agent's program; by default the one that runs use. */
  readonly program?: string;
}

interface Starts {
  readonly agent: (index: number, node?: string) => Promise<ReadyProcess>;
  readonly bare: (node?: string) => Promise<ReadyProcess>;
  readonly sockets: () => Promise<ReadyProcess>;
  readonly env: NodeJS.ProcessEnv;
  readonly directory: string;
}

/** Ended children are counted in ticks of 10 ms: several at once. */
const RUNS_PER_PAIR = 4;
/** Says that it is there, and stays. */
const BARE = 'require("node:fs").writeSync(1, "joined\\n"); setInterval(() => {}, 1e6)';
const READY = 'joined';
/** An agent's sockets: it listens, dials the waiting room as a WebSocket and is taken in. Its only argument is where. */
const SOCKETS = `
  const { request } = require('node:http');
  const { createServer } = require('node:net');
  const { randomBytes } = require('node:crypto');
  createServer().listen(0, '127.0.0.1', () => {
    const key = randomBytes(16).toString('base64');
    const headers = { Connection: 'Upgrade', Upgrade: 'websocket', 'Sec-WebSocket-Version': 13, 'Sec-WebSocket-Key': key };
    const joined = () => require('node:fs').writeSync(1, 'joined\\n');
    request(process.argv[1].replace('ws:', 'http:'), { headers }).on('response', joined).on('upgrade', joined).end();
  });`;
/** An idle agent is one that has been left alone for a while. */
const SETTLE_MS = 2_000;
const CROWD_ROUNDS = 3;

/** Leaves no process behind. */
export async function measureAgentStart({ pairs = 15, crowd = 100, program = programOf('agent') }: AgentStartOptions = {}): Promise<Row[]> {
  const directory = mkdtempSync(join(tmpdir(), 'kindred-bench-'));
  const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env;
  const processes = new ReadyProcesses(READY, env);
  const token = newToken();
  const tokenFile = join(directory, 'token');
  writeFileSync(tokenFile, token);
  const room = await openWaitingRoom(token);
  const argumentsOf = (index: number): string[] => ['--token-file', tokenFile, '--index', String(index), '--state', join(directory, String(index))];
  const starts: Starts = {
    agent: (index, node) => processes.start([program, '--join', room.url, ...argumentsOf(index)], node),
    bare: (node) => processes.start(['-e', BARE], node),
    sockets: () => processes.start(['-e', SOCKETS, room.url]),
    env,
    directory,
  };
  try {
    return [...(await processorTime(starts, pairs)), await crowdTime(starts, crowd), await memory(starts, Math.ceil(pairs / 3))];
  } finally {
    await processes.endAll();
    room.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

async function processorTime({ agent, sockets, env }: Starts, pairs: number): Promise<Row[]> {
  const until = (start: () => Promise<ReadyProcess>) => async (): Promise<number> => {
    let ms = 0;
    for (let run = 0; run < RUNS_PER_PAIR; run++) {
      const { pid, end } = await start();
      ms += processorMsOf(pid);
      await end();
    }
    return ms / RUNS_PER_PAIR;
  };
  const bare = (): number => childrenMs(() => spawnSync(process.execPath, ['-e', '0'], { env }), RUNS_PER_PAIR);
  const against = async (name: string, start: () => Promise<ReadyProcess>): Promise<Row> => {
    // The first of both finds cold files.
    await inTurn(1, until(start), bare);
    return {
      id: 'T13',
      name: `processor time of ${name}, against the whole life of node -e 0`,
      ratio: spreadOf(await inTurn(pairs, until(start), bare)),
      pairs,
    };
  };
  return [
    { ...(await against('an agent until it has joined', () => agent(0))), hold: { atMost: 1.35 } },
    await against("a program that only opens an agent's sockets with Node's own http, net and crypto", sockets),
  ];
}

async function crowdTime({ agent, bare }: Starts, crowd: number): Promise<Row> {
  const wall = async (start: (index: number) => Promise<ReadyProcess>): Promise<number> => {
    const startedAt = performance.now();
    const all = await Promise.all(Array.from({ length: crowd }, (_, index) => start(index)));
    const ms = performance.now() - startedAt;
    await Promise.all(all.map(({ end }) => end()));
    return ms;
  };
  const ratios = await inTurn(
    CROWD_ROUNDS,
    () => wall((index) => agent(index)),
    () => wall(() => bare()),
  );
  const name = `wall time until ${crowd} agents have joined, against ${crowd} x node -e 0`;
  return { id: 'T14', name, ratio: spreadOf(ratios), pairs: CROWD_ROUNDS, hold: { atMost: 1.5 } };
}

async function memory({ agent, bare, directory }: Starts, pairs: number): Promise<Row> {
  const node = join(directory, 'node');
  copyFileSync(process.execPath, node);
  const ratios: number[] = [];
  for (let pair = 0; pair < pairs; pair++) {
    const two = [await agent(0, node), await bare(node)];
    await sleep(SETTLE_MS);
    const [own, other] = two.map(({ pid }) => proportionalSetKibOf(pid));
    ratios.push(own / other);
    await Promise.all(two.map(({ end }) => end()));
  }
  return { id: 'T15', name: 'memory (PSS) of an idle agent against bare node, one of each alive', ratio: spreadOf(ratios), pairs, hold: { atMost: 1.4 } };
}

async function main(): Promise<void> {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({ options: { pairs: text, crowd: text, program: text } });
  const { pairs = '15', crowd = '100', program } = values;
  const rows = await measureAgentStart({ pairs: Number(pairs), crowd: Number(crowd), ...(program === undefined ? {} : { program }) });
  for (const row of rows) console.log(JSON.stringify(row));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
