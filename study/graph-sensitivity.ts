/** Does it depend on the graph? Estimation and cooperation on six of them, beside what theory expects of each. */
import { buildGraph, laplacian } from '../core/graph.ts';
import type { TopologyName } from '../core/graph.ts';
import { noiseFloor } from '../core/theory.ts';
import { expectedPinvError } from '../core/relationship/expected-error.ts';
import { BATCH, DIMENSION, NOISE, PAPER_FILE } from './paper-setting.ts';
import { mean } from '../core/statistics.ts';
import { finding, near } from './study.ts';
import type { Study } from './study.ts';

const GRAPHS: readonly TopologyName[] = ['ring', 'star', 'grid', 'complete', 'erdos-renyi', 'random-geometric'];
const STEP_SIZE = 5e-3;
const ERROR_SHARE = 0.2;
const STEADY_SHARE = 0.03;

export const graphSensitivity: Study = {
  name: 'graph-sensitivity',
  title: 'estimation and cooperation on six kinds of graph',
  claim:
    'Theory: the error of the estimate and the gain of cooperation depend on the eigenvalues of the graph only, through n times each of them; nothing else of the graph matters.',
  runsPerSeed: GRAPHS.length,
  findings: (seeds, run) =>
    GRAPHS.flatMap((graph) => {
      const cooperate = 'cooperate={ stepSize: 0.02, steps: 400, arms: [{ strategy: non-cooperative }, { strategy: multitask }] }';
      const overrides = [`problem.graph=${graph}`, `explore={ stepSize: ${STEP_SIZE}, steps: 1600 }`, cooperate];
      const results = seeds.map((seed) => run(PAPER_FILE, overrides, seed));
      const noise = noiseFloor(STEP_SIZE, NOISE, BATCH, DIMENSION);
      const expected = mean(seeds.map((seed) => expectedPinvError(laplacian(buildGraph(graph, 10, seed)), noise, DIMENSION).total));
      const ratio = (value: (arm: (typeof results)[number]['arms'][number]) => number): number[] => results.map(({ arms }) => value(arms[1]) / value(arms[0]));
      return [
        finding(
          graph,
          'error of pinv',
          results.map(({ relationship }) => relationship!.relativeError!),
          near(expected, ERROR_SHARE),
        ),
        finding(
          graph,
          'error of multitask / alone',
          ratio(({ steadyError }) => steadyError),
          near(mean(ratio(({ predictedError }) => predictedError!)), STEADY_SHARE),
        ),
      ];
    }),
};
