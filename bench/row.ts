/** What a measurement ends with: a ratio of two things measured in turn in one run, since nothing else is comparable between machines. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export interface Row {
  /** Of docs/performance.md: T1. */
  readonly id: string;
  /** What is divided by what. */
  readonly name: string;
  readonly ratio: Spread;
  readonly pairs: number;
  /** Of the median, where pairs differ more than what is looked for. */
  readonly standardError?: number;
  /** The promise, where there is one. */
  readonly hold?: Bound;
}

export type Bound = { readonly atLeast: number } | { readonly atMost: number };

/** It could not be measured here, and says why. */
export interface Skipped {
  readonly id: string;
  readonly name: string;
  readonly skipped: string;
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  return { median: sorted[sorted.length >> 1], min: sorted[0], max: sorted.at(-1)! };
}

/** As of values that are spread normally: 1.2533 times the mean's. */
export function medianErrorOf(values: readonly number[]): number {
  const mean = values.reduce((sum, one) => sum + one, 0) / values.length;
  const variance = values.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (values.length - 1);
  return 1.2533 * Math.sqrt(variance / values.length);
}

export function holds({ ratio, hold }: Row): boolean {
  if (hold === undefined) return true;
  return 'atLeast' in hold ? ratio.median >= hold.atLeast : ratio.median <= hold.atMost;
}

/** The same work by two contenders, in turn: `pairs` values of first / second. */
export async function inTurn(pairs: number, first: () => number | Promise<number>, second: () => number | Promise<number>): Promise<number[]> {
  const ratios: number[] = [];
  for (let pair = 0; pair < pairs; pair++) {
    const one = await first();
    ratios.push(one / (await second()));
  }
  return ratios;
}
