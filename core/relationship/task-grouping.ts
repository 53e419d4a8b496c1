/**
 * The estimator `task-grouping` as files, help and documents know it: which agents learn together, from what each would gain
 * by the others. It is no estimate out of one report each but a stretch of learning together: core/grouping.
 */
import { GAIN_NAMES } from '../grouping/gains.ts';
import type { EstimatorCard } from './estimator.ts';

export const taskGrouping: EstimatorCard = {
  name: 'task-grouping',
  summary: 'tables and networks: groups of agents, by what each gains when another learns with it; apart or overlapping, found exactly',
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
    cover: {
      type: 'string',
      enum: ['partition', 'cover'],
      default: 'partition',
      description: 'partition: everybody is in one group; cover: in one or more, and served by the one it gains most by (needs a number of groups)',
    },
    sizeMin: { type: 'integer', minimum: 1, description: 'Fewest members of a group; 1 when left out' },
    sizeMax: { type: 'integer', minimum: 1, description: 'Most members of a group; all agents when left out' },
    budget: {
      type: 'number',
      minimum: 0,
      orList: { minimum: 0, title: 'a number >= 0, or a list of one for each group' },
      description: 'What the members of a group may cost together; without bounds when left out',
    },
    costs: {
      type: 'string',
      enum: ['agents', 'rows'],
      orList: { minimum: 0, title: '`agents`, `rows`, or a list of a number >= 0 for each agent' },
      default: 'agents',
      description: 'What an agent costs its group: 1, as many as it has rows to learn from, or what is listed',
    },
  },
};
