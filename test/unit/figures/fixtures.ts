/** Results that look like real runs: the paper's experiment and two tables. Deterministic; drawn from a small generator. */
import type { ArmResult, RunResult } from '../../../core/run-result.ts';

type Grid = number[][];

/** Park and Miller's generator, then twelve uniforms for one nearly Gaussian number. */
export function gaussians(seed: number): () => number {
  let state = seed;
  const uniform = (): number => (state = (state * 48271) % 2147483647) / 2147483647;
  return () => Array.from({ length: 12 }, uniform).reduce((a, b) => a + b, -6);
}

export function laplacianOf(agents: number, edges: readonly (readonly [number, number, number])[]): Grid {
  const out = Array.from({ length: agents }, () => Array.from({ length: agents }, () => 0));
  for (const [i, j, weight] of edges) {
    out[i][j] -= weight;
    out[j][i] -= weight;
    out[i][i] += weight;
    out[j][j] += weight;
  }
  return out;
}

/** The reference graph of the paper's experiment. */
export function referenceEdges(): [number, number, number][] {
  const ring = Array.from({ length: 10 }, (_, k): [number, number, number] => [k, (k + 1) % 10, 1 + 0.1 * k]);
  return [...ring, [0, 5, 0.5], [2, 7, 0.8], [4, 9, 1.2]];
}

export function allPairs(agents: number, weight: (i: number, j: number) => number): [number, number, number][] {
  const pairs: [number, number, number][] = [];
  for (let i = 0; i < agents; i++) for (let j = i + 1; j < agents; j++) pairs.push([i, j, weight(i, j)]);
  return pairs;
}

export function arm(strategy: string, relationship: string, steadyError: number, more: Partial<ArmResult> = {}): ArmResult {
  return {
    strategy,
    relationship,
    participants: [],
    steadyError,
    errorByAgent: [],
    auc: null,
    aucByAgent: null,
    eta: relationship === 'none' ? null : 0.282,
    rounds: 300,
    roundsPerSecond: 812.4,
    bytesSent: 12_345_678,
    parametersSha256: 'a3'.repeat(32),
    predictedError: null,
    curve: null,
    ...more,
  };
}

/** One arm of the paper's experiment: error .35 decays to its steady state with the noise of a real run. */
function paperArm(strategy: string, relationship: string, steady: number, theory: number | null, seed: number): ArmResult {
  const next = gaussians(seed);
  const iteration = Array.from({ length: 30 }, (_, i) => 10 * (i + 1));
  const smooth = (limit: number) => iteration.map((i) => limit + (0.353 - limit) * 0.945 ** i);
  const error = smooth(steady).map((x) => x * (1 + 0.012 * next()));
  const predicted = theory === null ? null : smooth(theory);
  const errorByAgent = Array.from({ length: 10 }, (_, k) => steady * (1 + 0.05 * next() + (strategy === 'consensus' ? 0.12 * Math.sin(3 * k) : 0)));
  return arm(strategy, relationship, steady, { predictedError: theory, errorByAgent, curve: { iteration, error, predicted } });
}

export function paperRun(): RunResult {
  const next = gaussians(77);
  const noise = allPairs(10, () => 0.2 * next());
  return {
    ...base('paper', 10, 'processes'),
    relationship: {
      version: 1,
      kind: 'precision',
      estimator: 'pinv',
      contributors: Array.from({ length: 10 }, (_, k) => k),
      laplacian: laplacianOf(10, [...referenceEdges(), ...noise]),
      relativeError: 0.2213,
      truth: laplacianOf(10, referenceEdges()),
      diagnostics: [
        {
          code: 'POSITIVE_OFF_DIAGONAL',
          message: 'some learned weights are negative (38 % of the pairs): the inverse of an empirical covariance is no Laplacian',
          value: 0.38,
        },
      ],
    },
    arms: [
      paperArm('non-cooperative', 'none', 0.2565, 0.2567, 11),
      paperArm('consensus', 'network', 0.352, 0.3501, 12),
      paperArm('multitask', 'learned', 0.193, 0.1926, 13),
      paperArm('multitask', 'known', 0.195, 0.1946, 14),
      paperArm('filter', 'learned', 0.152, null, 15),
    ],
    problem: { kind: 'gmrf-regression' },
    diagnostics: [{ code: 'STEP_SIZE_LARGE', message: 'nu is 0.44 at the cooperating step: the noise floor is 1.28 times the small-step one', value: 0.44 }],
  };
}

