/**
 * Least squares with an own intercept, solved exactly.
 *
 * With centred rows, G = Xc'Xc and h = Xc'y, the coupled slopes are (G + c I)^-1 (h + pull) and the intercept
 * is mean(y) - mean(x)'w_S. The factor depends on the coupling alone: a bank of couplings cycled over every
 * round finds its factors in a small cache, and a solve costs d^2.
 */
import { TINY_RIDGE, squaredLoss, type LinearModel } from './linear-model.ts';
import { centredGram, factorize, inverseQuadratic, inverseTraces, solveInPlace, weightedCentre } from './normal-equations.ts';
import { score, type Rows } from './rows.ts';

const FACTORS_MAX = 64;
/** A leverage this close to 1 has no leave-one-out residual left to tell from rounding. */
const FREEDOM_MIN = 1e-10;

export class SquaredModel implements LinearModel {
  readonly rows: Rows;
  readonly curvatureMax = 1;
  readonly rowLoss = squaredLoss;
  private readonly centre: Float64Array;
  private readonly gram: Float64Array;
  private readonly moment: Float64Array;
  private readonly meanTarget: number;
  private readonly factors = new Map<number, Float64Array>();

  constructor(rows: Rows) {
    const d = rows.features;
    this.rows = rows;
    this.centre = new Float64Array(d);
    this.gram = new Float64Array(d * d);
    this.moment = new Float64Array(d);
    weightedCentre(rows, undefined, this.centre);
    centredGram(rows, undefined, this.centre, this.gram, new Float64Array(d));
    this.meanTarget = rows.count === 0 ? 0 : rows.y.reduce((sum, y) => sum + y, 0) / rows.count;
    for (let i = 0; i < rows.count; i++) this.addMoment(i);
  }

  private addMoment(i: number): void {
    const d = this.rows.features;
    const y = this.rows.y[i] - this.meanTarget;
    for (let j = 0; j < d; j++) this.moment[j] += (this.rows.x[i * d + j] - this.centre[j]) * y;
  }

  rowSlope(z: number, y: number): number {
    return z - y;
  }

  solve(coupling: number, pull: Float64Array, w: Float64Array): void {
    const factor = this.factorFor(coupling + TINY_RIDGE);
    for (let j = 0; j < pull.length; j++) w[1 + j] = this.moment[j] + pull[j];
    solveInPlace(factor, pull.length, w, 1);
    this.refitPrivate(w);
  }

  refitPrivate(w: Float64Array): void {
    let intercept = this.meanTarget;
    for (let j = 0; j < this.centre.length; j++) intercept -= this.centre[j] * w[1 + j];
    w[0] = intercept;
  }

  /** The Cholesky factor of G + ridge I; the oldest makes room. */
  private factorFor(ridge: number): Float64Array {
    const known = this.factors.get(ridge);
    if (known !== undefined) return known;
    const d = this.rows.features;
    if (this.factors.size >= FACTORS_MAX) this.factors.delete(this.factors.keys().next().value!);
    const factor = new Float64Array(d * d);
    factorize(this.gram, d, ridge, factor);
    this.factors.set(ridge, factor);
    return factor;
  }

  meanCurvature(): number {
    const d = this.rows.features;
    let sum = 0;
    for (let j = 0; j < d; j++) sum += this.gram[j * d + j];
    return sum / d;
  }

  leaveOneOutLoss(ridge: number): number {
    return this.leaveOneOutResiduals(ridge).reduce((total, residual) => total + 0.5 * residual ** 2, 0);
  }

  /** e_i / (1 - h_i) with leverage h_i = 1/N + xc_i' P xc_i: exact for ridge with a free intercept. */
  leaveOneOutResiduals(ridge: number): Float64Array {
    return this.residualsWithout(this.ridgeSolution(ridge), ridge, 1);
  }

  /**
   * The same for w whose slopes `members` agents have in common: h_i = 1/N + xc_i' P xc_i p / (members r), P = (G + 1e-9 I)^-1, with
   * r = min(d, N - 1) slopes that these rows tell and p = min(d, members (N - 1)) that the group's do, were all members as this agent.
   * Over the rows of a group h sums to its parameters, an intercept each and p slopes. Not for one that is saturated.
   */
  groupResiduals(w: Float64Array, members: number): Float64Array {
    const d = this.rows.features;
    const others = this.rows.count - 1;
    return this.residualsWithout(w, TINY_RIDGE, Math.min(d, members * others) / (members * Math.min(d, others)));
  }

  /** Whether `members` agents with as many rows as this one have no more of them than parameters: they are fitted, whatever they say. */
  isSaturated(members: number): boolean {
    return members * (this.rows.count - 1) <= this.rows.features;
  }

  /** `share`: of a row's leverage in the slopes. */
  private residualsWithout(w: Float64Array, ridge: number, share: number): Float64Array {
    const d = this.rows.features;
    const factor = this.factorFor(ridge);
    const deviation = new Float64Array(d);
    return Float64Array.from({ length: this.rows.count }, (_, i) => {
      for (let j = 0; j < d; j++) deviation[j] = this.rows.x[i * d + j] - this.centre[j];
      const freedom = 1 - 1 / this.rows.count - share * inverseQuadratic(factor, d, deviation);
      return (this.rows.y[i] - score(this.rows, i, w)) / Math.max(freedom, FREEDOM_MIN);
    });
  }

  private ridgeSolution(ridge: number): Float64Array {
    const w = new Float64Array(1 + this.rows.features);
    w.set(this.moment, 1);
    solveInPlace(this.factorFor(ridge), this.rows.features, w, 1);
    this.refitPrivate(w);
    return w;
  }

  meanSpread(ridge: number): number {
    const d = this.rows.features;
    return inverseTraces(this.factorFor(ridge), d, ridge).spread / d;
  }

  residualSums(ridge: number): { rss: number; dof: number } {
    const w = this.ridgeSolution(ridge);
    const d = this.rows.features;
    let rss = 0;
    for (let i = 0; i < this.rows.count; i++) rss += (this.rows.y[i] - score(this.rows, i, w)) ** 2;
    const fitted = d - ridge * inverseTraces(this.factorFor(ridge), d, ridge).trace;
    return { rss, dof: this.rows.count - 1 - fitted };
  }
}
