/** `kindred reproduce NAME...`: claims of the paper and of theory, measured again, with standard errors and the expected bands. */
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { didYouMean } from '../config/did-you-mean.ts';
import { loadExperiment } from '../config/load.ts';
import { KindredError } from '../core/errors.ts';
import type { RunResult } from '../core/run-result.ts';
import { runDirectly } from '../sim/direct-run.ts';
import { STUDIES, studyByName } from '../study/index.ts';
import type { Reproduced } from '../study/report.ts';
import type { Study } from '../study/study.ts';
import { createProgress } from './progress.ts';
import type { Progress } from './progress.ts';
import { seedsOf } from './simulate.ts';
import { formatNumber, formatTable } from './table.ts';
import { describeTerminal } from './terminal.ts';

interface ReproduceFlags {
  readonly seeds: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

const SEEDS = '1..5';
const EXAMPLE = `
Example:
  kindred reproduce                            what there is
  kindred reproduce error-curves --seeds 1..5`;

export function addReproduceCommand(program: Command): void {
  program
    .command('reproduce')
    .summary('claims of the paper and of theory, measured again')
    .description('Measure the claims of one or more studies again, simulated: means over the seeds with their standard error, beside the expected bands.')
    .argument('[name...]', 'studies, or all; without a name: what there is')
    .option('--seeds <a..b>', 'first and last seed', SEEDS)
    .option('--json', 'print the findings as JSON')
    .option('--quiet', 'no progress')
    .addHelpText('after', EXAMPLE)
    .action((names: readonly string[], flags: ReproduceFlags) => {
      if (names.length === 0) return void process.stdout.write(flags.json ? `${JSON.stringify(STUDIES.map(listed))}\n` : listText());
      const reproduced = reproduce(names.includes('all') ? STUDIES : names.map(studyNamed), flags);
      process.stdout.write(flags.json ? `${JSON.stringify(reproduced)}\n` : reproduced.map(studyText).join('\n'));
      process.exitCode = reproduced.some(({ findings }) => findings.some(({ holds }) => holds === false)) ? 1 : 0;
    });
}

export function reproduce(studies: readonly Study[], { seeds: given, quiet }: ReproduceFlags): Reproduced[] {
  const [from, to] = seedsOf(given);
  const seeds = Array.from({ length: to - from + 1 }, (_, i) => from + i);
  const terminal = describeTerminal({ environment: process.env, stream: process.stderr, quiet: quiet === true });
  const progress = createProgress({ terminal, stream: process.stderr });
  try {
    return studies.map((study) => ({ ...listed(study), findings: study.findings(seeds, runner(study, seeds.length, progress)) }));
  } finally {
    progress.finish();
  }
}

/** Without a network and its faults, which would change no bit; nothing is left on disk. */
function runner({ name, runsPerSeed }: Study, seeds: number, progress: Progress): (file: string, overrides: readonly string[], seed: number) => RunResult {
  let done = 0;
  return (file, overrides, seed) => {
    const experiment = loadExperiment('reproduce.yaml', { overrides: [...overrides, `seed=${seed}`], environment: {}, readFile: () => file });
    const result = runDirectly({ experiment, runId: name, readFile: (path) => readFileSync(path, 'utf8') });
    if (result.status !== 'completed') throw new KindredError('INTERNAL', `a run of ${name} ended ${result.status}: ${result.error?.message ?? ''}`);
    progress.show({ phase: name, done: ++done, of: runsPerSeed * seeds });
    return result;
  };
}

function studyNamed(name: string): Study {
  const study = studyByName(name);
  if (study !== undefined) return study;
  const names = STUDIES.map((one) => one.name);
  throw new KindredError('USAGE', `there is no study "${name}"${didYouMean(name, names)}; there are ${names.join(', ')}, all`, { where: 'NAME' });
}

const listed = ({ name, title, claim }: Study): Pick<Study, 'name' | 'title' | 'claim'> => ({ name, title, claim });

function listText(): string {
  const rows = STUDIES.map(({ name, title }) => [name, title]);
  return `${formatTable([{ title: 'study' }, { title: 'what it measures' }], rows)}\n`;
}

export function studyText({ title, claim, findings }: Reproduced): string {
  const columns = [{ title: 'setting' }, { title: 'quantity' }, ...['mean', '+- s.e.', 'expected', 'from', 'to'].map(right), { title: '' }];
  const rows = findings.map(({ setting, quantity, mean, standardError, band, holds }) => [
    setting,
    quantity,
    formatNumber(mean),
    formatNumber(standardError, 2),
    ...(band === null ? ['-', '-', '-'] : [band.expected, band.low, band.high].map((value) => (value === null ? '' : formatNumber(value)))),
    holds === null ? '' : holds ? 'holds' : 'OFF',
  ]);
  return `${title}\n${claim}\n\n${formatTable(columns, rows)}\n`;
}

const right = (title: string): { title: string; align: 'right' } => ({ title, align: 'right' });