const STATIONS = [
  'Roches Point',
  'Valentia',
  'Rosslare',
  'Kilkenny',
  'Shannon',
  'Birr',
  'Dublin',
  'Claremorris',
  'Mullingar',
  'Clones',
  'Belmullet',
  'Malin Head',
];

export function windRun(): RunResult {
  return tableRun('irish-wind', STATIONS, [-3.1, 3.3, 3.9, 1.2], 0.71, 0.03, 5);
}

const STATES =
  'ALABAMA ARIZONA ARKANSAS CALIFORNIA COLORADO CONNECTICUT DELAWARE FLORIDA GEORGIA IDAHO ILLINOIS INDIANA IOWA KANSAS KENTUCKY LOUISIANA MAINE MARYLAND MASSACHUSETTS MICHIGAN MINNESOTA MISSISSIPPI MISSOURI MONTANA NEBRASKA NEVADA NEW_HAMPSHIRE NEW_JERSEY NEW_MEXICO NEW_YORK NORTH_CAROLINA NORTH_DAKOTA OHIO OKLAHOMA OREGON PENNSYLVANIA RHODE_ISLAND SOUTH_CAROLINA SOUTH_DAKOTA TENNESSEE TEXAS UTAH VERMONT VIRGINIA WASHINGTON WEST_VIRGINIA WISCONSIN WYOMING'.split(
    ' ',
  );

export function statesRun(): RunResult {
  return tableRun('us-states', STATES, [-62, 22.4, 24.1, 16.3], 0.034, 0.3, 9);
}

/** alone, consensus, complete, learned, permuted; agents scatter around their arm's gain, one of them badly. */
export function tableRun(name: string, names: readonly string[], gains: readonly number[], alone: number, scatter: number, seed: number): RunResult {
  const next = gaussians(seed);
  const aloneByAgent = names.map(() => alone * Math.exp(0.2 * next()));
  const make = (strategy: string, relationship: string, gain: number): ArmResult =>
    arm(strategy, relationship, alone * (1 - gain / 100), {
      errorByAgent: aloneByAgent.map((error, k) => error * (1 - gain / 100 + scatter * next() + (k === 3 ? 4 * scatter : 0))),
      rounds: 41,
    });
  const edges = allPairs(names.length, (i, j) => Math.max(0, 2.2 * Math.exp(-Math.min(j - i, names.length - j + i) / 2) + 0.35 * next()));
  return {
    ...base(name, names.length, 'simulated', names),
    relationship: {
      version: 1,
      kind: 'precision',
      estimator: 'cgl',
      contributors: names.map((_, k) => k),
      laplacian: laplacianOf(names.length, edges),
      relativeError: null,
      diagnostics: [],
      truth: null,
    },
    arms: [
      arm('non-cooperative', 'none', alone, { errorByAgent: aloneByAgent, rounds: 1, bytesSent: 0 }),
      ...['consensus/network', 'multitask/complete', 'multitask/learned', 'multitask/permuted'].map((kind, i) =>
        make(...(kind.split('/') as [string, string]), gains[i] ?? 0),
      ),
    ],
    problem: { kind: 'csv-table', loss: 'squared', targetSd: 0.98, ridge: 3.2 },
    diagnostics: [],
  };
}

function base(experiment: string, agents: number, mode: string, names: readonly string[] = Array.from({ length: agents }, (_, k) => String(k))) {
  return {
    runId: `${experiment}-0001`,
    status: 'completed',
    experiment,
    seed: 7,
    mode,
    agents: { expected: agents, completed: agents, missing: [], names },
    timings: { startMs: 912, exploreMs: 8_310, estimateMs: 41, cooperateMs: 6_120, totalMs: 15_383 },
    directory: '/runs/example',
  } satisfies Partial<RunResult>;
}
