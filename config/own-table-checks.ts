/** What is wrong between a table and a loss of one's own, before anything is started. */
import { KindredError } from '../core/errors.ts';
import { strategyByName } from '../core/strategy/index.ts';
import type { Complaint } from './complaints.ts';
import type { Experiment } from './experiment.ts';
import { ownTable, refuseTargets } from './own-table.ts';
import { readTasks, type ReadFile, type TableFacts } from './table-facts.ts';

/** Rows that stay at their sites are looked at there. */
export function ownTableComplaints({ problem, cooperate }: Experiment, { features, names }: TableFacts, readFile: ReadFile): Complaint[] {
  if (problem.kind !== 'csv-table' || problem.own === undefined) return [];
  const { own, path } = problem;
  const prior = cooperate.arms.flatMap(({ strategy }, i): Complaint[] =>
    ['prior', 'subspace', 'groups'].includes(strategyByName(strategy)?.cooperatesOver ?? '')
      ? [
          {
            code: 'CONFIG_INVALID',
            path: ['cooperate', 'arms', i, 'strategy'],
            message: `${strategy} must know the loss; on a module of one's own use multitask`,
          },
        ]
      : [],
  );
  try {
    const table = ownTable(own, features.length);
    if (path !== undefined) readTasks(problem, readFile).forEach((rows, agent) => refuseTargets(table, rows, names[agent]));
    return prior;
  } catch (error) {
    if (!(error instanceof KindredError)) throw error;
    return [...prior, { code: error.code, path: ['problem', error.code === 'TABLE_INVALID' ? 'target' : 'kind'], message: error.message }];
  }
}
