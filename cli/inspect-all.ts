/** `data inspect --all`: every way to learn together on one table, each a run of its own on the same splits. */
import type { ReadFile } from '../config/table-facts.ts';
import { readTasks } from '../config/table-facts.ts';
import type { ComparisonRow } from '../core/comparison.ts';
import { KindredError } from '../core/errors.ts';
import type { ArmResult, RunResult } from '../core/run-result.ts';
import { mean } from '../core/statistics.ts';
import { comparedErrorByAgent } from '../figures/arms.ts';
import { directStages } from '../sim/direct-run.ts';
import { WireMeter } from '../sim/wire-meter.ts';
import { adviceAmong, againstAlone } from '../study/every-model.ts';
import type { ModelErrors } from '../study/every-model.ts';
import { learnedFigures } from '../study/learned-figures.ts';
import type { Figure } from '../study/learned-figures.ts';
import { pooledError } from '../study/pooled-error.ts';
import { ALONE, POOLED } from '../study/table-comparison.ts';
import { comparable, tableFacts } from './inspect-table.ts';
import type { InspectFlags, TableFacts } from './inspect-table.ts';
import { ALL_MODELS, inspectedExperiment, tableOf } from './inspected-experiment.ts';
import type { LoadInspected } from './inspected-experiment.ts';
import { createProgress } from './progress.ts';
import type { Progress } from './progress.ts';
import { describeTerminal } from './terminal.ts';

/** The JSON of `data inspect --all --json`. */
export interface InspectedAll extends TableFacts {
  readonly models: readonly InspectedModel[];
  /** Models that this table is nothing for, and why. */
  readonly refused: readonly { readonly model: string; readonly code: string; readonly reason: string }[];
  readonly advice: string;
}

export interface InspectedModel extends ModelErrors {
  readonly mean: number;
  /** error / error of alone - 1 over the splits; null for alone itself. */
  readonly against: Omit<ComparisonRow, 'kind' | 'experiment' | 'arm' | 'against' | 'mean' | 'meanAgainst' | 'relative'> | null;
  /** What crosses the wire in one run, both ways, divided by the agents; null for what is no run. */
  readonly bytesPerAgent: number | null;
  /** Of one run in one process. */
  readonly seconds: number;
  readonly learned: readonly Figure[];
}

interface RunFound {
  readonly result: RunResult;
  readonly bytes: number;
  readonly seconds: number;
}

/** Of one model, by split. */
type RunsFound = readonly RunFound[];

export async function inspectAll(file: string, flags: InspectFlags, readFile: ReadFile): Promise<InspectedAll> {
  const load = inspectedExperiment(file, flags, readFile);
  const about = tableFacts(file, flags, load, readFile);
  const found = await everyRun(about.splits, load, readFile, flags.quiet === true);
  const refused = [...found].flatMap(([model, runs]) => (runs instanceof KindredError ? [{ model, code: runs.code, reason: runs.detail }] : []));
  const runs = [...found].flatMap(([model, one]): [string, RunsFound][] => (one instanceof KindredError ? [] : [[model, one]]));
  const models = runs.map((one) => modelOf(...one));
  const [alone, ...others] = models;
  const all = [alone, pooledModel(about.splits, load, file, readFile), ...others];
  const rows = againstAlone(all, about.splits, runs[0][1][0].result.agents.names);
  return { ...about, models: all.map((model) => ({ ...model, against: judgement(rows, model.model) })), refused, advice: adviceAmong(rows, all) };
}

function judgement(rows: readonly ComparisonRow[], model: string): InspectedModel['against'] {
  const row = rows.find(({ arm }) => arm === model);
  if (row === undefined) return null;
  const { pairs, difference, standardError, interval, p, pAdjusted, verdict, agents } = row;
  return { pairs, difference, standardError, interval, p, pAdjusted, verdict, agents };
}

