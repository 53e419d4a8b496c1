import type { LinkConditions } from '../core/fault/plan.ts';

/** The connection-level conditions that have an effect of their own; jitter is part of the delay. */
export type ConnectionCondition = Exclude<keyof LinkConditions, 'loss' | 'duplicate' | 'reorder' | 'corrupt' | 'jitterMs'>;
