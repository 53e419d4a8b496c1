/** What the arms of an experiment go by. */
import type { CooperatesOverLearned } from '../core/relationship/index.ts';
import { strategyByName } from '../core/strategy/index.ts';
import type { Experiment } from './experiment.ts';

/** Whether any arm goes by one of these. In the true groups nobody needs others; the true graph still says nothing of the noise. */
export function goesBy({ cooperate: { arms } }: Pick<Experiment, 'cooperate'>, over: CooperatesOverLearned): boolean {
  return arms.some(({ strategy, relationship }) => strategyByName(strategy)?.cooperatesOver === over && !(over === 'groups' && relationship === 'known'));
}
