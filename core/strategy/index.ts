/** The registry of strategies: a new one is one file and one line here. */
import { consensus } from './consensus.ts';
import { filter } from './filter.ts';
import { multitask } from './multitask.ts';
import { nonCooperative } from './non-cooperative.ts';
import type { Strategy } from './strategy.ts';

export const STRATEGIES: readonly Strategy[] = [nonCooperative, consensus, multitask, filter];

export function strategyByName(name: string): Strategy | undefined {
  return STRATEGIES.find((strategy) => strategy.name === name);
}
