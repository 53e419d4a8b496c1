/** The empirical covariance of tasks over their coordinates, as all estimators of a precision need it. */
import { zeros, type Matrix } from '../linalg/matrix.ts';

/**
 * Q S Q (K x K, exactly symmetric) with S = (1/M) W W', W (K x M), Q = I - 11'/K.
 * The column means are taken out of W first: a large common vector then cannot drown the differences.
 */
export function centredCovariance(w: Matrix): Matrix {
  const { rows: agents, cols: dimension } = w;
  const centred = centreColumns(w);
  const out = zeros(agents, agents);
  for (let k = 0; k < agents; k++) {
    for (let l = 0; l <= k; l++) {
      let sum = 0;
      for (let m = 0; m < dimension; m++) sum += centred.data[k * dimension + m] * centred.data[l * dimension + m];
      out.data[k * agents + l] = out.data[l * agents + k] = sum / dimension;
    }
  }
  return out;
}

function centreColumns(w: Matrix): Matrix {
  const out = zeros(w.rows, w.cols);
  for (let m = 0; m < w.cols; m++) {
    let mean = 0;
    for (let k = 0; k < w.rows; k++) mean += w.data[k * w.cols + m] / w.rows;
    for (let k = 0; k < w.rows; k++) out.data[k * w.cols + m] = w.data[k * w.cols + m] - mean;
  }
  return out;
}
