/**
 * The estimator `shared-subspace` as files, help and documents know it: one subspace that the slopes of all agents of a table
 * lie in. It is no estimate out of one report each but a conversation: core/subspace/chain.ts.
 */
import type { EstimatorCard } from './estimator.ts';

const HOSTS = ['coordinator', 'agents'] as const;

export const sharedSubspace: EstimatorCard = {
  name: 'shared-subspace',
  summary: 'tables: a few directions that the slopes of all agents lie in; agents with fewer rows than features',
  needs: [],
  yields: 'subspace',
  host: 'coordinator',
  cadence: 'once',
  options: {
    rank: {
      type: 'integer',
      orAuto: true,
      minimum: 1,
      default: 'auto',
      description: 'k, the number of directions; auto is how many stand out of the noise of the first moments',
    },
    host: {
      type: 'string',
      enum: HOSTS,
      default: 'coordinator',
      description:
        'who learns it: the coordinator, of what agents tell; or the agents themselves, by gossip over network.graph (bsp rounds, a rank that is given)',
    },
  },
};
