/** Writes a run's figures and its report.html beside its result. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FaultPlan } from '../core/fault/plan.ts';
import type { RunResult } from '../core/run-result.ts';
import { reportPage } from '../figures/report.ts';
import { runFigures } from '../figures/run-figures.ts';
import { writing } from './run-files.ts';
import { runRecord } from './run-record.ts';
import { typedOf } from './typed.ts';

/** The paths written; nothing for a run without arms. */
export function writePictures(result: RunResult, planned: FaultPlan): string[] {
  if (result.arms.length === 0) return [];
  const figures = runFigures(runRecord(result, result.directory, planned));
  const paths = figures.map(({ kind }) => join(result.directory, 'figures', `${kind}.svg`));
  const report = join(result.directory, 'report.html');
  const page = reportPage(result, figures, typedOf(result.directory));
  writing(result.directory, () => {
    mkdirSync(join(result.directory, 'figures'), { recursive: true });
    figures.forEach(({ svg }, index) => writeFileSync(paths[index], svg));
    writeFileSync(report, page);
  });
  return [...paths, report];
}
