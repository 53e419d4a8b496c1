/**
 * The numerics that a run is made of, against numpy on one thread: eigenpairs (T9), the covariance of the tasks (T10) and
 * a gradient step (T11). In turn; ratios of milliseconds per call, ours / numpy's. Without numpy the rows say so.
 */
import { spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { createInterface } from 'node:readline';
import { fromRows, zeros } from '../core/linalg/matrix.ts';
import { symmetricEigen } from '../core/linalg/eigen.ts';
import { createGmrfTask } from '../core/problem/gmrf-regression.ts';
import { centredCovariance } from '../core/relationship/covariance.ts';
import { gradientStep } from '../core/strategy/local-step.ts';
import { Random } from '../core/random.ts';
import { inTurn, spreadOf } from './row.ts';
import type { Bound, Row, Skipped } from './row.ts';

const PAIRS = 5;
const SECONDS = 0.5;
const BATCH = 20;
const PYTHON = 'python3';
// From dist/bench/ to the source, which no compiler touches.
const KERNELS = fileURLToPath(new URL('../../bench/other/numpy-kernels.py', import.meta.url));

interface Kernel {
  readonly id: string;
  readonly name: string;
  /** As numpy-kernels.py takes it. */
  readonly numpy: string;
  readonly make: () => () => void;
  readonly hold: Bound;
}

const KERNEL_ROWS: readonly Kernel[] = [
  { id: 'T9', name: 'eigenpairs, K = 100: time against numpy', numpy: 'eigen 100', make: () => eigen(100), hold: { atMost: 2 } },
  { id: 'T9', name: 'eigenpairs, K = 500: time against numpy', numpy: 'eigen 500', make: () => eigen(500), hold: { atMost: 6 } },
  {
    id: 'T10',
    name: 'covariance, K = 100, M = 10,000: time against numpy',
    numpy: 'covariance 100 10000',
    make: () => covariance(100, 10_000),
    hold: { atMost: 6 },
  },
  {
    id: 'T11',
    name: `gradient step, M = 1,000, B = ${BATCH}: time against numpy`,
    numpy: `step 1000 ${BATCH}`,
    make: () => step(1_000),
    hold: { atMost: 0.6 },
  },
];

export async function measureNumerics(): Promise<(Row | Skipped)[]> {
  if (!hasNumpy()) return KERNEL_ROWS.map(({ id, name }) => ({ id, name, skipped: `${PYTHON} has no numpy here` }));
  const numpy = spawn(PYTHON, [KERNELS], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, OPENBLAS_NUM_THREADS: '1', OMP_NUM_THREADS: '1', MKL_NUM_THREADS: '1' },
  });
  const answers = createInterface({ input: numpy.stdout })[Symbol.asyncIterator]();
  const ask = async (line: string): Promise<number> => {
    numpy.stdin.write(`${line}\n`);
    return Number((await answers.next()).value);
  };
  const rows: Row[] = [];
  for (const { id, name, numpy: line, make, hold } of KERNEL_ROWS) {
    const call = make();
    const ratios = await inTurn(
      PAIRS,
      () => millisecondsPerCall(call),
      () => ask(line),
    );
    rows.push({ id, name, ratio: spreadOf(ratios), pairs: PAIRS, hold });
  }
  numpy.stdin.end();
  return rows;
}

function hasNumpy(): boolean {
  return spawnSync(PYTHON, ['-c', 'import numpy']).status === 0;
}

function millisecondsPerCall(call: () => void): number {
  call();
  let calls = 0;
  const start = performance.now();
  do {
    call();
    calls++;
  } while (performance.now() - start < 1_000 * SECONDS);
  return (performance.now() - start) / calls;
}

function eigen(agents: number): () => void {
  const random = new Random();
  random.rekey(1, 0, 'truth', 0);
  const a = zeros(agents, agents);
  for (let i = 0; i < agents; i++) for (let j = 0; j <= i; j++) a.data[i * agents + j] = a.data[j * agents + i] = random.gaussian();
  return () => void symmetricEigen(a);
}

function covariance(agents: number, dimension: number): () => void {
  const random = new Random();
  random.rekey(1, 0, 'truth', 0);
  const w = fromRows(Array.from({ length: agents }, () => Float64Array.from({ length: dimension }, () => random.gaussian())));
  return () => void centredCovariance(w);
}

function step(dimension: number): () => void {
  const truth = Float64Array.from({ length: dimension }, (_, i) => Math.sin(i));
  const task = createGmrfTask({ truth, batch: BATCH, noise: 1, seed: 1, agent: 0 });
  const [w, gradient] = [new Float64Array(dimension), new Float64Array(dimension)];
  let n = 0;
  return () => gradientStep(task, w, 0.001, n++, gradient, w);
}
