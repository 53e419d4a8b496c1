/** Tasks that share a linear representation: how near it is learned, in how many rounds, and what the error goes by. */
import { rankAboveNoise } from '../core/subspace/start.ts';
import { firstMoments, outcome, plant, type LearnOptions, type Outcome, type PlantedSetting } from './planted-subspace.ts';
import { around, atLeast, atMost, finding, logSlope, near, type Band, type Finding, type Study } from './study.ts';

const BASE: PlantedSetting = { d: 50, k: 3, T: 400, N: 25, sigma: 0.5 };
const AGENTS = [100, 200, 400, 800];
const NOISES = [0.125, 0.25, 0.5, 1, 2];
const DIMENSIONS = [20, 40, 80];
const RANKS = [1, 2, 4, 8];
const ROWS = [25, 50, 100, 200];
const CONDITIONED: PlantedSetting = { ...BASE, headCondition: 10 };
const LOGISTIC: PlantedSetting = { d: 30, k: 2, T: 200, N: 60, sigma: 0, labels: true, headScale: 2 };
const CORRELATED: PlantedSetting = { d: 30, k: 3, T: 200, N: 40, sigma: 0.5, correlation: 0.7 };
const RANK_SETTINGS: readonly PlantedSetting[] = [
  { d: 20, k: 2, T: 60, N: 16, sigma: 0.5 },
  { d: 50, k: 5, T: 100, N: 40, sigma: 1 },
];
const DRAWS = 10;
const PLAIN_ROUNDS_MAX = 400;
/** Largest eigenvalue of the covariance of features correlated by .7: the step that converges without whitening is one over it. */
const CURVATURE = 5.4;

export const sharedSubspace: Study = {
  name: 'shared-subspace',
  title: 'a linear representation that all tasks share: error, rounds, and what they go by (shared linear representation)',
  claim:
    'The paper: a first-order method learns a shared linear representation of d x k numbers in rounds that hardly grow, with an error in proportion to dk / (TN). ' +
    'Ours (split-half moments, heads at home, a preconditioned step and an orthonormal factor) does: sub = sigma^2 d / (TN) with a constant near 1, about nine rounds ' +
    'whatever the dimension at the same d / T. Bands are those of algorithms-2, C4, and of its table C2.',
  runsPerSeed: 0,
  findings: (seeds) => [...atBase(seeds), ...exponents(seeds), ...roundCounts(seeds), ...withoutNoise(seeds), ...unknownRanks(seeds), ...otherData(seeds)],
};

type Each = (setting: PlantedSetting, options?: LearnOptions) => Outcome[];

const over =
  (seeds: readonly number[]): Each =>
  (setting, options) =>
    seeds.map((seed) => outcome(plant(setting, seed), options));

/** sub in units of sigma^2 d / (TN). */
const constant = ({ d, T, N, sigma }: PlantedSetting, one: Outcome): number => (one.sub * T * N) / (sigma ** 2 * d);
const text = ({ d, k, T, N, sigma }: PlantedSetting): string => `d = ${d}, k = ${k}, T = ${T}, N = ${N}, sigma = ${sigma}`;

const sub = (one: Outcome): number => one.sub;
const roundsOf = (one: Outcome): number => one.rounds;
const excess = ({ est, oracle }: Outcome): number => est - oracle;

/** One finding of every outcome's value. */
function figure(setting: string, quantity: string, all: readonly Outcome[], value: (one: Outcome) => number, band?: Band): Finding {
  return finding(setting, quantity, all.map(value), band ?? null);
}

export function atBase(seeds: readonly number[]): Finding[] {
  const all = over(seeds)(BASE);
  const unknown = over(seeds)(BASE, { rank: 'auto' });
  const where = text(BASE);
  return [
    figure(where, 'sub TN / (sigma^2 d)', all, (one) => constant(BASE, one), between(0.9, 1.5)),
    figure(where, 'squared error of the slopes', all, ({ est }) => est, around(0.0407, 0.004)),
    figure(where, 'error / that of the true subspace', all, ({ est, oracle }) => est / oracle, atMost(1.25)),
    figure(where, 'error / that of learning alone', all, ({ est, alone }) => est / alone, atMost(0.05)),
    figure(where, 'rounds', all, roundsOf, atMost(12)),
    figure(where, 'unknown rank', unknown, ({ rank }) => rank, around(BASE.k, 0)),
  ];
}

