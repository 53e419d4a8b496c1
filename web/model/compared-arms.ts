/** The arms of two runs by their labels: both errors, and the second's against the first's as a share. */
import type { RunView } from '../../core/run-view.ts';
import { isNumber } from '../../figures/format.ts';

export interface ComparedArm {
  readonly label: string;
  readonly errors: readonly [number | null, number | null];
  /** B / A - 1; null where one of them is missing. */
  readonly difference: number | null;
}

type Run = Pick<RunView, 'curves'>;

export function comparedArms(a: Run, b: Run): ComparedArm[] {
  const labels = new Set([...a.curves, ...b.curves].map(({ label }) => label));
  return [...labels].map((label) => {
    const errors = [errorOf(a, label), errorOf(b, label)] as const;
    const [first, second] = errors;
    return { label, errors, difference: isNumber(first) && isNumber(second) && first > 0 ? second / first - 1 : null };
  });
}

function errorOf({ curves }: Run, label: string): number | null {
  return curves.find((curve) => curve.label === label)?.steadyError ?? null;
}
