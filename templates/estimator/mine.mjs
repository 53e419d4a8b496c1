// An estimator of your own: from what the agents learned alone to the Laplacian of their task graph. This one inverts the
// covariance of the estimates between agents. `kindred check mine.mjs` runs the laws that every estimator keeps.
import { choleskyInverse, cholesky, defineEstimator, zeros } from 'kindred';

export default defineEstimator({
  summary: 'the inverse covariance of the estimates, less their noise',
  options: {
    shrink: { type: 'number', minimum: 0, default: 0.001, description: 'Share of the mean variance added to every agent' },
  },

  // rows: K x M, one estimate per agent; noise: K, the variance per coordinate of each; options as in the experiment.
  estimate({ rows, noise, options }) {
    const agents = rows.rows;
    const covariance = centred(covarianceOf(rows, noise));
    let variance = 0;
    for (let k = 0; k < agents; k++) variance += covariance.data[k * agents + k] / agents;
    // Rows of a Laplacian sum to 0, so 11'/K is added before the inverse and taken out again. Where noise left a negative
    // eigenvalue, more is added until there is none.
    for (let shift = Number(options.shrink) * variance; ; shift = 2 * shift + 1e-9 * variance) {
      const whole = covariance.data.map((c, at) => c + variance / agents + (at % (agents + 1) === 0 ? shift : 0));
      const factor = cholesky({ rows: agents, cols: agents, data: whole });
      if (factor !== undefined) return centred(choleskyInverse(factor));
    }
  },
});

function covarianceOf(rows, noise) {
  const { rows: agents, cols } = rows;
  const covariance = zeros(agents, agents);
  for (let k = 0; k < agents; k++) {
    for (let l = 0; l < agents; l++) {
      let sum = 0;
      for (let m = 0; m < cols; m++) sum += rows.data[k * cols + m] * rows.data[l * cols + m];
      covariance.data[k * agents + l] = sum / cols - (k === l ? noise[k] : 0);
    }
  }
  return covariance;
}

// A <- P A P, P = I - 11'/K: what all agents have in common is taken out.
function centred(a) {
  const n = a.rows;
  const mean = Array.from({ length: n }, (_, k) => a.data.subarray(k * n, (k + 1) * n).reduce((sum, x) => sum + x, 0) / n);
  const total = mean.reduce((sum, x) => sum + x, 0) / n;
  return { rows: n, cols: n, data: a.data.map((x, at) => x - mean[Math.floor(at / n)] - mean[at % n] + total) };
}
