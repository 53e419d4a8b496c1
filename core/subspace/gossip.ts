/**
 * One agent's part in learning a shared basis without a coordinator (algorithms-2, C3): the sums of step.ts are mixed with
 * neighbours until everybody has their means, and everybody steps and orthogonalises by itself:
 *
 *   S = mean X'X, once; in every round the means of N u a', N a a' and N;  B <- qr(B - eta S^-1 G H^-1), diag R > 0
 *
 * u is the gradient without its part in the span of B, which no least-squares head leaves: B is orthonormal in the features' own
 * units here, where the coordinator's is so in white ones. Without that the steps are the same. Between rounds all of it is `state`.
 */
import { cholesky, choleskySolve } from '../linalg/cholesky.ts';
import { trace, zeros, type Matrix } from '../linalg/matrix.ts';
import { fromLowerTriangle, lowerTriangle } from '../linalg/triangle.ts';
import { draw } from '../random.ts';
import { LOGISTIC_RIDGE, rowsForHead, STEP_SIZE, type BasisQuestion, type LocalLoss, type OwnHead } from './local.ts';
import { orthonormal } from './orthonormal.ts';
import { preconditioned } from './step.ts';

/** What an agent makes of its own rows. */
export interface OwnRows extends LocalLoss {
  readonly rows: number;
  /** X'X, centred where there is an intercept. */
  scatter(): Matrix;
  headAnswer(question: BasisQuestion): OwnHead;
}

/** Relative to a feature's own second moment: columns may repeat one another. */
const REPEATED = 1e-6;

/** Numbers that are mixed at once: G, the lower triangle of H, rows, residual and its freedom. */
export function gossipLength(d: number, k: number): number {
  return d * k + triangle(k) + 3;
}

/** Where everybody begins: random directions (d x k), which takes about three rounds more than the coordinator's moments. */
export function gossipStart(seed: number, d: number, k: number): Matrix {
  const drawn = zeros(d, k);
  draw(seed, 0, 'initial', 0).fillGaussian(drawn.data);
  return orthonormal(drawn);
}

export class BasisGossip {
  /** Of the part under way: told, mixed, taken. */
  readonly vector: Float64Array;
  readonly state: readonly Float64Array[];
  readonly #own: OwnRows;
  readonly #basis: Matrix;
  /** The means of the last round. */
  readonly #means: Float64Array;
  /** Lower factor of S. */
  readonly #factor: Matrix;
  /** The lower triangle of S and its freedom, in whole vectors. */
  readonly #moment: Float64Array;

