/** The registry of strategies: a new one is one file and one line here. */
import { broughtStrategy } from '../own/brought.ts';
import { consensus } from './consensus.ts';
import { filter } from './filter.ts';
import { grouped } from './grouped.ts';
import { hierarchical } from './hierarchical.ts';
import { multitask } from './multitask.ts';
import { nonCooperative } from './non-cooperative.ts';
import { sharedRepresentation } from './shared-representation.ts';
import type { Strategy } from './strategy.ts';

export const STRATEGIES: readonly Strategy[] = [nonCooperative, consensus, multitask, filter, hierarchical, sharedRepresentation, grouped];

/** Built in, or brought by its path. */
export function strategyByName(name: string): Strategy | undefined {
  return STRATEGIES.find((strategy) => strategy.name === name) ?? broughtStrategy(name);
}
