/**
 * Shared linear representation in one process, slowly: all rows at hand, gradients of the stacked problem by central loops,
 * heads by elimination, the orthonormal factor by Cholesky of A'A. Shares no code with core/subspace.
 */
export type Dense = number[][];

export interface OracleRows {
  readonly x: Dense;
  readonly y: number[];
}

const transposed = (a: Dense): Dense => a[0].map((_, j) => a.map((row) => row[j]));
const times = (a: Dense, b: Dense): Dense => a.map((row) => b[0].map((_, j) => row.reduce((sum, value, l) => sum + value * b[l][j], 0)));

/** A^-1 B by Gauss and Jordan with pivots. */
function solved(a: Dense, b: Dense): Dense {
  const rows = a.map((row, i) => [...row, ...b[i]]);
  for (let p = 0; p < a.length; p++) {
    const best = rows.reduce((at, row, i) => (i >= p && Math.abs(row[p]) > Math.abs(rows[at][p]) ? i : at), p);
    [rows[p], rows[best]] = [rows[best], rows[p]];
    rows[p] = rows[p].map((value) => value / rows[p][p]);
    rows.forEach((row, i) => {
      if (i !== p) rows[i] = row.map((value, j) => value - row[p] * rows[p][j]);
    });
  }
  return rows.map((row) => row.slice(a.length));
}

/** Q of A = Q R with diag R > 0: R' is the Cholesky factor of A'A. */
function orthonormalFactor(a: Dense): Dense {
  const gram = times(transposed(a), a);
  const lower = gram.map((row) => row.map(() => 0));
  gram.forEach((row, i) =>
    row.forEach((value, j) => {
      if (j > i) return;
      const rest = value - lower[i].slice(0, j).reduce((sum, one, l) => sum + one * lower[j][l], 0);
      lower[i][j] = i === j ? Math.sqrt(rest) : rest / lower[j][j];
    }),
  );
  return transposed(solved(lower, transposed(a)));
}

/** One round: B <- Q of B - eta G H^-1, with G and H over all agents' rows alike. */
export function oracleRound(agents: readonly OracleRows[], basis: Dense, eta: number): Dense {
  const k = basis[0].length;
  let gradient: Dense = basis.map((row) => row.map(() => 0));
  let heads: Dense = basis[0].map(() => basis[0].map(() => 0));
  for (const { x, y } of agents) {
    const z = times(x, basis);
    const head = solved(
      times(transposed(z), z),
      times(
        transposed(z),
        y.map((value) => [value]),
      ),
    );
    const residual = times(z, head).map(([value], i) => value - y[i]);
    const pull = transposed(x).map((column) => column.reduce((sum, value, i) => sum + value * residual[i], 0) / y.length);
    gradient = gradient.map((row, i) => row.map((value, c) => value + (pull[i] * head[c][0]) / agents.length));
    heads = heads.map((row, b) => row.map((value, c) => value + (head[b][0] * head[c][0]) / agents.length));
  }
  const jitter = 1e-10 * Array.from({ length: k }, (_, c) => heads[c][c]).reduce((sum, value) => sum + value, 0);
  const ridged = heads.map((row, b) => row.map((value, c) => value + (b === c ? jitter : 0)));
  const move = transposed(solved(transposed(ridged), transposed(gradient)));
  return orthonormalFactor(basis.map((row, i) => row.map((value, c) => value - eta * move[i][c])));
}
