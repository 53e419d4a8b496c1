/**
 * One model for all, as the yardstick that multitask learning must beat: common slopes, an own intercept per agent.
 *
 *   min over b (d) and a_k of sum_k sum_i l(a_k + x_i' b, y_i) + tiny/2 ||b||^2, by damped Newton steps in b, the a_k refitted.
 */
import { TINY_RIDGE, type LinearModel } from './linear-model.ts';
import { centredGram, factorize, solveInPlace, weightedCentre } from './normal-equations.ts';
import { score } from './rows.ts';

const STEPS_MAX = 50;
const HALVINGS_MAX = 20;
/** Relative decrease of the loss at which no step is worth taking any more. */
const TOLERANCE = 1e-12;

/** Every agent's parameters (1 + d): its intercept, and the common slopes. */
export function pooledParameters(models: readonly LinearModel[]): Float64Array[] {
  const d = models[0].rows.features;
  let current = withSlopes(models, new Float64Array(d));
  for (let s = 0; s < STEPS_MAX; s++) {
    const next = descended(models, current, newtonStep(models, current));
    if (next === undefined) break;
    const settled = current.loss - next.loss <= TOLERANCE * Math.abs(current.loss);
    current = next;
    if (settled) break;
  }
  return current.parameters;
}

interface Point {
  readonly slopes: Float64Array;
  readonly parameters: Float64Array[];
  readonly loss: number;
}

function withSlopes(models: readonly LinearModel[], slopes: Float64Array): Point {
  let loss = 0;
  const parameters = models.map((model) => {
    const w = Float64Array.of(0, ...slopes);
    model.refitPrivate(w);
    for (let i = 0; i < model.rows.count; i++) loss += model.rowLoss(score(model.rows, i, w), model.rows.y[i]);
    return w;
  });
  return { slopes, parameters, loss };
}

function newtonStep(models: readonly LinearModel[], { parameters }: Point): Float64Array {
  const d = models[0].rows.features;
  const gram = new Float64Array(d * d);
  const step = new Float64Array(d);
  models.forEach((model, k) => addCurvature(model, parameters[k], gram, step));
  const factor = new Float64Array(d * d);
  factorize(gram, d, TINY_RIDGE, factor);
  solveInPlace(factor, d, step, 0);
  return step;
}

/** Adds the agent's Gram matrix, its intercept profiled out, and its descent direction -g. */
function addCurvature(model: LinearModel, w: Float64Array, gram: Float64Array, step: Float64Array): void {
  const { rows, curvatureMax } = model;
  const d = rows.features;
  const own = new Float64Array(d * d);
  const slopes = Float64Array.from({ length: rows.count }, (_, i) => model.rowSlope(score(rows, i, w), rows.y[i]));
  // p (1 - p) where the slope is p - y; a square curves alike everywhere.
  const weights = slopes.map((slope) => (curvatureMax === 1 ? 1 : Math.abs(slope) * (1 - Math.abs(slope))));
  const centre = new Float64Array(d);
  weightedCentre(rows, weights, centre);
  centredGram(rows, weights, centre, own, new Float64Array(d));
  for (let at = 0; at < own.length; at++) gram[at] += own[at];
  for (let i = 0; i < rows.count; i++) for (let j = 0; j < d; j++) step[j] -= slopes[i] * rows.x[i * d + j];
}

function descended(models: readonly LinearModel[], from: Point, step: Float64Array): Point | undefined {
  for (let h = 0, length = 1; h < HALVINGS_MAX; h++, length /= 2) {
    const next = withSlopes(
      models,
      from.slopes.map((slope, j) => slope + length * step[j]),
    );
    if (next.loss < from.loss) return next;
  }
  return undefined;
}
