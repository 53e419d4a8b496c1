/**
 * The estimator `hierarchical` as files, help and documents know it: one prior N(mean, covariance) of all agents'
 * parameters on a table. It is no estimate out of one report each but a conversation: core/hierarchical/chain.ts.
 */
import type { EstimatorCard } from './estimator.ts';

export const MOMENTS = ['auto', 'gathered', 'home'] as const;
export const GRAPHS = ['none', 'gated', 'always'] as const;
export const COVARIANCES = ['full', 'diagonal'] as const;

export const hierarchical: EstimatorCard = {
  name: 'hierarchical',
  summary: 'tables: one Gaussian prior of all agents, by evidence; nothing to tune, no rows held out (the default there)',
  needs: [],
  yields: 'prior',
  host: 'coordinator',
  cadence: 'once',
  options: {
    moments: {
      type: 'string',
      enum: MOMENTS,
      default: 'auto',
      description: 'gathered: agents send their moments once (squared loss); home: they answer at every iteration; the results are equal, bit for bit',
    },
    graph: {
      type: 'string',
      enum: GRAPHS,
      default: 'none',
      description: 'on top of the prior: learned and used where it helps on the held-out fifth (gated), or anyway; the arms permuted and complete control it',
    },
    covariance: { type: 'string', enum: COVARIANCES, default: 'full', description: 'of the parameters: with correlations, or variances only' },
  },
};
