/** A real table as agents hold it: split and standardised by the training rows of all, without a network. */
import { readFileSync } from 'node:fs';
import { readTableFacts, readTasks } from '../../config/table-facts.ts';
import type { TableProblem } from '../../config/experiment.ts';
import type { Chain } from '../../core/hierarchical/chain.ts';
import { informationOf, type Information } from '../../core/hierarchical/information.ts';
import { laplacePosterior } from '../../core/hierarchical/laplace.ts';
import { squaredPosterior, type LocalPosterior } from '../../core/hierarchical/posterior.ts';
import type { Question } from '../../core/hierarchical/question.ts';
import { splitRows } from '../../core/problem/csv-table.ts';
import type { Rows } from '../../core/problem/rows.ts';
import { mergeMoments, moments, standardization, standardizeRows } from '../../core/problem/standardize.ts';

export interface StandardTable {
  readonly training: readonly Rows[];
  readonly test: readonly Rows[];
  readonly information: readonly Information[];
  /** N_k. */
  readonly rows: Float64Array;
  readonly dimension: number;
}

const readFile = (path: string): string => readFileSync(path, 'utf8');

export function standardTable(path: string, train: number, split: number, loss: 'squared' | 'logistic' = 'squared'): StandardTable {
  const problem: TableProblem = {
    kind: 'csv-table',
    path,
    task: 'task',
    target: 'y',
    loss,
    split: { train, test: 'rest', seed: split, order: 'random', tooFew: 'drop' },
    standardize: 'global',
    ridge: 'auto',
  };
  const data = readTasks({ ...problem, ...readTableFacts(problem, readFile) }, readFile).map((rows, k) => splitRows(rows, k, problem.split));
  const standard = standardization(mergeMoments(data.map(({ training }) => moments(training))), 'global', loss);
  const training = data.map((one) => standardizeRows(one.training, standard));
  const information = training.map(informationOf);
  return {
    training,
    test: data.map((one) => standardizeRows(one.test, standard)),
    information,
    rows: Float64Array.from(information, ({ rows }) => rows),
    dimension: information[0].moment.length,
  };
}

/** Every agent answers out of its own rows. */
export function answered<Result>(chain: Chain<Result>, table: StandardTable, loss: 'squared' | 'logistic' = 'squared'): Result {
  const answer = ({ belief, noise, start, steps }: Question, k: number): LocalPosterior =>
    loss === 'squared' ? squaredPosterior(table.information[k], belief, noise) : laplacePosterior(table.training[k], belief, start, steps);
  let asked = chain.next();
  while (!asked.done) {
    asked = chain.next(asked.value.map(answer));
  }
  return asked.value;
}
