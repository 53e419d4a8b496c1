/** The registry of estimators: one entry here makes an estimator known to files, commands, help and tests. */
import { cgl } from './cgl.ts';
import type { Estimator } from './estimator.ts';
import { pinv } from './pinv.ts';

export const ESTIMATORS: Readonly<Record<string, Estimator>> = { pinv, cgl };

export function estimatorByName(name: string): Estimator | undefined {
  return Object.hasOwn(ESTIMATORS, name) ? ESTIMATORS[name] : undefined;
}
