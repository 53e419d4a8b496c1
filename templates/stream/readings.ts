// A stream of your own: sensors on a circle, each with a regression of its own on readings that come in mini-batches, some of
// them wildly wrong. `kindred check readings.ts` compares `gradient` with `loss`, coordinate by coordinate.
import { defineProblem, draw } from 'kindred';

const BATCH = 10;

// Neighbours on the circle are alike: what is common to all sensors is drawn as agent 0's, what is one's own as one's own.
function truthOf(agent: number, agents: number, seed: number, dimension: number): Float64Array {
  const angle = (2 * Math.PI * agent) / agents;
  const own = draw(seed, agent, 'truth', dimension);
  return Float64Array.from({ length: dimension }, (_, m) => {
    const common = draw(seed, 0, 'truth', m);
    return Math.cos(angle) * common.gaussian() + Math.sin(angle) * common.gaussian() + 0.1 * own.gaussian();
  });
}

function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, m) => sum + value * b[m], 0);
}

export default defineProblem({
  summary: 'sensors on a circle, by a loss that outliers do not rule',
  options: {
    dimension: { type: 'integer', minimum: 1, default: 20, description: 'parameters of a sensor' },
    outliers: { type: 'number', minimum: 0, default: 0.1, description: 'share of readings that are ten times as noisy' },
  },

  // What ONE agent learns from. It is told whose stream it is and the seed of the run.
  stream({ agent, agents, seed, options }) {
    const dimension = Number(options.dimension);
    const truth = truthOf(agent, agents, seed, dimension);
    return {
      dimension,
      truth, // where it is known; leave it out and the loss on held-out mini-batches is reported instead

      // One mini-batch. Every chance comes from `random`: the same step has the same readings, in every process and again.
      sample(random) {
        return Array.from({ length: BATCH }, () => {
          const x = new Float64Array(dimension);
          random.fillGaussian(x);
          const noise = random.uniform() < Number(options.outliers) ? 100 : 10;
          return { x, y: dot(truth, x) + noise * random.gaussian() };
        });
      },

      // Quadratic where the error is small, linear where it is large: sqrt(1 + e^2) - 1, averaged over the mini-batch.
      loss(w, batch) {
        return batch.reduce((sum, { x, y }) => sum + Math.sqrt(1 + (dot(w, x) - y) ** 2) - 1, 0) / BATCH;
      },

      // out <- its gradient in w: every entry is written.
      gradient(w, batch, out) {
        out.fill(0);
        for (const { x, y } of batch) {
          const error = dot(w, x) - y;
          const slope = error / Math.sqrt(1 + error ** 2) / BATCH;
          for (let m = 0; m < out.length; m++) out[m] += slope * x[m];
        }
      },
    };
  },
});
