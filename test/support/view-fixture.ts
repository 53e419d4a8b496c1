/** A run as the page gets it, made up from a seed: for what needs many agents or a certain state, where no run is needed. */
import { draw } from '../../core/random.ts';
import type { AgentView, CurveView, LinkView, Matrix, RunView } from '../../core/run-view.ts';

export function viewFixture(agents: number, change: Partial<RunView> = {}): RunView {
  const truth = laplacian(agents, 0);
  return {
    runId: `made-up-${agents}`,
    status: 'completed',
    live: false,
    experiment: 'made-up',
    seed: 1,
    mode: 'simulated',
    agents,
    date: '2026-01-02T03:04:05.000Z',
    arms: ARMS.map(({ strategy }) => strategy),
    paused: false,
    steerable: false,
    elapsedMs: 20_000,
    waitingFor: '',
    errorName: 'mean squared deviation per coordinate',
    peers: Array.from({ length: agents }, (_, agent) => peer(agent)),
    phases: [
      { phase: 'exploring', fromMs: 300, untilMs: 6_000 },
      { phase: 'estimating', fromMs: 6_000, untilMs: 7_000 },
      { phase: 'cooperating', fromMs: 7_000, untilMs: 20_000 },
    ],
    faults: [{ what: 'link 0<->1: loss 20 %', kind: 'link', agents: [0, 1], fromMs: 9_000, untilMs: 14_000 }],
    relationships: [1, 2].map((version) => ({
      version,
      kind: 'precision',
      estimator: 'cgl',
      contributors: Array.from({ length: agents }, (_, k) => k),
      laplacian: laplacian(agents, 0.3 / version),
      relativeError: 0.3 / version,
    })),
    truth,
    curves: ARMS.map(curve),
    links: linksAlong(truth),
    events: [{ ms: 0, type: 'started', text: 'the run began' }],
    diagnostics: [],
    failure: null,
    command: 'kindred run made-up.yaml --seed 1',
    ...change,
  };
}

const uniform = (i: number, j: number): number => draw(1, i, 'comparison', j).uniform();

const ARMS = [
  { strategy: 'non-cooperative', relationship: 'none', level: 0.4 },
  { strategy: 'consensus', relationship: 'network', level: 0.9 },
  { strategy: 'multitask', relationship: 'learned', level: 0.2 },
];

/** A ring with chords; `noise` is the share by which weights are off. */
function laplacian(agents: number, noise: number): Matrix {
  const matrix = Array.from({ length: agents }, () => Array.from({ length: agents }, () => 0));
  for (let i = 0; i < agents; i++)
    for (const hop of [1, 7]) {
      const j = (i + hop) % agents;
      if (i === j) continue;
      const weight = (0.5 + uniform(i, hop)) * (1 + noise * (uniform(i, hop + 100) - 0.5));
      for (const [row, column] of [
        [i, j],
        [j, i],
      ])
        matrix[row][column] -= weight;
      for (const k of [i, j]) matrix[k][k] += weight;
    }
  return matrix;
}

function peer(agent: number): AgentView {
  const gain = uniform(agent, 3) - 0.2;
  return {
    agent,
    name: String(agent),
    state: 'done',
    incarnation: 1,
    iteration: 300,
    bytesSent: 1e6 + agent,
    errors: [0.4, 0.9, 0.4 * (1 - gain)],
    gains: [null, -1.2, gain],
  };
}

function curve({ strategy, relationship, level }: (typeof ARMS)[number], arm: number): CurveView {
  const iteration = Array.from({ length: 31 }, (_, i) => 10 * i);
  const predicted = iteration.map((i) => level + 3 * Math.exp(-i / 60));
  const error = predicted.map((value, i) => value * (1 + 0.1 * (uniform(arm, i) - 0.5)));
  return { arm, label: strategy, strategy, relationship, iteration, error, predicted, steadyError: level, predictedError: level };
}

function linksAlong(matrix: Matrix): LinkView[] {
  return matrix.flatMap((row, from) =>
    row.flatMap((value, to) => {
      const p50 = 1 + 4 * uniform(from, to);
      return value >= 0 ? [] : [{ from, to, open: true, roundTripMs: { p50, p95: 3 * p50 }, lost: 0, staleness: 0, bytes: 50_000 }];
    }),
  );
}
