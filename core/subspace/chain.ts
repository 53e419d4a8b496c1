/**
 * The conversation that learns a shared basis, as a generator: it asks all agents about a basis, is resumed with each one's
 * gradient and head, and asks again about a better one. Who answers is the caller's business. Rounds go on until
 * ||(I - V+ V+') V||_F^2 / k < 1e-9, at most 60 of them (algorithms-2, C1, C3).
 */
import { multiply, type Matrix } from '../linalg/matrix.ts';
import type { SubspaceHeads } from '../relationship/relationship.ts';
import { headsOf } from './held.ts';
import { headRidge, rowsForHead, STEP_SIZE, type BasisQuestion, type HalfMoments, type HeadAnswer, type LocalLoss } from './local.ts';
import { subspaceDistance } from './measure.ts';
import { orthonormal } from './orthonormal.ts';
import { startOf, whitening, type Start } from './start.ts';
import { pool, stepped } from './step.ts';

export interface SubspaceOptions extends LocalLoss {
  readonly rank: number | 'auto';
  /** As the studies vary it; else what has proved best. */
  readonly variant?: Variant;
}

export interface Variant {
  readonly precondition?: boolean;
  readonly stepSize?: number;
  readonly roundsMax?: number;
  readonly tolerance?: number;
}

export interface SubspaceFit {
  /** Orthonormal (d x k): the artefact. */
  readonly basis: Matrix;
  /** How heads in it are shrunk where rows are few. */
  readonly shrinking: SubspaceHeads;
  /** What every agent is to answer in the end: the same span, white. In the order of the moments. */
  readonly questions: readonly BasisQuestion[];
  readonly rounds: number;
  /** Squared share of the basis that each round moved. */
  readonly changes: readonly number[];
  readonly start: Start;
  /** sum N_t a_t a_t' / sum N_t (k x k). */
  readonly heads: Matrix;
  /** Agents with too few rows for least squares of a head. */
  readonly short: number;
}

export type SubspaceChain = Generator<readonly BasisQuestion[], SubspaceFit, readonly HeadAnswer[]>;

export const ROUNDS_MAX = 60;
export const TOLERANCE = 1e-9;

/** `scatters` empty: the features are white already. */
export function* subspaceChain(moments: readonly HalfMoments[], scatters: readonly Matrix[], options: SubspaceOptions): SubspaceChain {
  const { precondition = true, stepSize = STEP_SIZE[options.loss], roundsMax = ROUNDS_MAX, tolerance = TOLERANCE } = options.variant ?? {};
  const freedom = moments.reduce((sum, { rows }) => sum + rows - (options.intercept ? 1 : 0), 0);
  const white = scatters.length === 0 ? undefined : whitening(scatters, freedom);
  const start = startOf(moments, white, options.rank, freedom, rankMax(moments, options));
  const shrinking = start.noise / start.headVariance;
  const isShort = moments.map(({ rows }) => rows < rowsForHead(start.directions.cols, options));
  const about = (directions: Matrix): BasisQuestion[] => {
    const basis = white === undefined ? directions : multiply(white, directions);
    return moments.map(({ rows }, t) => ({ basis, ridge: headRidge(rows, isShort[t], shrinking, options) }));
  };
  const changes: number[] = [];
  for (let directions = start.directions; ;) {
    const pooled = pool(moments, yield about(directions), white);
    const next = stepped(directions, pooled, stepSize, precondition);
    const change = subspaceDistance(next, directions);
    changes.push(change);
    directions = next;
    if (change >= tolerance && changes.length < roundsMax) continue;
    const questions = about(directions);
    const short = isShort.filter(Boolean).length;
    const inFeatures = questions[0].basis;
    const basis = orthonormal(inFeatures);
    return { basis, shrinking: headsOf(inFeatures, basis, shrinking), questions, rounds: changes.length, changes, start, heads: pooled.heads, short };
  }
}

/** Of an unknown rank: as many directions as there are agents, and as the rows of most of them are enough for. */
function rankMax(moments: readonly HalfMoments[], { intercept }: LocalLoss): number {
  const rows = moments.map((one) => one.rows).sort((a, b) => a - b)[moments.length >> 1];
  return Math.max(1, Math.min(moments.length, Math.floor((rows - 2 - (intercept ? 1 : 0)) / 2)));
}
