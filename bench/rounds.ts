/**
 * Rounds per second of a whole Kindred run in a ring, against the same program on raw Node TCP with the same gradient step
 * (T1) and against the exchange alone over MPI's TCP (T2); what a vector costs on the wire beyond its parameters (T8); how
 * many messages a second are left with eight times as many agents (T16); and rounds per second over K and M.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { webSocketHeaderBytes } from '../net/websocket-frame.ts';
import { VectorFrameWriter } from '../proto/vector-frame.ts';
import { kindredRing } from './kindred-ring.ts';
import type { RingSize } from './ring-processes.ts';
import { inTurn, spreadOf } from './row.ts';
import type { Row, Skipped } from './row.ts';

/** Both sides of a pair have the same warm-up: until V8 has compiled a loop, every program measures its compiler. */
const RING = { agents: 10, dimension: 1_000, rounds: 1_000, warmUp: 3_000 };
/** From the first round on: what a short run sees. */
const COLD_RING = { ...RING, warmUp: 0 };
const PAIRS = 5;
const COLD_PAIRS = 3;
const [FEW, MANY] = [8, 64];
/** The same for every agent of both crowds, after as many for warm-up. */
const CROWD_ROUNDS = 600;
const CROWD_PAIRS = 3;
const RAW = fileURLToPath(new URL('./raw-tcp-ring.js', import.meta.url));
const MPI_SOURCE = fileURLToPath(new URL('../../bench/other/mpi-ring.c', import.meta.url));
const MPI_MS = 120_000;
/** Ranks outnumber cores: without it those that wait keep the others from working. */
const MPI_ARGUMENTS = '--oversubscribe --mca mpi_yield_when_idle 1 --mca btl tcp,self --mca btl_tcp_if_include lo'.split(' ');

export async function measureRounds(): Promise<Row[]> {
  const overhead: number[] = [];
  const ratios = await inTurn(
    PAIRS,
    async () => {
      const { roundsPerSecond, overheadBytes } = await kindredRing(RING);
      overhead.push(overheadBytes);
      return roundsPerSecond;
    },
    () => rawRoundsPerSecond({ ...RING, learn: true }),
  );
  const cold = await inTurn(
    COLD_PAIRS,
    async () => (await kindredRing(COLD_RING)).roundsPerSecond,
    () => rawRoundsPerSecond({ ...COLD_RING, learn: true }),
  );
  return [
    {
      id: 'T1',
      name: 'rounds/s of a run, ring of 10, M = 1,000, against the same program on raw TCP, after 3,000 rounds of both',
      ratio: spreadOf(ratios),
      pairs: PAIRS,
      hold: { atLeast: 0.5 },
    },
    { id: 'T1', name: 'the same from the first round on, while V8 still compiles', ratio: spreadOf(cold), pairs: COLD_PAIRS },
    {
      id: 'T8',
      name: 'bytes of a vector message beyond its parameters, M = 1,000, 10,000, 100,000',
      ratio: spreadOf([1_000, 10_000, 100_000].map(messageOverhead)),
      pairs: 1,
      hold: { atMost: 32 },
    },
    { id: 'T8', name: 'bytes that agents send in a run for each vector beyond its parameters, whatever they are for', ratio: spreadOf(overhead), pairs: PAIRS },
  ];
}

/** With the longest mask, and a step as of a long run. */
function messageOverhead(dimension: number): number {
  const frame = new VectorFrameWriter(dimension).encode({ epoch: 1, step: 70_000, durableStep: 69_900 }, new Float64Array(dimension));
  return frame.length + webSocketHeaderBytes(frame.length, 'random') - 8 * dimension;
}

export async function measureMpi(): Promise<(Row | Skipped)[]> {
  const [id, name] = ['T2', 'rounds/s of a run, ring of 10, M = 1,000, against the exchange alone over MPI (TCP)'];
  const directory = mkdtempSync(join(tmpdir(), 'kindred-bench-'));
  try {
    if (spawnSync('mpirun', ['--version']).error !== undefined) return [{ id, name, skipped: 'there is no mpirun here' }];
    const program = join(directory, 'mpi-ring');
    const { status, error } = spawnSync('mpicc', ['-O2', '-o', program, MPI_SOURCE]);
    if (status !== 0) return [{ id, name, skipped: error === undefined ? `mpicc failed (exit ${status})` : 'there is no mpicc here' }];
    const ratios = await inTurn(
      PAIRS,
      async () => (await kindredRing(RING)).roundsPerSecond,
      () => mpiRoundsPerSecond(program),
    );
    return [{ id, name, ratio: spreadOf(ratios), pairs: PAIRS, hold: { atLeast: 0.1 } }];
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

export async function measureCrowds(): Promise<Row[]> {
  const messagesPerSecond = async (agents: number): Promise<number> => {
    const { roundsPerSecond } = await kindredRing({ agents, dimension: 1_000, rounds: CROWD_ROUNDS, warmUp: CROWD_ROUNDS });
    return roundsPerSecond * 2 * agents;
  };
  const ratios = await inTurn(
    CROWD_PAIRS,
    () => messagesPerSecond(MANY),
    () => messagesPerSecond(FEW),
  );
  return [
    {
      id: 'T16',
      name: `messages/s of a ring of ${MANY} against a ring of ${FEW}, M = 1,000`,
      ratio: spreadOf(ratios),
      pairs: CROWD_PAIRS,
      hold: { atLeast: 0.7 },
    },
  ];
}

export interface RoundsOver {
  readonly agents: number;
  readonly dimension: number;
  readonly roundsPerSecond: number;
}

/** One run each: how speed depends on size, not how fast a machine is. */
export async function measureGrid(): Promise<RoundsOver[]> {
  const sizes = [
    ...[4, 8, 16, 32, 64].map((agents) => ({ agents, dimension: 1_000, rounds: Math.ceil(6_400 / agents) })),
    ...[10, 100, 10_000, 100_000].map((dimension) => ({ agents: 8, dimension, rounds: dimension < 10_000 ? 800 : Math.ceil(2e6 / dimension) })),
  ];
  const grid: RoundsOver[] = [];
  for (const size of sizes)
    grid.push({ agents: size.agents, dimension: size.dimension, roundsPerSecond: (await kindredRing({ ...size, warmUp: size.rounds })).roundsPerSecond });
  return grid;
}

function rawRoundsPerSecond({ agents, dimension, rounds, warmUp, learn }: RingSize): number {
  const size = ['--agents', String(agents), '--dimension', String(dimension), '--rounds', String(rounds), '--warm-up', String(warmUp)];
  const args = [RAW, ...size, ...(learn ? ['--learn'] : [])];
  return (JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })) as { roundsPerSecond: number }).roundsPerSecond;
}

function mpiRoundsPerSecond(program: string): number {
  const args = [...MPI_ARGUMENTS, '-np', String(RING.agents), program, String(RING.dimension), String(RING.rounds)];
  // It refuses to run as root, which containers and CI do, unless told so.
  const env = { ...process.env, OMPI_ALLOW_RUN_AS_ROOT: '1', OMPI_ALLOW_RUN_AS_ROOT_CONFIRM: '1' };
  return Number(execFileSync('mpirun', args, { encoding: 'utf8', env, timeout: MPI_MS }));
}
