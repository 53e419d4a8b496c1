/** `kindred simulate FILE --seeds A..B`: the experiment in the simulator, seed after seed, under faults; nothing may be lost, nothing may differ. */
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { KindredError } from '../core/errors.ts';
import { loadExperiment } from '../config/load.ts';
import { runSwarm } from '../sim/swarm.ts';
import type { Failing, SwarmFaults, SwarmReport } from '../sim/swarm.ts';
import type { SeedReport } from '../sim/swarm-seed.ts';
import { createProgress } from './progress.ts';
import type { Progress } from './progress.ts';
import { collect } from './run.ts';
import { describeTerminal } from './terminal.ts';

interface SimulateFlags {
  readonly seeds: string;
  readonly faults?: string;
  readonly set: readonly string[];
  readonly json?: boolean;
  readonly quiet?: boolean;
}

const SEED_MAX = 2 ** 32 - 1;

const EXAMPLE = `
Example:
  kindred simulate examples/swarm.yaml --seeds 1..200 --faults swarm`;

export function addSimulateCommand(program: Command): void {
  program
    .command('simulate')
    .summary('one experiment under many seeds and faults, simulated')
    .description(
      'Run the experiment of FILE in the simulator once per seed, and compare every run with the one without faults: nothing may be lost, no bit may differ. ' +
        "Without --faults each run has the experiment's own faults and the seed as its own; with --faults swarm each seed draws its own random faults.",
    )
    .argument('<file>', 'experiment file (YAML)')
    .requiredOption('--seeds <a..b>', 'first and last seed')
    .option('--faults <kind>', 'swarm: random faults, drawn anew for every seed')
    .option('-c, --set <path=value>', 'override a key of the file; path=null takes it out (repeatable)', collect, [])
    .option('--json', 'print the report as JSON')
    .option('--quiet', 'no progress')
    .addHelpText('after', EXAMPLE)
    .action(async (file: string, flags: SimulateFlags) => {
      const report = await simulateFile(file, flags);
      process.stdout.write(flags.json ? `${JSON.stringify(report)}\n` : reportText(report));
      process.exitCode = report.failing.length > 0 ? 1 : 0;
    });
}

async function simulateFile(file: string, flags: SimulateFlags): Promise<SwarmReport> {
  const faults = faultsOf(flags.faults);
  const seeds = seedsOf(flags.seeds);
  const readFile = (path: string): string => readFileSync(path, 'utf8');
  const experiment = loadExperiment(file, { overrides: flags.set, environment: process.env, readFile });
  if (experiment.network.rounds.kind !== 'bsp')
    throw new KindredError('CONFIG_UNSUPPORTED', 'only bsp rounds end in equal bits; set network.rounds to bsp', { where: file });
  const progress = createProgress({
    terminal: describeTerminal({ environment: process.env, stream: process.stderr, quiet: flags.quiet === true }),
    stream: process.stderr,
  });
  const report = await runSwarm({ experiment, seeds, faults, file, onSeed: telling(progress, seeds) });
  progress.finish();
  return report;
}

function telling(progress: Progress, [from, to]: readonly [number, number]): (report: SeedReport) => void {
  let done = 0;
  let failed = 0;
  return ({ violations }) => {
    done++;
    if (violations.length > 0) failed++;
    progress.show({ phase: `seeds ${from}..${to}`, done, of: to - from + 1, failed });
  };
}

/** For people. */
export function reportText({ seeds, lost, different, faults, failing }: SwarmReport): string {
  const kinds = Object.entries(faults).map(([kind, count]) => `${kind} ${count}`);
  return [
    ...failing.map(failingText),
    `${seeds} seeds: ${lost} lost, ${different} different`,
    kinds.length === 0 ? 'no faults' : `faults: ${kinds.join(', ')}`,
    '',
  ].join('\n');
}

function failingText({ seed, command, reasons, schedule }: Failing): string {
  const entries = schedule.map((entry) => `    ${entry}`);
  return [
    `seed ${seed}:`,
    ...reasons.map((reason) => `  ${reason}`),
    ...(entries.length > 0 ? ['  smallest schedule found:', ...entries] : []),
    `  ${command}`,
    '',
  ].join('\n');
}

function faultsOf(kind: string | undefined): SwarmFaults {
  if (kind === undefined) return 'own';
  if (kind === 'swarm') return kind;
  throw new KindredError('USAGE', `must be swarm, or left out (got "${kind}")`, { where: '--faults' });
}

export function seedsOf(text: string): [number, number] {
  const [, from, to] = /^(\d{1,10})\.\.(\d{1,10})$/.exec(text.trim()) ?? [];
  const seeds: [number, number] = [Number(from), Number(to)];
  if (to !== undefined && seeds[0] <= seeds[1] && seeds[1] <= SEED_MAX) return seeds;
  throw new KindredError('USAGE', `must be two whole numbers such as 1..200, the first not above the second (got "${text}")`, { where: '--seeds' });
}
