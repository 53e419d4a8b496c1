/**
 * K processes in a ring, in lockstep rounds: the stage for comparing ways to exchange vectors.
 *
 * A benchmark program runs itself K times as children. Each child listens, dials its right neighbour, and in every
 * round sends its vector to both neighbours and waits for both of theirs. Time runs from the start signal
 * until the last child is done, without the warm-up rounds.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createGmrfTask } from '../core/problem/gmrf-regression.ts';
import { gradientStep } from '../core/strategy/local-step.ts';
import { largestStepSize } from '../core/theory.ts';

export interface RingSize {
  readonly agents: number;
  readonly dimension: number;
  readonly rounds: number;
  /** Rounds before those that count. */
  readonly warmUp: number;
  /** Also take the local gradient step of Kindred's synthetic problem in every round. */
  readonly learn: boolean;
}

/** One process of the ring, whatever carries its vectors. */
export interface RingNode {
  /** Resolves with what the left neighbour dials. */
  listen(): Promise<string>;
  /** Dials the right neighbour; resolves when both neighbours are connected. */
  connect(right: string): Promise<void>;
  /** Exchanges rounds first .. last and then calls `done`. */
  run(first: number, last: number, done: () => void): void;
  close(): void;
}

/** As bench/rounds.ts asks Kindred. */
export const BATCH = 100;
const STABLE = 0.35;

interface Measured {
  readonly agents: number;
  readonly dimension: number;
  readonly rounds: number;
  readonly roundsPerSecond: number;
  /** Processor time of one agent in one round: what is left of the comparison on a machine that is busy otherwise. */
  readonly cpuMicrosecondsPerRound: number;
}

/** The whole program: parent when a person started it, child when the parent did. */
export async function runRing(moduleUrl: string, createNode: (index: number, size: RingSize) => RingNode): Promise<void> {
  const program = fileURLToPath(moduleUrl);
  if (process.send === undefined) console.log(JSON.stringify(await measure(program, readSize())));
  else await serve(createNode);
}

/** new mean <- (own + neighbours') / 3, summed in id order because float addition is not associative. */
export function meanInIdOrder(vectors: readonly Float64Array[], out: Float64Array): void {
  const [a, b, c] = vectors as [Float64Array, Float64Array, Float64Array];
  for (let i = 0; i < out.length; i++) out[i] = (a[i] + b[i] + c[i]) / 3;
}

export const leftOf = (index: number, agents: number): number => (index + agents - 1) % agents;
export const rightOf = (index: number, agents: number): number => (index + 1) % agents;

function readSize(): RingSize {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({ options: { agents: text, dimension: text, rounds: text, learn: { type: 'boolean' }, 'warm-up': text } });
  return {
    agents: Number(values.agents ?? 10),
    dimension: Number(values.dimension ?? 1_000),
    rounds: Number(values.rounds ?? 1_000),
    warmUp: Number(values['warm-up'] ?? 1_000),
    learn: values.learn ?? false,
  };
}

async function measure(program: string, size: RingSize): Promise<Measured> {
  if (size.agents < 3) throw new RangeError('a ring has at least three agents');
  const children = Array.from({ length: size.agents }, (_, index) => fork(program, [JSON.stringify({ index, ...size })]));
  const endpoints = (await all(children)) as string[];
  children.forEach((child, index) => child.send(endpoints[rightOf(index, size.agents)]));
  await all(children);
  await signal(children);
  const start = performance.now();
  const cpu = await signal(children);
  const seconds = (performance.now() - start) / 1_000;
  await signal(children);
  const cpuMicroseconds = cpu.reduce((sum, one) => sum + one, 0);
  return { ...size, roundsPerSecond: Math.round(size.rounds / seconds), cpuMicrosecondsPerRound: Math.round(cpuMicroseconds / size.rounds / size.agents) };
}

/** One message from each child. */
function all(children: readonly ChildProcess[]): Promise<unknown[]> {
  return Promise.all(
    children.map(async (child) => {
      const [message] = (await Promise.race([
        once(child, 'message'),
        once(child, 'exit').then(([code]) => Promise.reject(new Error(`a child ended with ${code}`))),
      ])) as [unknown];
      return message;
    }),
  );
}

/** Starts the next part of every child and waits until each has done it; returns the processor time each took. */
async function signal(children: readonly ChildProcess[]): Promise<number[]> {
  const done = all(children);
  for (const child of children) child.send('go');
  return (await done) as number[];
}

async function serve(createNode: (index: number, size: RingSize) => RingNode): Promise<void> {
  const { index, ...size } = JSON.parse(process.argv[2]) as RingSize & { index: number };
  const node = createNode(index, size);
  process.send!(await node.listen());
  const [right] = (await once(process, 'message')) as [string];
  await node.connect(right);
  process.send!('connected');
  await part(() => (size.warmUp === 0 ? Promise.resolve() : rounds(node, 1, size.warmUp)));
  await part(() => rounds(node, size.warmUp + 1, size.warmUp + size.rounds));
  await part(() => Promise.resolve());
  node.close();
  process.disconnect();
}

async function part(work: () => Promise<void>): Promise<void> {
  await once(process, 'message');
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  process.send!(user + system);
}

const rounds = (node: RingNode, first: number, last: number): Promise<void> => new Promise((resolve) => node.run(first, last, resolve));

/** The local half of a round: nothing, or one stochastic gradient step towards a truth of the node's own. */
export function localStep(index: number, { dimension, learn }: RingSize): (own: Float64Array, step: number) => void {
  if (!learn) return () => undefined;
  const truth = new Float64Array(dimension).fill(index);
  const task = createGmrfTask({ truth, batch: BATCH, noise: dimension, seed: 1, agent: index });
  const stepSize = largestStepSize(STABLE, BATCH, dimension);
  const gradient = new Float64Array(dimension);
  return (own, step) => gradientStep(task, own, stepSize, step, gradient, own);
}
