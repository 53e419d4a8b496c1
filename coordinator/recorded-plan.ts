/** The faults of a run as they came, as a section of an experiment file; `kindred fault replay` writes the whole file. */
import { entriesOf } from '../config/fault-entries.ts';
import { yamlText } from '../config/source.ts';
import { recordedPlan } from '../core/fault/timeline.ts';
import type { RecordedRun } from './view/run-directory.ts';

export function recordedPlanText({ runId, events, experiment }: RecordedRun): string {
  const faults = recordedPlan(events, experiment.faults).flatMap(entriesOf);
  return `# The faults of run ${runId}, at the times they came: the section of an experiment file that repeats them.\n${yamlText({ faults })}`;
}
