/** What does not fit together where every agent learns a network: whole parameter vectors of networks cannot be compared. */
import { nounOf } from '../core/relationship/kinds.ts';
import { taskGrouping } from '../core/relationship/task-grouping.ts';
import { strategyByName } from '../core/strategy/index.ts';
import type { Complaint, Path } from './complaints.ts';
import type { ArmSpec, Experiment } from './experiment.ts';
import type { ExperimentFile } from './schema.ts';

const OF_A_TABLE = ['path', 'sites', 'features', 'task', 'target', 'split', 'standardize'];
const GOING: readonly string[] = ['non-cooperative', 'consensus', 'grouped'];

export function mlpComplaints(given: ExperimentFile, { problem, cooperate, relationship }: Experiment): Complaint[] {
  if (problem.kind !== 'mlp') return [];
  const { estimator, isDefault, given: held } = relationship;
  const goes = isDefault === true || estimator === taskGrouping.name || held?.kind === 'groups';
  const other = goes
    ? []
    : [
        invalid(
          ['relationship', held === undefined ? 'estimator' : 'file'],
          held === undefined ? otherText(estimator) : `${otherText(nounOf(held.kind))}, or a file of groups`,
        ),
      ];
  const explore = given.explore === undefined ? [] : [invalid(['explore'], 'nobody explores on problem.kind: mlp; leave the section out')];
  return [...familyComplaints(given.problem), ...explore, ...other, ...cooperate.arms.flatMap((arm, i) => armComplaints(arm, i, given))];
}

/** A family has its rows already. */
function familyComplaints(problem: ExperimentFile['problem']): Complaint[] {
  if (!('family' in problem) || problem.family === undefined) return [];
  return OF_A_TABLE.filter((key) => key in problem).map((key) =>
    invalid(['problem', key], 'is of a table, and agents of a family draw their own rows; leave it or family out'),
  );
}

function otherText(what: string): string {
  return `${what} is not for networks; on problem.kind: mlp use ${taskGrouping.name}`;
}

function armComplaints(arm: ArmSpec, i: number, given: ExperimentFile): Complaint[] {
  const path: Path = ['cooperate', 'arms', i];
  const { strategy, relationship } = arm;
  const over = strategyByName(strategy)?.cooperatesOver;
  if (!GOING.includes(strategy)) {
    const what = over === 'relationship' ? 'couples whole parameter vectors' : 'is not for networks';
    return [invalid([...path, 'strategy'], `${strategy} ${what}; on problem.kind: mlp use one of ${GOING.join(', ')}`)];
  }
  const written = given.cooperate?.arms?.[i];
  const unused = (['relationship', 'eta', 'guard'] as const).filter((key) => written?.[key] !== undefined && !(key === 'relationship' && over === 'groups'));
  const complaints = unused.map((key) => invalid([...path, key], `${strategy} has none on problem.kind: mlp; leave the key out`));
  if (over !== 'groups' || relationship === 'learned') return complaints;
  const isFamily = 'family' in given.problem && given.problem.family !== undefined;
  if (relationship !== 'known') complaints.push(invalid([...path, 'relationship'], `${strategy} has learned or known groups (got "${relationship}")`));
  else if (!isFamily) complaints.push(invalid([...path, 'relationship'], 'the true groups of a table are not known (got "known"); use learned'));
  return complaints;
}

function invalid(path: Path, message: string): Complaint {
  return { code: 'CONFIG_INVALID', path, message };
}
