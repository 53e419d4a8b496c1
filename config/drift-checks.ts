/** What keys cannot mean together: broken assumptions, change, and learning on while the agents cooperate. */
import { estimatorByName } from '../core/relationship/index.ts';
import { shown, type Complaint } from './complaints.ts';
import type { Experiment, GmrfProblem } from './experiment.ts';

export function violationComplaints(experiment: Experiment): Complaint[] {
  const { problem } = experiment;
  if (problem.kind !== 'gmrf-regression') return continuousComplaints(experiment);
  return [
    ...continuousComplaints(experiment),
    ...taskComplaints(problem, experiment),
    ...componentComplaints(problem, experiment),
    ...driftComplaints(problem, experiment),
  ];
}

function continuousComplaints({ problem, relationship, cooperate }: Experiment): Complaint[] {
  const { estimator } = relationship;
  const goesOn = estimatorByName(estimator)?.cadence === 'continuous';
  if (goesOn && problem.kind === 'csv-table')
    return [
      {
        code: 'CONFIG_INVALID',
        path: ['relationship', 'estimator'],
        message: `${estimator} learns on while tasks do; the rows of a table stay what they are: use cgl`,
      },
    ];
  const frozen = goesOn ? -1 : cooperate.arms.findIndex(({ relationship: label }) => label === 'frozen');
  if (frozen < 0) return [];
  const path = ['cooperate', 'arms', frozen, 'relationship'];
  return [{ code: 'CONFIG_INVALID', path, message: `${estimator} learns once, so that learned is frozen; use learned, or the estimator recursive` }];
}

function taskComplaints(problem: GmrfProblem, { agents, cooperate }: Experiment): Complaint[] {
  const { rank, outlier, components = 1 } = problem;
  const complaints: Complaint[] = [];
  const directions = agents - components - (outlier === undefined ? 0 : 1);
  if (rank !== undefined && components > 1) complaints.push(wrong('rank', `is of one connected graph; leave it or components out (got ${rank})`));
  else if (rank !== undefined && rank >= directions)
    complaints.push(wrong('rank', `must be below ${directions}, the directions that the tasks have anyway (got ${rank})`));
  const oracle = cooperate.arms.findIndex(({ relationship }) => relationship === 'known');
  if (rank !== undefined && oracle >= 0)
    complaints.push({
      code: 'CONFIG_INVALID',
      path: ['cooperate', 'arms', oracle, 'relationship'],
      message: `tasks of rank ${rank} have no known relationship: it would be infinite where they do not differ; leave the arm out`,
    });
  if (outlier !== undefined && outlier >= agents) complaints.push(wrong('outlier', `must be below ${agents}, the number of agents (got ${outlier})`));
  return complaints;
}

function componentComplaints({ components = 1, graph }: GmrfProblem, { agents }: Experiment): Complaint[] {
  if (components === 1) return [];
  if (typeof graph !== 'string') return [wrong('components', `an edge file says itself what is connected (got ${components}); leave the key out`)];
  if (agents % components !== 0) return [wrong('components', `must divide the number of agents, ${agents} (got ${components})`)];
  return agents / components < 2 ? [wrong('components', `leaves fewer than 2 agents in each (got ${components})`)] : [];
}

function driftComplaints(problem: GmrfProblem, { cooperate }: Experiment): Complaint[] {
  const { drift, tails = 'gaussian', signed, outlier } = problem;
  if (drift === undefined) return [];
  const { coherence, change, at, over } = drift;
  const complaints: Complaint[] = [];
  const complain = (key: string, message: string): void => void complaints.push(wrong(['drift', key], message));
  if (coherence === undefined && change === undefined) complaints.push(wrong('drift', 'moves nothing: give coherence, change, or both'));
  if (change === undefined && at !== undefined) complain('at', `says when the graph changes, and it does not: give change too (got ${at})`);
  if (change === undefined && over !== undefined) complain('over', `says how long the graph changes, and it does not: give change too (got ${over})`);
  if (change !== undefined && at === undefined) complain('at', 'is missing: the step of every arm at which the graph changes');
  if (coherence !== undefined && tails !== 'gaussian')
    complaints.push(wrong('tails', `tasks that drift become normal, whatever they were (got ${shown(tails)}); leave coherence out`));
  if (change === 'rewiring' && signed !== undefined) complain('change', 'negative edges cannot be rewired; use permutation');
  if (change !== undefined && outlier !== undefined) complain('change', 'an outlier stays where it is, so the graph cannot change; leave one of them out');
  if (at === undefined) return complaints;
  if (cooperate.steps === 'auto')
    complaints.push({ code: 'CONFIG_INVALID', path: ['cooperate', 'steps'], message: 'must be a number where the graph changes at a step' });
  else if (at + (over ?? 0) >= cooperate.steps)
    complain('at', `the change must end before step ${cooperate.steps}, the last one of an arm (it ends at ${at + (over ?? 0)})`);
  return complaints;
}

function wrong(key: string | readonly string[], message: string): Complaint {
  return { code: 'CONFIG_INVALID', path: ['problem', ...[key].flat()], message };
}
