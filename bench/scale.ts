/**
 * How many agents there may be: examples/sparse.yaml with 64 agents as processes and with 1,000 simulated, each by the
 * command line from its start to its end. Memory is the largest sum of proportional set sizes (PSS) over the command and all
 * that it started; looked at twice a second, so a shorter peak may be missed. Linux only.
 *
 *   node dist/bench/scale.js             prints the rows as JSON
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { programOf } from '../cli/programs.ts';
import type { RunResult } from '../core/run-result.ts';
import { proportionalSetKibOf } from './process-cost.ts';

export interface ScaleRow {
  readonly agents: number;
  readonly mode: 'processes' | 'simulated';
  readonly seconds: number;
  readonly memoryMB: number;
  readonly status: RunResult['status'];
  /** Of every arm: equal in both modes. */
  readonly digests: readonly string[];
}

const MAIN = programOf('cli');
const EXAMPLE = fileURLToPath(new URL('../../examples/sparse.yaml', import.meta.url));
const LOOK_EVERY_MS = 500;
const KIB_PER_MB = 1e6 / 1024;

export async function measureScale(): Promise<ScaleRow[]> {
  return [await measure(64, 'processes'), await measure(1_000, 'simulated')];
}

/** One run of the example, in a directory that goes away. */
export async function measure(agents: number, mode: ScaleRow['mode'], example = EXAMPLE): Promise<ScaleRow> {
  const directory = mkdtempSync(join(tmpdir(), 'kindred-scale-'));
  try {
    const startedAt = performance.now();
    const { result, peakKib } = await runWatched(['run', example, '--mode', mode, '-c', `agents=${agents}`, '--out', directory, '--json', '--quiet']);
    const seconds = (performance.now() - startedAt) / 1000;
    const digests = result.arms.map((arm) => arm.parametersSha256);
    return { agents, mode, seconds, memoryMB: peakKib / KIB_PER_MB, status: result.status, digests };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function runWatched(args: readonly string[]): Promise<{ result: RunResult; peakKib: number }> {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => (text += part));
  let peakKib = 0;
  const looking = setInterval(() => (peakKib = Math.max(peakKib, familyKib(child.pid!))), LOOK_EVERY_MS);
  await once(child, 'close');
  clearInterval(looking);
  return { result: JSON.parse(text) as RunResult, peakKib };
}

/** A process and all its descendants. Whoever ends meanwhile weighs nothing. */
function familyKib(root: number): number {
  const children = new Map<number, number[]>();
  for (const name of readdirSync('/proc')) if (/^\d+$/.test(name)) noteChild(Number(name), children);
  const family = [root];
  for (const pid of family) family.push(...(children.get(pid) ?? []));
  return family.reduce((sum, pid) => sum + orZero(() => proportionalSetKibOf(pid)), 0);
}

function noteChild(pid: number, children: Map<number, number[]>): void {
  const parent = orZero(() => Number(/\) \S (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1]));
  children.set(parent, [...(children.get(parent) ?? []), pid]);
}

function orZero(read: () => number): number {
  try {
    return read();
  } catch {
    // It ended between two looks.
    return 0;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(JSON.stringify(await measureScale(), null, 1));
