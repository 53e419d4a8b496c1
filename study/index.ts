/** The registry of studies: a new one is one file and one line here. */
import { drift } from './drift.ts';
import { errorCurves } from './error-curves.ts';
import { errorVsDimension } from './error-vs-dimension.ts';
import { errorVsStepSize } from './error-vs-step-size.ts';
import { fewDimensions } from './few-dimensions.ts';
import { graphSensitivity } from './graph-sensitivity.ts';
import { sharedSubspace } from './shared-subspace.ts';
import { stepSizeThreshold } from './step-size-threshold.ts';
import type { Study } from './study.ts';
import { taskGrouping } from './task-grouping.ts';

export const STUDIES: readonly Study[] = [
  errorVsStepSize,
  errorVsDimension,
  errorCurves,
  stepSizeThreshold,
  graphSensitivity,
  fewDimensions,
  drift,
  sharedSubspace,
  taskGrouping,
];

export function studyByName(name: string): Study | undefined {
  return STUDIES.find((study) => study.name === name);
}
