/**
 * What the local fits of a table told: the evidence, and the noise of each, n_k = s mean diag(P A P) with s the residual
 * variance pooled over all who reported (1 for labels).
 */
import type { Standardization } from '../core/problem/standardize.ts';
import type { Evidence } from '../core/relationship/estimator.ts';
import type { TableProblem } from '../config/experiment.ts';
import { named } from './script.ts';
import type { Values } from './script.ts';

export interface Fits {
  readonly ridge: number;
  readonly evidence: readonly Evidence[];
  /** By agent. */
  readonly noise: ReadonlyMap<number, number>;
  readonly meanCurvature: number;
  /** Training rows of an agent. */
  readonly meanRows: number;
}

/** Once for all training rows and once without the held-out ones. */
export interface LocalFits {
  readonly all: Fits;
  readonly fitting: Fits;
}

/** What agents stand on before they learn anything of one another. */
export interface Prepared {
  /** Of "alone". */
  readonly ridge: number;
  readonly dimension: number;
  /** Of the rows of all agents; undefined where every agent has its own. */
  readonly standardization?: Standardization;
}

/** As a record has it of what is written in these coordinates. */
export function coordinates({ standardization }: Prepared): Pick<Prepared, 'standardization'> {
  return standardization === undefined ? {} : { standardization };
}

/** The reports' vectors begin with `prefix`; sums go by the agents' indices. */
export function fitsOf(problem: TableProblem, told: ReadonlyMap<number, Values>, prefix: string, ridge: number): Fits {
  const agents = [...told.keys()].sort((a, b) => a - b);
  const of = (agent: number, name: string): Float64Array => named(told.get(agent), agent, `${prefix}${name}`);
  const residuals = agents.map((agent) => of(agent, 'residual'));
  const total = (at: number): number => residuals.reduce((sum, one) => sum + one[at], 0);
  const variance = problem.loss === 'squared' ? total(0) / Math.max(total(1), 1) : 1;
  const noise = new Map(agents.map((agent) => [agent, variance * of(agent, 'spread')[0]]));
  const evidence = agents.map((agent): Evidence => {
    const estimate = of(agent, 'estimate');
    return { agent, iterate: estimate, average: estimate, noise: Float64Array.of(noise.get(agent)!) };
  });
  const curvatures = agents.map((agent) => of(agent, 'curvature')[0]);
  const meanRows = agents.reduce((sum, agent) => sum + of(agent, 'rows')[0], 0) / agents.length;
  return { ridge, evidence, noise, meanRows, meanCurvature: curvatures.reduce((sum, one) => sum + one, 0) / agents.length };
}
