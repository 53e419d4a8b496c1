/** `kindred fault`: break a run on purpose while it goes on, see what was broken when, and repeat it as a plan. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { describeFault } from '../core/fault/describe.ts';
import type { Fault, FaultPlan } from '../core/fault/plan.ts';
import { KindredError } from '../core/errors.ts';
import { LIMITS } from '../core/limits.ts';
import { DEFAULTS } from '../config/defaults.ts';
import { experimentFileText } from './experiment-file.ts';
import { parseFaults } from './parse-faults.ts';
import { readEvents } from './fault-record.ts';
import { durationText, recordedPlan, secondsText, timelineOf, triggerText } from './fault-timeline.ts';
import type { TimelineEntry } from './fault-timeline.ts';
import { liveRun } from './live-run.ts';
import { storedExperiment } from './resume.ts';
import { writing } from './run-files.ts';
import { refuseSharedFaults } from './shared-process.ts';
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
  refuseSharedFaults(faults, liveRun(run.directory)?.agentsPerProcess ?? 1);
  const { faults: added } = (await ask(run, 'POST', faults)) as { faults: Fault[] };
  if (json) return write(`${JSON.stringify({ runId: run.runId, faults: added })}\n`);
  write(added.map((fault) => `injected: ${describeFault(fault)} at ${triggerText(fault.at)} ${durationText(fault.for)}`.trimEnd() + '\n').join(''));
}

async function clear(run: StoredRun, json: boolean, write: Write): Promise<void> {
  await ask(run, 'DELETE');
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
  const command = `npm run --silent kindred -- run ${shellWord(file)}`;
  return json ? `${JSON.stringify({ file, faults, command })}\n` : `${file}: ${faults.length} faults\n  ${command}\n`;
}

/** The coordinator's answer. Throws RUN_NOT_LIVE, COORDINATOR_UNREACHABLE and what the coordinator refuses. */
async function ask(run: StoredRun, method: 'POST' | 'DELETE', body?: unknown): Promise<unknown> {
  const live = liveRun(run.directory);
  if (live === undefined || live.url === '' || !existsSync(live.tokenFile)) {
    throw new KindredError('RUN_NOT_LIVE', `${run.runId} is ${run.result?.status ?? 'unfinished'}, and no process supervises it`);
  }
  const authorization = `Bearer ${readFileSync(live.tokenFile, 'utf8').trim()}`;
  const headers = { authorization, ...(body === undefined ? {} : { 'content-type': 'application/json' }) };
  const response = await fetch(`${live.url}/faults`, {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(LIMITS.commandMs),
  }).catch((cause: unknown) => {
    throw new KindredError('COORDINATOR_UNREACHABLE', `${run.runId}: no answer to ${method} /faults`, { where: live.url, cause });
  });
  const answer: unknown = await response.json();
  if (response.ok) return answer;
  const { message } = answer as { message?: string };
  throw new KindredError('USAGE', `the coordinator refused: ${message ?? response.status}`, { where: live.url });
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