  /** `start` (d x k) is orthonormal, and the same at all agents. */
  constructor(own: OwnRows, start: Matrix) {
    const d = start.rows;
    this.#own = own;
    this.#basis = { ...start, data: start.data.slice() };
    this.vector = new Float64Array(gossipLength(d, start.cols));
    this.#means = new Float64Array(this.vector.length);
    this.#factor = zeros(d, d);
    this.#moment = new Float64Array(Math.ceil((triangle(d) + 1) / this.vector.length) * this.vector.length);
    this.state = [this.#basis.data, this.#means, this.#factor.data];
  }

  /** Vectors that S is mixed in, before the first round. */
  get moments(): number {
    return this.#moment.length / this.vector.length;
  }

  tellMoment(part: number): void {
    const { rows, intercept } = this.#own;
    if (part === 0) {
      this.#moment.set(lowerTriangle(this.#own.scatter()));
      this.#moment[triangle(this.#basis.rows)] = rows - (intercept ? 1 : 0);
    }
    this.vector.set(this.#momentPart(part));
  }

  takeMoment(part: number): void {
    this.#momentPart(part).set(this.vector);
    if (part === this.moments - 1) this.#factor.data.set(factorOf(this.#moment, this.#basis.rows).data);
  }

  tellRound(): void {
    const { rows, intercept } = this.#own;
    const { rows: d, cols: k } = this.#basis;
    const { gradient, head, residual } = this.#own.headAnswer(this.question);
    const across = without(gradient, this.#basis);
    let at = 0;
    for (let i = 0; i < d; i++) for (let c = 0; c < k; c++) this.vector[at++] = rows * across[i] * head[c];
    for (let i = 0; i < k; i++) for (let j = 0; j <= i; j++) this.vector[at++] = rows * head[i] * head[j];
    const freedom = this.#isShort ? 0 : Math.max(0, rows - k - (intercept ? 1 : 0));
    this.vector.set([rows, freedom > 0 ? residual : 0, freedom], at);
  }

  /** A step, by everybody's means. */
  takeRound(): void {
    this.#means.set(this.vector);
    const { rows: d, cols: k, data } = this.#basis;
    const { rows, heads } = this.#pooled();
    const gradient: Matrix = { rows: d, cols: k, data: this.#means.slice(0, d * k).map((value) => value / rows) };
    const move = this.#inUnits(preconditioned(gradient, heads));
    const eta = STEP_SIZE[this.#own.loss];
    data.set(orthonormal({ rows: d, cols: k, data: data.map((value, i) => value - eta * move.data[i]) }).data);
  }

  /** The own basis, and how the own head is shrunk in it. */
  get question(): BasisQuestion {
    return { basis: this.#basis, ridge: this.#ridge() };
  }

  #momentPart(part: number): Float64Array {
    return this.#moment.subarray(part * this.vector.length, (part + 1) * this.vector.length);
  }

  /** N and mean a a' of an agent. */
  #pooled(): { readonly rows: number; readonly heads: Matrix } {
    const { rows: d, cols: k } = this.#basis;
    const rows = this.#means[d * k + triangle(k)];
    const heads = fromLowerTriangle(this.#means.subarray(d * k, d * k + triangle(k)), k);
    for (let i = 0; i < heads.data.length; i++) heads.data[i] /= rows;
    return { rows, heads };
  }

  /** A <- S^-1 A. */
  #inUnits(a: Matrix): Matrix {
    const column = new Float64Array(a.rows);
    for (let c = 0; c < a.cols; c++) {
      for (let i = 0; i < a.rows; i++) column[i] = a.data[i * a.cols + c];
      choleskySolve(this.#factor, column, column);
      for (let i = 0; i < a.rows; i++) a.data[i * a.cols + c] = column[i];
    }
    return a;
  }

  get #isShort(): boolean {
    return this.#own.rows < rowsForHead(this.#basis.cols, this.#own);
  }

  /** Where rows are too few a head is shrunk by noise / variance of the heads, as all others have them; by half before anybody told. */
  #ridge(): number {
    const { loss, rows } = this.#own;
    if (loss === 'logistic') return LOGISTIC_RIDGE * rows;
    if (!this.#isShort) return 0;
    const [residual, freedom] = this.#means.subarray(this.#means.length - 2);
    const variance = freedom > 0 ? trace(this.#pooled().heads) / this.#basis.cols : 0;
    return variance > 0 ? residual / freedom / variance : rows;
  }
}

/** The lower factor of S out of its sums; a feature that does not vary has a gradient of 0, whatever it is divided by. */
function factorOf(moment: Float64Array, d: number): Matrix {
  const pooled = fromLowerTriangle(moment.subarray(0, triangle(d)), d);
  const freedom = moment[triangle(d)];
  for (let i = 0; i < pooled.data.length; i++) pooled.data[i] /= freedom;
  for (let j = 0; j < d; j++) pooled.data[j * d + j] = pooled.data[j * d + j] * (1 + REPEATED) || 1;
  return cholesky(pooled) ?? diagonalRoots(pooled);
}

/** Of one that rounding made indefinite. */
function diagonalRoots({ rows, data }: Matrix): Matrix {
  const out = zeros(rows, rows);
  for (let j = 0; j < rows; j++) out.data[j * rows + j] = Math.sqrt(data[j * rows + j]);
  return out;
}

/** u - B B'u. */
function without(u: Float64Array, { rows: d, cols: k, data }: Matrix): Float64Array {
  const out = u.slice();
  for (let c = 0; c < k; c++) {
    let along = 0;
    for (let i = 0; i < d; i++) along += data[i * k + c] * u[i];
    for (let i = 0; i < d; i++) out[i] -= data[i * k + c] * along;
  }
  return out;
}

function triangle(n: number): number {
  return (n * (n + 1)) / 2;
}
