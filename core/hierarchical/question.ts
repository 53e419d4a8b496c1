/**
 * What is asked of agents: their posterior under a prior. The prior may be an agent's own (a graph on top), the noise is.
 * Labels are answered by `steps` Newton steps from `start`; a squared loss needs neither.
 */
import type { Belief } from './posterior.ts';

/** To one agent. */
export interface Question {
  readonly belief: Belief;
  readonly noise: number;
  readonly start: Float64Array;
  readonly steps: number;
}
