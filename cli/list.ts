/** `kindred list`: the runs of a directory, newest first. */
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { DEFAULTS } from '../config/defaults.ts';
import { liveRun } from './live-run.ts';
import { storedRuns, type StoredRun } from './stored-runs.ts';
import { formatTable } from './table.ts';

export interface RunSummary {
  readonly runId: string;
  /** `running`; `unfinished`: it was killed; `unreadable`: damaged, or another user's. */
  readonly status: string;
  readonly experiment: string;
  readonly seed: number | null;
  readonly agents: number | null;
  readonly arms: readonly string[];
  /** ISO 8601. */
  readonly date: string;
  readonly directory: string;
}

export function addListCommand(program: Command, write: (text: string) => void = (text) => process.stdout.write(text)): void {
  program
    .command('list')
    .description('list the stored runs, newest first')
    .option('--out <directory>', 'where the run directories are', DEFAULTS.outputDirectory)
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  $ kindred list --out runs')
    .action((options: { out: string; json?: boolean }) => {
      const directory = resolve(options.out);
      const runs = storedRuns(directory).map(summary);
      write(options.json === true ? `${JSON.stringify(runs, null, 2)}\n` : `${listText(runs, directory)}\n`);
    });
}

export function summary(run: StoredRun): RunSummary {
  const { experiment, result } = run;
  return {
    runId: run.runId,
    status: statusOf(run),
    experiment: result?.experiment ?? experiment?.name ?? '?',
    seed: result?.seed ?? experiment?.seed ?? null,
    agents: result?.agents.expected ?? experiment?.agents ?? null,
    arms: (result?.arms ?? experiment?.cooperate.arms ?? []).map((arm) => arm.strategy),
    date: new Date(run.startedMs).toISOString(),
    directory: run.directory,
  };
}

function statusOf({ directory, result, unreadable }: StoredRun): string {
  if (unreadable !== undefined) return 'unreadable';
  // The result of an earlier try says nothing while the run goes on.
  return liveRun(directory) === undefined ? (result?.status ?? 'unfinished') : 'running';
}

export function listText(runs: readonly RunSummary[], directory: string): string {
  if (runs.length === 0) return `no runs in ${directory}`;
  const columns = [
    { title: 'run' },
    { title: 'status' },
    { title: 'experiment' },
    { title: 'seed', align: 'right' },
    { title: 'agents', align: 'right' },
    { title: 'date (UTC)' },
    { title: 'arms' },
  ] as const;
  return formatTable(
    columns,
    runs.map((run) => [
      run.runId,
      run.status,
      run.experiment,
      String(run.seed ?? '-'),
      String(run.agents ?? '-'),
      run.date.slice(0, 16).replace('T', ' '),
      armText(run.arms),
    ]),
  );
}

/** `non-cooperative, multitask x2`. */
function armText(arms: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const arm of arms) counts.set(arm, (counts.get(arm) ?? 0) + 1);
  return [...counts].map(([arm, count]) => (count === 1 ? arm : `${arm} x${count}`)).join(', ');
}
