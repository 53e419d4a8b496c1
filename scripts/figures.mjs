// Draws the figures of README.md and docs/figures.md: of one run for screens, of five seeds for print.
//   npm run figures
// Runs examples/paper.yaml in one process, seed by seed: the same numbers, and so the same figures, on every machine.
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const folder = path.join(root, 'docs', 'figures');
/** The experiment's own one first: the tables of README.md are of it. */
const SEEDS = [7, 1, 2, 3, 4];
const ON_SCREEN = ['curves', 'graph'];
const IN_PRINT = ['curves', 'graph', 'spectrum', 'gain'];

const directory = mkdtempSync(path.join(tmpdir(), 'kindred-figures-'));
try {
  mkdirSync(folder, { recursive: true });
  const runs = SEEDS.map((seed) => runOf(seed));
  for (const kind of ON_SCREEN) copyFileSync(path.join(runs[0], 'figures', `${kind}.svg`), path.join(folder, `paper-${kind}.svg`));
  for (const kind of IN_PRINT) process.stdout.write(kindred('plot', ...runs, '--kind', kind, '-o', path.join(folder, `print-${kind}.svg`)));
} finally {
  rmSync(directory, { recursive: true, force: true });
}

/** Its directory. */
function runOf(seed) {
  const file = path.join(root, 'examples', 'paper.yaml');
  return JSON.parse(kindred('run', file, '--seed', String(seed), '--mode', 'simulated', '--out', directory, '--quiet', '--json')).directory;
}

function kindred(...args) {
  const program = path.join(root, 'dist', 'bundle', 'cli.cjs');
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], { encoding: 'utf8', maxBuffer: 1e8 });
  if (status !== 0) throw new Error(`kindred ${args[0]} ended with ${status}\n${stderr}`);
  return stdout;
}
