/**
 * Where the agents of a task graph stand, in [-1, 1] x [-1, 1]. Deterministic: no random start.
 *
 * Few agents stand on a circle. More start at the two smoothest vectors of the graph (power iteration on the
 * lazy random walk) and are then moved by forces (Fruchterman and Reingold 1991): all agents repel by
 * 1 / distance, linked ones attract by weight x distance^2, a weak pull to the middle keeps parts together.
 */
export type Point = readonly [number, number];

export interface WeightedPair {
  readonly i: number;
  readonly j: number;
  readonly weight: number;
}

export const CIRCLE_AGENTS_MAX = 16;
const PAIR_STEPS_MAX = 2e7;
const STEPS_MAX = 400;
const WALK_STEPS = 300;
const GOLDEN_ANGLE = Math.PI * (3 - Math.sqrt(5));

export function layoutAgents(agents: number, links: readonly WeightedPair[]): Point[] {
  return agents <= CIRCLE_AGENTS_MAX ? circleLayout(agents) : forceLayout(agents, links);
}

/** From the top, clockwise. Two agents stand side by side. */
export function circleLayout(agents: number): Point[] {
  const start = agents === 2 ? -Math.PI : -Math.PI / 2;
  return Array.from({ length: agents }, (_, k) => polar(1, start + (2 * Math.PI * k) / agents));
}

export function forceLayout(agents: number, links: readonly WeightedPair[]): Point[] {
  const attracting = scaled(links);
  const [x, y] = spectralStart(agents, attracting);
  const ideal = Math.sqrt(2 / agents);
  const steps = Math.max(20, Math.min(STEPS_MAX, Math.floor(PAIR_STEPS_MAX / (agents * agents))));
  for (let step = 0; step < steps; step++) moveAgents(x, y, attracting, ideal, 0.1 * (1 - step / steps));
  return filled(x, y);
}

/**
 * Points moved apart until no two are nearer than `gap`, inside the box [left, right] x [top, bottom]; nearly so where they are
 * too many for it.
 */
export function keptApart(points: readonly Point[], gap: number, left: number, right: number, top: number, bottom: number): Point[] {
  const out = points.map(([x, y]): [number, number] => [x, y]);
  for (let round = 0; round < 200; round++) {
    let moved = false;
    for (let i = 0; i < out.length; i++) for (let j = 0; j < i; j++) moved = parted(out[i], out[j], gap, i) || moved;
    for (const point of out) {
      point[0] = Math.min(Math.max(point[0], left), right);
      point[1] = Math.min(Math.max(point[1], top), bottom);
    }
    if (!moved) break;
  }
  return out;
}

/** Moves both by half of what they lack; two at one place along an angle of their own. */
function parted(a: [number, number], b: [number, number], gap: number, seed: number): boolean {
  const distance = Math.hypot(a[0] - b[0], a[1] - b[1]);
  if (distance >= gap) return false;
  const [ux, uy] = distance > 1e-6 ? [(a[0] - b[0]) / distance, (a[1] - b[1]) / distance] : polar(1, seed * GOLDEN_ANGLE);
  const step = (gap * 1.001 - distance) / 2;
  a[0] += ux * step;
  a[1] += uy * step;
  b[0] -= ux * step;
  b[1] -= uy * step;
  return true;
}

/** Two vectors that vary little along links, from waves over the indices; roughly unit mean square. */
function spectralStart(agents: number, links: readonly WeightedPair[]): [Float64Array, Float64Array] {
  const wave = (phase: number): Float64Array => Float64Array.from({ length: agents }, (_, k) => Math.cos((2 * Math.PI * k) / agents + phase));
  let [x, y] = [wave(0.3), wave(0.3 - Math.PI / 2)];
  for (let step = 0; step < WALK_STEPS; step++) {
    x = normalised(walk(x, links), []);
    y = normalised(walk(y, links), [x]);
  }
  return [x.map((value, k) => value + spiral(k, agents)[0]), y.map((value, k) => value + spiral(k, agents)[1])];
}

