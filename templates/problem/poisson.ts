// A loss of your own on a table: Poisson regression, for counts. Change `loss` and `gradient` together;
// `kindred check poisson.ts` compares them, coordinate by coordinate.
import { defineProblem } from 'kindred';

// w[0] is the intercept, w[1], w[2], ... one slope per column; x is one row, standardised.
function score(w: Float64Array, x: Float64Array): number {
  let z = w[0];
  for (let j = 0; j < x.length; j++) z += w[1 + j] * x[j];
  return z;
}

export default defineProblem({
  summary: 'Poisson regression with a log link',
  measure: 'mean Poisson deviance',
  table: ({ features }) => ({
    dimension: 1 + features,

    // Minus the log-likelihood of ONE row, without what does not depend on w.
    loss(w, x, y) {
      const z = score(w, x);
      return Math.exp(z) - y * z;
    },

    // out <- its gradient in w: every entry is written.
    gradient(w, x, y, out) {
      const slope = Math.exp(score(w, x)) - y;
      out[0] = slope;
      for (let j = 0; j < x.length; j++) out[1 + j] = slope * x[j];
    },

    // What is reported of a held-out row; leave it out to report the loss.
    error(w, x, y) {
      const rate = Math.exp(score(w, x));
      return 2 * ((y > 0 ? y * Math.log(y / rate) : 0) - (y - rate));
    },

    // What the target column may hold.
    refuseTarget: (y) => (Number.isInteger(y) && y >= 0 ? undefined : 'must be a count: 0, 1, 2, ...'),
  }),
});
