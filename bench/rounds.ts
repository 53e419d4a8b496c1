/**
 * Rounds per second of a whole Kindred run (ring, consensus arm, real processes) against the same program on raw Node TCP
 * (same gradient step, same exchange), in turn, and against the exchange alone; and what a vector costs on the wire. Quote the ratio of one interleaved run only.
 *   npm run bench                  npm run bench -- --pairs 9 --dimension 10000
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createRun } from '../cli/new-run.ts';
import { runInProcesses } from '../cli/processes.ts';
import { loadExperiment } from '../config/load.ts';
import { BATCH } from './ring-processes.ts';

const { values } = parseArgs({
  options: {
    pairs: { type: 'string', default: '5' },
    agents: { type: 'string', default: '10' },
    dimension: { type: 'string', default: '1000' },
    rounds: { type: 'string', default: '1000' },
  },
});
const [pairs, agents, dimension, rounds] = [values.pairs, values.agents, values.dimension, values.rounds].map(Number);
const output = mkdtempSync(join(tmpdir(), 'kindred-bench-'));
const RAW = fileURLToPath(new URL('./raw-tcp-ring.js', import.meta.url));
const FILE = fileURLToPath(new URL('../../examples/paper.yaml', import.meta.url));

function rawRoundsPerSecond(learn: boolean): number {
  const args = [RAW, '--agents', String(agents), '--dimension', String(dimension), '--rounds', String(rounds), ...(learn ? ['--learn'] : [])];
  return (JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })) as { roundsPerSecond: number }).roundsPerSecond;
}

async function kindredRun(): Promise<{ roundsPerSecond: number; overheadBytes: number }> {
  const overrides = [
    'name=bench',
    `agents=${agents}`,
    'problem.graph=ring',
    `problem.dimension=${dimension}`,
    `problem.batch=${BATCH}`,
    'explore={ steps: 20 }',
    'relationship.estimator=cgl',
    `cooperate={ steps: ${rounds}, arms: [{ strategy: consensus }] }`,
    `output.every=${rounds}`,
  ];
  const experiment = loadExperiment(FILE, { overrides, outputDirectory: output, environment: {}, readFile: (path) => readFileSync(path, 'utf8') });
  const result = await runInProcesses({ experiment, run: createRun(experiment), onProgress: () => {} });
  if (result.status !== 'completed') throw new Error(result.error?.message ?? result.status);
  const [arm] = result.arms;
  return { roundsPerSecond: arm.roundsPerSecond, overheadBytes: arm.bytesSent / (2 * agents * rounds) - 8 * dimension };
}

const median = (list: readonly number[]): number => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];

try {
  const bare: number[] = [];
  const raw: number[] = [];
  const kindred: number[] = [];
  let overheadBytes = 0;
  for (let pair = 0; pair < pairs; pair++) {
    bare.push(rawRoundsPerSecond(false));
    raw.push(rawRoundsPerSecond(true));
    const measured = await kindredRun();
    kindred.push(measured.roundsPerSecond);
    overheadBytes = measured.overheadBytes;
  }
  const ratios = (of: readonly number[]): number[] => kindred.map((value, pair) => value / of[pair]);
  const shown = (list: readonly number[], digits: number): string =>
    `${median(list).toFixed(digits)} (${Math.min(...list).toFixed(digits)} to ${Math.max(...list).toFixed(digits)})`;
  console.log(`ring of ${agents}, ${dimension} parameters, ${rounds} rounds, ${pairs} interleaved pairs; median (range)`);
  console.log(`raw Node TCP, same program          ${shown(raw, 0)} rounds/s`);
  console.log(`raw Node TCP, exchange alone        ${shown(bare, 0)} rounds/s`);
  console.log(`Kindred, the whole run              ${shown(kindred, 0)} rounds/s`);
  console.log(`ratio to the same program           ${shown(ratios(raw), 2)}   hold >= 0.5`);
  console.log(`ratio to the exchange alone         ${shown(ratios(bare), 2)}`);
  console.log(`bytes per vector beyond payload     ${overheadBytes.toFixed(1)}   hold <= 32`);
} finally {
  rmSync(output, { recursive: true, force: true });
}
