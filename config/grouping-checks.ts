/** Whether agents can be divided as they are asked to be; what depends on their rows is seen when these are known (GROUPS_IMPOSSIBLE). */
import { LIMITS } from '../core/limits.ts';
import type { EstimatorOptions } from '../core/relationship/estimator.ts';
import { taskGrouping } from '../core/relationship/task-grouping.ts';
import type { Complaint } from './complaints.ts';
import type { Experiment } from './experiment.ts';

type Check = (options: EstimatorOptions, agents: number) => Complaint | undefined;

/** The first that holds: of options that are wrong by themselves nothing follows. */
export function groupingComplaints({ agents, relationship: { estimator, options } }: Experiment): Complaint[] {
  if (estimator !== taskGrouping.name) return [];
  for (const check of [aboutCount, aboutExactness, aboutLists, aboutCosts, aboutSizes]) {
    const complaint = check(options, agents);
    if (complaint !== undefined) return [complaint];
  }
  return [];
}

const aboutCount: Check = ({ groups, cover }, agents) => {
  if (typeof groups === 'number' && groups > agents) return wrong('groups', `must be at most ${agents}, the number of agents (got ${groups})`);
  if (cover !== 'cover' || typeof groups === 'number') return undefined;
  return wrong('groups', 'a cover needs a number of groups: with overlap more groups count the same gains again, and auto is for partitions');
};

/** Of more agents groups are searched for, by moves that know no bounds. */
const aboutExactness: Check = ({ cover, sizeMin, sizeMax, budget }, agents) => {
  if (agents <= LIMITS.tasksGroupedMax) return undefined;
  const bounds = { cover: cover === 'cover' ? cover : undefined, sizeMin, sizeMax, budget };
  const key = Object.entries(bounds).find(([, value]) => value !== undefined)?.[0];
  if (key === undefined) return undefined;
  const what = key === 'cover' ? 'covers are found' : key === 'budget' ? 'budgets are kept' : 'sizes are kept';
  return wrong(key, `${what} for up to ${LIMITS.tasksGroupedMax} agents (there are ${agents}); leave the key out`);
};

const aboutLists: Check = ({ groups, budget, costs }, agents) => {
  if (isList(budget) && typeof groups !== 'number') return wrong('budget', 'a budget for each group needs a number of groups (groups: auto); give one for all');
  if (isList(budget) && budget.length !== groups) return wrong('budget', `lists ${budget.length} for ${String(groups)} groups; one for each is needed`);
  if (isList(costs) && costs.length !== agents) return wrong('costs', `lists ${costs.length} for ${agents} agents; one for each is needed`);
  if (costs !== undefined && budget === undefined) return wrong('costs', 'costs are held against a budget; give relationship.budget, or leave the key out');
  return undefined;
};

const aboutCosts: Check = ({ groups, budget, costs = 'agents', sizeMin = 1 }, agents) => {
  if (budget === undefined || costs === 'rows') return undefined;
  const each = isList(costs) ? costs : Array.from({ length: agents }, () => 1);
  const budgets = budgetsOf(budget);
  const most = Math.max(...budgets);
  const dear = each.findIndex((cost) => cost > most);
  if (dear >= 0) return wrong('budget', `agent ${dear} costs ${each[dear]} by itself, and a group at most ${most}`);
  const fewest = sum(each.toSorted((a, b) => a - b).slice(0, Number(sizeMin)));
  const least = Math.min(...budgets);
  if (fewest > least)
    return wrong(
      'budget',
      `a group that may cost ${least} has no room for ${String(sizeMin)} ${sizeMin === 1 ? 'agent' : 'agents'}: the cheapest cost ${fewest}`,
    );
  const [all, whole] = [sum(each), isList(budget) ? sum(budgets) : most * Number(groups)];
  if (typeof groups !== 'number' || all <= whole) return undefined;
  return wrong('budget', `all agents cost ${all} together, and ${groups} groups at most ${whole}`);
};

const aboutSizes: Check = ({ groups, cover, sizeMin, sizeMax }, agents) => {
  const [least, most] = [typeof sizeMin === 'number' ? sizeMin : 1, typeof sizeMax === 'number' ? sizeMax : agents];
  const counts = typeof groups === 'number' ? [groups] : Array.from({ length: agents }, (_, i) => i + 1);
  // In a cover agents may be counted more than once.
  const fits = (count: number): boolean => (cover === 'cover' ? least <= Math.min(most, agents) : count * least <= agents) && agents <= count * most;
  if (counts.some(fits)) return undefined;
  const key = sizeMin === undefined ? 'sizeMax' : 'sizeMin';
  const verb = cover === 'cover' ? 'covered by' : 'divided into';
  return wrong(key, `${agents} agents cannot be ${verb} ${typeof groups === 'number' ? `${groups} ` : ''}groups of ${least} to ${most}`);
};

const budgetsOf = (budget: EstimatorOptions[string]): readonly number[] => (isList(budget) ? budget : [Number(budget)]);
const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);

function isList(value: EstimatorOptions[string] | undefined): value is readonly number[] {
  return Array.isArray(value);
}

function wrong(key: string, message: string): Complaint {
  return { code: 'CONFIG_INVALID', path: ['relationship', key], message };
}
