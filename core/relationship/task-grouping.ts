/**
 * The estimator `task-grouping` as files, help and documents know it: which agents learn together, from what each would gain
 * by the others. It is no estimate out of one report each but a stretch of learning together: core/grouping.
 */
import { GAIN_NAMES } from '../grouping/gains.ts';
import type { EstimatorCard } from './estimator.ts';

export const taskGrouping: EstimatorCard = {
  name: 'task-grouping',
  summary: 'tables and networks: groups of agents, by what each gains when another learns with it; a partition, solved exactly',
  needs: [],
  yields: 'groups',
  host: 'coordinator',
  cadence: 'once',
  options: {
    groups: { type: 'integer', orAuto: true, minimum: 1, default: 'auto', description: 'm, the number of groups; auto is as many as are best' },
    gains: {
      type: 'string',
      enum: GAIN_NAMES,
      default: 'first-order',
      description: 'What a gain is: to first order by gradients on rows held out; a lookahead; affinity (TAG); the cosine of gradients',
    },
    sizeMin: { type: 'integer', minimum: 1, description: 'Fewest members of a group; 1 when left out' },
    sizeMax: { type: 'integer', minimum: 1, description: 'Most members of a group; all agents when left out' },
  },
};
