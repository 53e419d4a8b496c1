/** That runs are of one experiment, each with a draw of its own: only then do a mean over them and its interval mean something. */
import { canonicalJson } from '../config/canonical-json.ts';
import { KindredError } from '../core/errors.ts';
import type { FinishedRun } from './chosen-runs.ts';
import { pairOf } from './measured-runs.ts';
import { settingsOf } from './run-settings.ts';

/** Throws RUNS_DIFFER, naming the first setting that differs, or two runs of the same seed. */
export function checkOneExperiment(runs: readonly FinishedRun[]): void {
  const [first, ...others] = runs;
  const settings = settingsOf(first);
  for (const other of others) {
    const own = settingsOf(other);
    const path = [...new Set([...settings.keys(), ...own.keys()])].find((key) => text(settings.get(key)) !== text(own.get(key)));
    if (path !== undefined)
      throw new KindredError('RUNS_DIFFER', `${path} is ${text(settings.get(path))} in ${first.runId}, and ${text(own.get(path))} in ${other.runId}`);
  }
  checkDraws(runs);
}

/** The same seed gives the same numbers: as a second sample it would make an interval look narrower than it is. */
function checkDraws(runs: readonly FinishedRun[]): void {
  const known = new Map<string, string>();
  for (const run of runs) {
    const twin = known.get(pairOf(run));
    if (twin !== undefined) throw new KindredError('RUNS_DIFFER', `${twin} and ${run.runId} have the same seed: they are one sample, not two`);
    known.set(pairOf(run), run.runId);
  }
}

function text(value: unknown): string {
  return value === undefined ? 'not there' : canonicalJson(value);
}
