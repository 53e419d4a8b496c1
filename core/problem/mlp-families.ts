/**
 * Synthetic tasks in clusters, for networks with one hidden layer: task j of cluster c has
 *   y = a_j' tanh(U_c' x) + noise,  x ~ N(0, I), entries of U_c ~ N(0, 1 / features), noise ~ N(0, NOISE^2),
 * so that tasks of one cluster share their first layer and no others do.
 *   easy  3 hidden units, 30 training rows, heads a_j = a_c + HEAD_SPREAD z: alike inside a cluster
 *   hard  4 hidden units, 40 training rows, heads z of their own
 * with a_c and z ~ N(0, I / hidden). Task j is in cluster j modulo CLUSTERS. Scales such that learning alone, with the true
 * groups and with random ones err as in the reference study. Source: algorithms-2, section B4.
 */
import { Random } from '../random.ts';
import type { Rows } from './rows.ts';

export const FAMILY_TASKS = 9;
export const FAMILY_CLUSTERS = 3;
export const FAMILY_FEATURES = 20;
const NOISE = 0.3;
const HEAD_SPREAD = 0.2;
const HELD_OUT_ROWS = 30;
const TEST_ROWS = 500;

export interface MlpFamily {
  readonly hidden: number;
  readonly trainingRows: number;
  readonly headsAlike: boolean;
}

export const MLP_FAMILIES = {
  easy: { hidden: 3, trainingRows: 30, headsAlike: true },
  hard: { hidden: 4, trainingRows: 40, headsAlike: false },
} as const satisfies Record<string, MlpFamily>;
export type MlpFamilyName = keyof typeof MLP_FAMILIES;

export interface FamilyTask {
  readonly cluster: number;
  readonly training: Rows;
  readonly heldOut: Rows;
  readonly test: Rows;
}

export function familyTask(name: MlpFamilyName, task: number, seed: number): FamilyTask {
  const family = MLP_FAMILIES[name];
  const cluster = task % FAMILY_CLUSTERS;
  const truth = { layer: clusterLayer(family, cluster, seed), head: taskHead(family, task, seed) };
  const rows = (count: number, set: number): Rows => drawRows(truth, count, new Random().rekey(seed, task, 'batch', set));
  return { cluster, training: rows(family.trainingRows, 0), heldOut: rows(HELD_OUT_ROWS, 1), test: rows(TEST_ROWS, 2) };
}

/** The true groups of so many tasks; no group is empty. */
export function familyGroups(tasks: number): number[][] {
  const all = Array.from({ length: tasks }, (_, task) => task);
  return Array.from({ length: Math.min(FAMILY_CLUSTERS, tasks) }, (_, cluster) => all.filter((task) => task % FAMILY_CLUSTERS === cluster));
}

/** U_c, features x hidden. */
function clusterLayer({ hidden }: MlpFamily, cluster: number, seed: number): Float64Array {
  const random = new Random().rekey(seed, cluster, 'truth', 0);
  return Float64Array.from({ length: FAMILY_FEATURES * hidden }, () => random.gaussian() / Math.sqrt(FAMILY_FEATURES));
}

function taskHead({ hidden, headsAlike }: MlpFamily, task: number, seed: number): Float64Array {
  const random = new Random().rekey(seed, task, 'truth', 1);
  const own = Float64Array.from({ length: hidden }, () => random.gaussian() / Math.sqrt(hidden));
  if (!headsAlike) return own;
  random.rekey(seed, task % FAMILY_CLUSTERS, 'truth', 2);
  return own.map((z) => HEAD_SPREAD * z + random.gaussian() / Math.sqrt(hidden));
}

function drawRows({ layer, head }: { layer: Float64Array; head: Float64Array }, count: number, random: Random): Rows {
  const [features, hidden] = [FAMILY_FEATURES, head.length];
  const x = Float64Array.from({ length: count * features }, () => random.gaussian());
  const y = Float64Array.from({ length: count }, (_, i) => {
    let sum = NOISE * random.gaussian();
    for (let k = 0; k < hidden; k++) {
      let z = 0;
      for (let j = 0; j < features; j++) z += x[i * features + j] * layer[j * hidden + k];
      sum += head[k] * Math.tanh(z);
    }
    return sum;
  });
  return { count, features, x, y };
}