/** Evenly over a disc: parts that no link joins would otherwise collapse to one point each. */
function spiral(k: number, agents: number): Point {
  return polar(0.5 * Math.sqrt((k + 0.5) / agents), k * GOLDEN_ANGLE);
}

/** (v + D^-1 A v) / 2, with a loop of weight 0.01 at every agent so that lonely ones stay defined. */
function walk(v: Float64Array, links: readonly WeightedPair[]): Float64Array {
  const sum = v.map((value) => 0.01 * value);
  const degree = v.map(() => 0.01);
  for (const { i, j, weight } of links) {
    sum[i] += weight * v[j];
    sum[j] += weight * v[i];
    degree[i] += weight;
    degree[j] += weight;
  }
  return v.map((value, k) => (value + sum[k] / degree[k]) / 2);
}

/** Mean taken out, made orthogonal to `others`, scaled to unit mean square. */
function normalised(v: Float64Array, others: readonly Float64Array[]): Float64Array {
  const mean = v.reduce((a, b) => a + b, 0) / v.length;
  let out = v.map((value) => value - mean);
  for (const other of others) {
    const along = out.reduce((sum, value, k) => sum + value * other[k], 0) / v.length;
    out = out.map((value, k) => value - along * other[k]);
  }
  const size = Math.sqrt(out.reduce((sum, value) => sum + value * value, 0) / v.length);
  return size > 0 ? out.map((value) => value / size) : out;
}

/** One step of at most `reach`: positions change in place. */
function moveAgents(x: Float64Array, y: Float64Array, links: readonly WeightedPair[], ideal: number, reach: number): void {
  const fx = x.map((value) => -0.9 * value);
  const fy = y.map((value) => -0.9 * value);
  for (let i = 0; i < x.length; i++) for (let j = 0; j < i; j++) push(x, y, fx, fy, i, j, ideal);
  for (const { i, j, weight } of links) pull(x, y, fx, fy, i, j, weight / ideal);
  for (let k = 0; k < x.length; k++) {
    const length = Math.hypot(fx[k], fy[k]);
    const shrink = length > 0 ? Math.min(length * 0.05, reach) / length : 0;
    x[k] += fx[k] * shrink;
    y[k] += fy[k] * shrink;
  }
}

function push(x: Float64Array, y: Float64Array, fx: Float64Array, fy: Float64Array, i: number, j: number, ideal: number): void {
  const dx = x[i] - x[j];
  const dy = y[i] - y[j];
  const force = (ideal * ideal) / Math.max(dx * dx + dy * dy, 1e-6);
  fx[i] += dx * force;
  fy[i] += dy * force;
  fx[j] -= dx * force;
  fy[j] -= dy * force;
}

function pull(x: Float64Array, y: Float64Array, fx: Float64Array, fy: Float64Array, i: number, j: number, strength: number): void {
  const dx = x[i] - x[j];
  const dy = y[i] - y[j];
  const force = strength * Math.hypot(dx, dy);
  fx[i] -= dx * force;
  fy[i] -= dy * force;
  fx[j] += dx * force;
  fy[j] += dy * force;
}

/** Weights as shares of the strongest; negative ones do not attract. */
function scaled(links: readonly WeightedPair[]): WeightedPair[] {
  const most = links.reduce((max, { weight }) => Math.max(max, weight), 0);
  return links.flatMap(({ i, j, weight }) => (weight > 0 ? [{ i, j, weight: weight / most }] : []));
}

/** Stretched to touch all four sides. */
function filled(x: Float64Array, y: Float64Array): Point[] {
  const [sx, sy] = [stretch(x), stretch(y)];
  return Array.from(x, (value, k): Point => [sx(value), sy(y[k])]);
}

function stretch(values: Float64Array): (value: number) => number {
  const low = values.reduce((a, b) => Math.min(a, b), Infinity);
  const high = values.reduce((a, b) => Math.max(a, b), -Infinity);
  return (value) => (high > low ? (2 * (value - low)) / (high - low) - 1 : 0);
}

function polar(radius: number, angle: number): Point {
  return [radius * Math.cos(angle), radius * Math.sin(angle)];
}
