/** `kindred fault`: break a run on purpose while it goes on, see what was broken when, and repeat it as a plan. */
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { describeFault } from '../core/fault/describe.ts';
import type { Fault, FaultPlan } from '../core/fault/plan.ts';
import { durationText, recordedPlan, secondsText, timelineOf, triggerText } from '../core/fault/timeline.ts';
import type { TimelineEntry } from '../core/fault/timeline.ts';
import { DEFAULTS } from '../config/defaults.ts';
import { askCoordinator } from './ask-coordinator.ts';
import { experimentFileText } from './experiment-file.ts';
import { typedProgram } from './own-package.ts';
import { parseFaults } from './parse-faults.ts';
import { readEvents } from './fault-record.ts';
import { liveRun } from './live-run.ts';
import { storedExperiment } from './resume.ts';
import { writing } from './run-files.ts';
import { findRun } from './stored-runs.ts';
import type { StoredRun } from './stored-runs.ts';
import { formatTable } from './table.ts';

/** The JSON of `fault list --json`. */
export interface FaultRecord {
  readonly runId: string;
  readonly live: boolean;
  readonly planned: FaultPlan;
  readonly timeline: readonly TimelineEntry[];
}

type Write = (text: string) => void;
type Flags = { readonly out: string; readonly json?: boolean };

const RUN = 'a run id, the beginning of one, or a run directory';
const EXAMPLE = `
Examples:
  $ kindred fault inject runs/paper-... '{ link: 3<->7, loss: 20%, for: 5s }'
  $ kindred fault inject runs/paper-... '{ kill: 4, restartAfter: 2s }'
  $ kindred fault list runs/paper-...`;

export function addFaultCommand(program: Command, write: Write = (text) => process.stdout.write(text)): void {
  const fault = program
    .command('fault')
    .summary('break a run on purpose while it goes on')
    .description('Break a run on purpose while it goes on; list what was broken; repeat it.')
    .addHelpText('after', EXAMPLE);
  const sub = (name: string, description: string): Command => fault.command(name).description(description).argument('<run>', RUN);
  const directories = (command: Command): Command => command.option('--out <directory>', 'where the run directories are', DEFAULTS.outputDirectory);
  directories(sub('inject', 'break something from now on, or from a step or a time that is to come'))
    .argument('<faults>', 'one entry of the section `faults`, or a list of them, as YAML; without `at` it begins now')
    .option('--json', 'print JSON')
    .action((name: string, faults: string, flags: Flags) => inject(findRun(name, resolve(flags.out)), faults, flags.json === true, write));
  directories(sub('list', 'the faults of a run, stored or going on: what was planned, and what happened when'))
    .option('--json', 'print JSON')
    .action((name: string, flags: Flags) => write(listText(faultRecord(findRun(name, resolve(flags.out))), flags.json === true)));
  directories(sub('clear', 'end every fault of a run, planned ones included'))
    .option('--json', 'print JSON')
    .action((name: string, flags: Flags) => clear(findRun(name, resolve(flags.out)), flags.json === true, write));
  sub('replay', 'write an experiment file that plans the faults that were injected into a run, at the times they came')
    .option('--runs <directory>', 'where the run directories are', DEFAULTS.outputDirectory)
    .option('--out <file>', 'the file to write; RUN-replay.yaml if not given')
    .option('--json', 'print JSON')
    .action((name: string, flags: { runs: string; out?: string; json?: boolean }) => {
      const run = findRun(name, resolve(flags.runs));
      write(replay(run, flags.out ?? `${run.runId}-replay.yaml`, flags.json === true));
    });
}

async function inject(run: StoredRun, text: string, json: boolean, write: Write): Promise<void> {
  const faults = parseFaults(text, storedExperiment(run));
  const { faults: added } = (await askCoordinator(run, { method: 'POST', path: 'faults', body: faults })) as { faults: Fault[] };
  if (json) return write(`${JSON.stringify({ runId: run.runId, faults: added })}\n`);
  write(added.map((fault) => `injected: ${describeFault(fault)} at ${triggerText(fault.at)} ${durationText(fault.for)}`.trimEnd() + '\n').join(''));
}

async function clear(run: StoredRun, json: boolean, write: Write): Promise<void> {
  await askCoordinator(run, { method: 'DELETE', path: 'faults' });
  write(json ? `${JSON.stringify({ runId: run.runId, faults: [] })}\n` : `${run.runId}: every fault is over\n`);
}

export function faultRecord(run: StoredRun): FaultRecord {
  const planned = run.experiment?.faults ?? [];
  return { runId: run.runId, live: liveRun(run.directory) !== undefined, planned, timeline: timelineOf(readEvents(run.directory), planned) };
}

function listText(record: FaultRecord, json: boolean): string {
  if (json) return `${JSON.stringify(record)}\n`;
  const { runId, live, planned, timeline } = record;
  const plan = planned.map((fault) => [triggerText(fault.at), `${describeFault(fault)} ${durationText(fault.for)}`.trim()]);
  const rows = timeline.map(({ ms, event, what, agents, party }) => [
    secondsText(ms),
    event,
    partyText(party),
    what,
    agents === undefined ? '' : agentsText(agents),
  ]);
  const table = (titles: readonly string[], cells: readonly string[][]): string =>
    formatTable(
      titles.map((title) => ({ title })),
      cells,
    );
  return [
    `${runId}${live ? ' (it goes on)' : ''}`,
    '',
    plan.length === 0 ? 'no faults were planned' : table(['planned at', 'fault'], plan),
    '',
    rows.length === 0 ? 'no faults were recorded' : table(['time', 'event', 'process', 'what', 'seen by'], rows),
    '',
  ].join('\n');
}

function replay(run: StoredRun, file: string, json: boolean): string {
  const experiment = storedExperiment(run);
  const faults = recordedPlan(readEvents(run.directory), experiment.faults);
  const heading = `# The experiment of run ${run.runId}, with the faults that were injected into it as planned ones.\n`;
  writing(file, () => writeFileSync(file, `${heading}${experimentFileText({ ...experiment, faults })}`));
  const command = `${typedProgram()} run ${shellWord(file)}`;
  return json ? `${JSON.stringify({ file, faults, command })}\n` : `${file}: ${faults.length} faults\n  ${command}\n`;
}

function partyText(party: TimelineEntry['party']): string {
  if (party === undefined) return '';
  return party === 'coordinator' ? party : `agent ${party}`;
}

function agentsText(agents: readonly number[]): string {
  if (agents.length === 0) return 'the engine';
  const sorted = [...agents].sort((a, b) => a - b);
  return `${sorted.length === 1 ? 'agent' : 'agents'} ${sorted.join(', ')}`;
}

function shellWord(text: string): string {
  return /^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
