/**
 * Everything about 1-perp, the complement of the ones vector, where Laplacians live: L 1 = 0.
 *
 * The null space is KNOWN, so it is taken out by an explicit orthonormal basis instead of being searched for
 * among small eigenvalues: once noise has been subtracted from a covariance, the ones vector need not belong
 * to the smallest of them.
 */
import { recompose, symmetricEigen } from './eigen.ts';
import { multiply, transpose, zeros, type Matrix } from './matrix.ts';

/** Below this share of the largest eigenvalue an eigenvalue counts as zero. */
const ZERO_RELATIVE = 1e-10;

/**
 * Helmert's basis V (K x K-1) of 1-perp: V'V = I, V'1 = 0.
 * Column j is (1, ..., 1, -(j+1), 0, ...) / sqrt((j+1)(j+2)) with j+1 leading ones.
 */
export function onesComplementBasis(agents: number): Matrix {
  const basis = zeros(agents, agents - 1);
  for (let j = 0; j < agents - 1; j++) {
    const scale = 1 / Math.sqrt((j + 1) * (j + 2));
    for (let i = 0; i <= j; i++) basis.data[i * basis.cols + j] = scale;
    basis.data[(j + 1) * basis.cols + j] = -(j + 1) * scale;
  }
  return basis;
}

export interface ComplementSpectrum {
  /** K-1 eigenvalues of Q A Q on 1-perp, ascending. */
  readonly values: Float64Array;
  /** Their eigenvectors as columns (K x K-1), each orthogonal to the ones vector. */
  readonly vectors: Matrix;
}

/** The eigenpairs of the symmetric A (K x K) restricted to 1-perp: those of V' A V, carried back by V. */
export function complementSpectrum(a: Matrix): ComplementSpectrum {
  const basis = onesComplementBasis(a.rows);
  const { values, vectors } = symmetricEigen(multiply(transpose(basis), multiply(a, basis)));
  return { values, vectors: multiply(basis, vectors) };
}

/** sum_j f(value_j) v_j v_j' over 1-perp (K x K, exactly symmetric). */
export function mapSpectrum(spectrum: ComplementSpectrum, f: (value: number) => number): Matrix {
  return recompose(spectrum.values.map(f), spectrum.vectors);
}

/** How many eigenvalues are zero: not above ZERO_RELATIVE of the largest. */
export function zeroCount(values: Float64Array): number {
  const largest = values[values.length - 1];
  return values.filter((value) => !(value > ZERO_RELATIVE * largest)).length;
}

/** pinv on 1-perp from its spectrum; eigenvalues that count as zero stay zero. */
export function invertSpectrum(spectrum: ComplementSpectrum): Matrix {
  const cut = ZERO_RELATIVE * spectrum.values[spectrum.values.length - 1];
  return mapSpectrum(spectrum, (value) => (value > cut ? 1 / value : 0));
}

/** pinv(L) of a Laplacian (also of a disconnected graph); by the same token L from pinv(L). */
export function laplacianPseudoInverse(laplacian: Matrix): Matrix {
  return invertSpectrum(complementSpectrum(laplacian));
}