export function exponents(seeds: readonly number[]): Finding[] {
  const slope = (name: keyof PlantedSetting, values: readonly number[], quantity: string, of: (one: Outcome) => number, band: Band): Finding => {
    const bySetting = values.map((value) => over(seeds)({ ...BASE, [name]: value }).map(of));
    const exponent = (_: number, i: number): number =>
      logSlope(
        values,
        bySetting.map((all) => all[i]),
      );
    return finding('slope on logarithmic axes', `${quantity} over ${name} = ${values.join(', ')}`, seeds.map(exponent), band);
  };
  return [
    slope('T', AGENTS, 'sub', sub, between(-1.25, -0.85)),
    slope('sigma', NOISES, 'sub', sub, between(1.9, 2.15)),
    slope('N', ROWS, 'sub', sub, between(-1.3, -0.85)),
    slope('k', RANKS, 'excess error', excess, between(0.9, 1.4)),
  ];
}

export function roundCounts(seeds: readonly number[]): Finding[] {
  const each = over(seeds);
  const byDimension = DIMENSIONS.map((d) => each({ ...BASE, d, T: 8 * d }));
  const counts = seeds.map((_, i) => byDimension.map((all) => all[i].rounds));
  const [preconditioned, plain] = [each(CONDITIONED), each(CONDITIONED, { variant: { precondition: false, roundsMax: PLAIN_ROUNDS_MAX } })];
  const ratios = plain.map(({ rounds }, i) => rounds / preconditioned[i].rounds);
  return [
    ...DIMENSIONS.map((d, at) => figure(`d = ${d}, T = ${8 * d}`, 'rounds', byDimension[at], roundsOf)),
    finding(
      'd = 20 to 80, T = 8 d',
      'rounds, most less fewest',
      counts.map((all) => Math.max(...all) - Math.min(...all)),
      atMost(4),
    ),
    figure('heads of condition 10', 'rounds', preconditioned, roundsOf),
    finding('heads of condition 10', 'rounds without the preconditioner / with it', ratios, atLeast(4)),
  ];
}

/** Shares of DRAWS where the rank is right: by what stands out of the noise, and by the largest gap between eigenvalues. */
function unknownRanks(seeds: readonly number[]): Finding[] {
  return RANK_SETTINGS.flatMap((setting) => {
    const right = seeds.map((seed) => {
      const draws = Array.from({ length: DRAWS }, (_, i) => firstMoments(plant(setting, DRAWS * seed + i)).eigenvalues);
      const share = (rankOf: (values: Float64Array) => number): number => draws.filter((values) => rankOf(values) === setting.k).length / DRAWS;
      return { edge: share((values) => rankAboveNoise(values, setting.T)), gap: share(largestGap) };
    });
    return [
      finding(
        text(setting),
        'share of draws with the right rank',
        right.map(({ edge }) => edge),
        atLeast(0.8),
      ),
      finding(
        text(setting),
        'the same by the largest eigengap',
        right.map(({ gap }) => gap),
      ),
    ];
  });
}

function largestGap(descending: Float64Array): number {
  const gaps = Array.from(descending.subarray(1), (value, j) => descending[j] - value);
  return 1 + gaps.indexOf(Math.max(...gaps));
}

export function withoutNoise(seeds: readonly number[]): Finding[] {
  const all = over(seeds)({ ...BASE, T: 200, sigma: 0 }, { variant: { roundsMax: 20, tolerance: 0 } });
  return [figure('sigma = 0, T = 200, 20 rounds', 'sub', all, sub, atMost(1e-12))];
}

function otherData(seeds: readonly number[]): Finding[] {
  const each = over(seeds);
  const white = each(CORRELATED, { whiten: true });
  const slow = each(CORRELATED, { variant: { stepSize: 1 / CURVATURE, roundsMax: PLAIN_ROUNDS_MAX } });
  const ratios = white.map((one, i) => one.sub / slow[i].sub);
  const labels = each(LOGISTIC);
  const [correlated, logistic] = ['features correlated by .7', 'labels, d = 30, k = 2, T = 200, N = 60, heads of scale 2'];
  return [
    figure(correlated, 'sub, whitened', white, sub, atMost(0.004)),
    figure(correlated, 'rounds, whitened', white, roundsOf, atMost(12)),
    figure(correlated, 'sub, not whitened', each(CORRELATED), sub),
    figure(correlated, 'rounds, not whitened, in steps of 1 / curvature', slow, roundsOf, near(164, 0.2)),
    finding(correlated, 'sub, whitened / in these steps', ratios, near(1, 0.03)),
    figure(logistic, 'sub', labels, sub, around(0.0066, 0.002)),
    figure(logistic, 'rounds', labels, roundsOf, atMost(12)),
    figure('12 rows', 'squared error of the slopes', each({ ...BASE, N: 12 }), ({ est }) => est, near(0.11, 0.1)),
    figure('6 rows, heads shrunk', 'squared error of the slopes', each({ ...BASE, N: 6 }), ({ est }) => est, atMost(0.676)),
  ];
}

const between = (low: number, high: number): Band => ({ expected: (low + high) / 2, low, high });