/** A model that refuses the table is left out from then on; of alone nobody can do without. */
async function everyRun(splits: readonly number[], load: LoadInspected, readFile: ReadFile, quiet: boolean): Promise<Map<string, RunsFound | KindredError>> {
  const progress = createProgress({ terminal: describeTerminal({ environment: process.env, stream: process.stderr, quiet }), stream: process.stderr });
  const stop = new AbortController();
  const interrupt = (): void => stop.abort();
  process.once('SIGINT', interrupt);
  const found = new Map<string, RunsFound | KindredError>();
  const tell = telling(progress, splits.length * ALL_MODELS.length);
  try {
    for (const split of splits) {
      for (const model of ALL_MODELS) {
        tell(`${model}, split ${split}`);
        const before = found.get(model) ?? [];
        if (before instanceof KindredError) continue;
        const one = await oneRun(load, { split, models: [model] }, readFile, stop.signal);
        if (one instanceof KindredError && model === ALONE) throw one;
        found.set(model, one instanceof KindredError ? one : [...before, one]);
      }
    }
    return found;
  } finally {
    process.off('SIGINT', interrupt);
    progress.finish();
  }
}

/** Counts what was begun, and says when it will be over as soon as anything can be said. */
function telling(progress: Progress, of: number): (running: string) => void {
  const startMs = performance.now();
  let begun = 0;
  return (running) => {
    const done = begun++;
    const secondsLeft = ((performance.now() - startMs) / 1000 / done) * (of - done);
    progress.show({ phase: 'models', done, of, running: [running], ...(done >= ALL_MODELS.length && { secondsLeft }) });
  };
}

async function oneRun(load: LoadInspected, run: Parameters<LoadInspected>[0], readFile: ReadFile, signal: AbortSignal): Promise<RunFound | KindredError> {
  const wire = new WireMeter();
  const startMs = performance.now();
  try {
    const stages = directStages({ experiment: load(run), runId: 'inspect', readFile, wire });
    for (;;) {
      const next = stages.next();
      if (next.done) return { result: next.value, bytes: wire.vectorBytes + wire.stageBytes, seconds: (performance.now() - startMs) / 1000 };
      await breath();
      if (signal.aborted) throw new KindredError('RUN_INTERRUPTED', 'nothing of it is kept');
    }
  } catch (error) {
    if (error instanceof KindredError && error.code !== 'RUN_INTERRUPTED' && error.code !== 'INTERNAL') return error;
    throw error;
  }
}

/** Time for a Ctrl-C to be heard. */
function breath(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

type Unjudged = Omit<InspectedModel, 'against'>;

function modelOf(model: string, runs: RunsFound): Unjudged {
  const results = runs.map(({ result }) => result);
  const errors = results.map((result) => comparable(result, result.arms[0]));
  return {
    model,
    errors,
    mean: mean(errors),
    errorByAgent: results.map((result) => agentErrors(result, result.arms[0])),
    bytesPerAgent: mean(runs.map(({ bytes, result }) => bytes / result.agents.expected)),
    seconds: mean(runs.map(({ seconds }) => seconds)),
    learned: learnedFigures(results),
  };
}

function agentErrors({ problem }: RunResult, arm: ArmResult): readonly (number | null)[] {
  return comparedErrorByAgent(arm, problem?.targetSd === undefined);
}

/** One model for all is no strategy: nothing crosses a wire, since everything was there before. */
function pooledModel(splits: readonly number[], load: LoadInspected, file: string, readFile: ReadFile): Unjudged {
  const startMs = performance.now();
  const found = splits.map((split) => {
    const experiment = load({ split, models: [ALONE] });
    const problem = tableOf(experiment, file);
    return pooledError(readTasks(problem, readFile), { ...problem, seed: experiment.seed });
  });
  const errors = found.map(({ error }) => error);
  const seconds = (performance.now() - startMs) / 1000 / splits.length;
  return { model: POOLED, errors, mean: mean(errors), errorByAgent: found.map((one) => one.errorByAgent), bytesPerAgent: null, seconds, learned: [] };
}
