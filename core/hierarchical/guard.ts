/**
 * Whether the prior helps, by leave-one-out residuals of an agent's own rows: e of learning alone (the tuned ridge), and
 * e / (1 - x'V x / s) under the prior (algorithms-3, section 3).
 *
 * network: sum e_prior^2 >= sum e_alone^2 over all rows: nobody takes the prior.
 * group:   the same sums over its rows, where agents cooperate in groups: each is a network of its own, helpers and all.
 * agent:   d_i = (|e_alone| - |e_prior|) / c, c^2 = median of e_alone^2 + e_prior^2; the agent's mean d with its variance
 *          shrunk by 4 pseudo-rows to the median of all, under N(median d, t2); it falls back where the posterior mean
 *          + 2 sd < 0. A hard rule per agent would harm: 6 to 20 rows cannot tell.
 */
import { score, type Rows } from '../problem/rows.ts';
import { designRow } from './information.ts';
import { dot, timesVector, type LocalPosterior } from './posterior.ts';

/** What one agent tells of its rows: five numbers. */
export interface RowGain {
  readonly rows: number;
  /** Of d. */
  readonly mean: number;
  readonly variance: number;
  /** Sums of squared residuals. */
  readonly alone: number;
  readonly prior: number;
}

export interface Verdict {
  /** sum e_prior^2 / sum e_alone^2 - 1 over all rows. */
  readonly change: number;
  /** By agent. */
  readonly fallBack: readonly boolean[];
}

const PSEUDO_ROWS = 4;
const FREEDOM_MIN = 1e-10;
const SPREAD_MIN = 1e-12;
/** Median of a squared standard normal. */
const MEDIAN_CHI_SQUARED = 0.455;

/** Leave-one-out residuals y_i - x_i'w of the posterior mean, its prior and noise held. */
export function priorResiduals(rows: Rows, { mean, covariance }: LocalPosterior, noise: number): Float64Array {
  const x = new Float64Array(mean.length);
  return Float64Array.from({ length: rows.count }, (_, i) => {
    designRow(rows, i, x);
    const leverage = dot(x, timesVector(covariance, x)) / noise;
    return (rows.y[i] - score(rows, i, mean)) / Math.max(1 - leverage, FREEDOM_MIN);
  });
}

export function rowGain(alone: Float64Array, prior: Float64Array): RowGain {
  const sums = alone.map((e, i) => e * e + prior[i] ** 2);
  const c = Math.sqrt(Math.max(median(sums), Number.MIN_VALUE));
  const d = alone.map((e, i) => (Math.abs(e) - Math.abs(prior[i])) / c);
  const mean = total(d) / d.length;
  const variance = d.length < 2 ? 0 : total(d.map((value) => (value - mean) ** 2)) / (d.length - 1);
  return { rows: d.length, mean, variance, alone: total(alone.map((e) => e * e)), prior: total(prior.map((e) => e * e)) };
}

export function judge(gains: readonly RowGain[]): Verdict {
  const change = changeOf(gains);
  return { change, fallBack: change < 0 ? harmedOf(gains) : gains.map(() => true) };
}

/** By agent. */
function harmedOf(gains: readonly RowGain[]): boolean[] {
  const typical = median(gains.map((gain) => gain.variance));
  const errors = gains.map(({ rows, variance }) => (rows * variance + PSEUDO_ROWS * typical) / (rows + PSEUDO_ROWS) / rows);
  const centre = median(gains.map((gain) => gain.mean));
  const spread = median(gains.map((gain) => (gain.mean - centre) ** 2)) / MEDIAN_CHI_SQUARED - median(errors);
  const t2 = Math.max(spread, SPREAD_MIN);
  return gains.map(({ mean }, k) => isHarmed(mean, errors[k], centre, t2));
}

/**
 * Members of groups that harm fall back, then whoever is harmed among the others. Groups are of indices of `gains`; `helpers`, by
 * group, tell in it too and are served elsewhere: without their rows a group that serves one agent were a hard rule for that agent.
 */
export function judgeGroups(
  gains: readonly RowGain[],
  groups: readonly (readonly number[])[],
  helpers: readonly (readonly RowGain[])[] = groups.map(() => []),
): Verdict {
  const gainsOf = (agents: readonly number[]): RowGain[] => agents.map((agent) => gains[agent]);
  const helping = [...groups.keys()].filter((index) => changeOf([...gainsOf(groups[index]), ...helpers[index]]) < 0);
  const helped = helping.flatMap((index) => groups[index]);
  const harmed = harmedOf([...gainsOf(helped), ...helping.flatMap((index) => helpers[index])]);
  const kept = new Set(helped.filter((_, i) => !harmed[i]));
  return { change: changeOf(gains), fallBack: gains.map((_, agent) => !kept.has(agent)) };
}

function changeOf(gains: readonly RowGain[]): number {
  const sum = (of: (gain: RowGain) => number): number => gains.reduce((rest, gain) => rest + of(gain), 0);
  return sum((gain) => gain.prior) / sum((gain) => gain.alone) - 1;
}

/** N(centre, t2) and one observation with this error variance: is gain above 0 two standard deviations away? */
function isHarmed(mean: number, error: number, centre: number, t2: number): boolean {
  const weight = t2 / (t2 + error);
  return centre + weight * (mean - centre) + 2 * Math.sqrt(weight * error) < 0;
}

function total(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}

function median(values: ArrayLike<number>): number {
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
