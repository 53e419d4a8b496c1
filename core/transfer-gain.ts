/**
 * Transfer gain: the loss of an agent's shadow minus the loss of its cooperating model on the same fresh mini-batch,
 * before either has learned from it (algorithms-1, section 4: combined against local model, per agent, and a gate).
 *
 * Over the steady part it is a stationary, correlated series: squared deviations forget in 1 / (2 mu) steps. Its interval is
 * that of batch means, batches at least so long and at most 16 of them, with Student's t (measured: 95 % hold 94 %).
 */
import { isSteady, type ArmSchedule } from './arm-schedule.ts';
import { studentQuantile } from './student.ts';

/** Mean gain with an interval of 95 %; null where the steady part is shorter than two batches. */
export interface Gain {
  readonly gain: number;
  readonly low: number | null;
  readonly high: number | null;
}

const CONFIDENCE = 0.95;
const BATCHES_MAX = 16;

/** How the steady part is cut: `count` batches of `length` steps, the last one ending with the arm. */
export function gainBatches(schedule: ArmSchedule, stepSize: number): { readonly length: number; readonly count: number } {
  const { lastIteration } = schedule;
  let steady = 0;
  while (steady < lastIteration && isSteady(lastIteration - steady, schedule)) steady++;
  const length = Math.min(steady, Math.max(Math.ceil(1 / (2 * stepSize)), Math.ceil(steady / BATCHES_MAX)));
  return { length, count: Math.floor(steady / length) };
}

/** The mean of batch means, and how sure it is at this level. */
export function gainOf(batchMeans: ArrayLike<number>, confidence = CONFIDENCE): Gain {
  const values = Array.from(batchMeans);
  const { length } = values;
  const gain = values.reduce((sum, value) => sum + value, 0) / length;
  if (length < 2) return { gain, low: null, high: null };
  const variance = values.reduce((sum, value) => sum + (value - gain) ** 2, 0) / (length - 1);
  const half = studentQuantile(confidence, length - 1) * Math.sqrt(variance / length);
  return { gain, low: gain - half, high: gain + half };
}

/** Summed over agents, batch by batch: agents that learn from one another are not independent. */
export function summedGain(batchMeans: readonly ArrayLike<number>[]): Gain {
  const [first] = batchMeans;
  return gainOf(Array.from(first, (_, b) => batchMeans.reduce((sum, own) => sum + own[b], 0)));
}

/** Whether cooperating harms for certain: the whole interval lies below 0. */
export function isHarm({ high }: Gain): boolean {
  return high !== null && high < 0;
}

/**
 * The gains of agents that are harmed for certain, by place. Of K intervals of 95 % one in forty lies below 0 by chance:
 * here one of all K does in one case of twenty at most (Bonferroni; only harm counts, hence the 2).
 */
export function harmed(batchMeans: readonly ArrayLike<number>[]): { readonly place: number; readonly gain: Gain }[] {
  const confidence = 1 - (2 * (1 - CONFIDENCE)) / batchMeans.length;
  return batchMeans.map((own, place) => ({ place, gain: gainOf(own, confidence) })).filter(({ gain }) => isHarm(gain));
}
