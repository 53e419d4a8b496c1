/**
 * What the schema cannot say: keys that are each valid and do not fit together.
 * Mean-square stability: streaming LMS with batch B on M unit-variance features is stable iff
 * nu = mu (B + M + 1) / B < 2 (algorithms-1, section 0).
 */
import { LIMITS } from '../core/limits.ts';
import { STRATEGIES } from '../core/strategy/index.ts';
import { shown, type Complaint, type Path } from './complaints.ts';
import type { Experiment, GmrfProblem, GraphSpec } from './experiment.ts';
import { readFaults } from './faults.ts';
import type { ExperimentFile } from './schema.ts';
import type { TableFacts } from './table-facts.ts';

const REFERENCE_AGENTS = 10;
const NU_UNSTABLE = 2;

/** Complaints that need no table. */
export function logicalComplaints(given: ExperimentFile, experiment: Experiment): Complaint[] {
  return [
    ...graphComplaints(given, experiment),
    ...armComplaints(given, experiment),
    ...splitComplaints(experiment),
    ...siteComplaints(experiment),
    ...stepComplaints(experiment),
    ...stepSizeComplaints(experiment),
  ];
}

/** Complaints that need the number of agents: on a table, once it was read. */
export function agentComplaints(given: ExperimentFile, experiment: Experiment): Complaint[] {
  const { agents, cooperate, network } = experiment;
  const { complaints } = readFaults(given.faults ?? [], { agents, cooperate, rounds: network.rounds.kind });
  return [...quorumComplaints(given, experiment), ...complaints];
}

function quorumComplaints(given: ExperimentFile, { agents, participation }: Experiment): Complaint[] {
  const complain = (message: string): Complaint[] => [invalid(['participation', 'quorum'], `${message} (got ${shown(given.participation?.quorum)})`)];
  if (participation.quorum > agents) return complain(`must be <= ${agents}, the number of agents`);
  return participation.quorum < LIMITS.agentsMin ? complain(`must be at least ${LIMITS.agentsMin} of the ${agents} agents`) : [];
}

/** Complaints about a table that was read. */
export function tableComplaints(given: ExperimentFile, experiment: Experiment, facts: TableFacts): Complaint[] {
  const complaints: Complaint[] = [];
  const tasks = facts.names.length;
  if (given.agents !== undefined && given.agents !== tasks) {
    complaints.push(invalid(['agents'], `the table has ${tasks} tasks, one agent each (got ${given.agents}); leave the key out`));
  }
  if (tasks > LIMITS.agentsMax) complaints.push(invalid(['problem', 'task'], `the table has ${tasks} tasks; at most ${LIMITS.agentsMax} agents`));
  if (experiment.network.graph === 'reference' && tasks !== REFERENCE_AGENTS) complaints.push(invalid(['network', 'graph'], referenceText(tasks)));
  const features = facts.features.length;
  if (features + 1 > LIMITS.exactSolveDimensionMax) {
    const key = given.problem.kind === 'csv-table' && given.problem.path === undefined ? 'features' : 'path';
    complaints.push(invalid(['problem', key], `the table has ${features} features; tables go up to ${LIMITS.exactSolveDimensionMax - 1}`));
  }
  return complaints;
}

function graphComplaints(given: ExperimentFile, { agents, problem, network }: Experiment): Complaint[] {
  if (problem.kind !== 'gmrf-regression') return [];
  const complaints: Complaint[] = [];
  const wrong = (graph: GraphSpec) => graph === 'reference' && agents !== REFERENCE_AGENTS;
  if (wrong(problem.graph)) complaints.push(invalid(['problem', 'graph'], referenceText(agents)));
  const own = given.network?.graph !== undefined && given.network.graph !== 'problem';
  if (own && wrong(network.graph)) complaints.push(invalid(['network', 'graph'], referenceText(agents)));
  return complaints;
}

function referenceText(agents: number): string {
  return `the reference graph has ${REFERENCE_AGENTS} agents (got ${agents}); choose another graph`;
}

function armComplaints(given: ExperimentFile, { problem, cooperate }: Experiment): Complaint[] {
  return cooperate.arms.flatMap((arm, i) => {
    const path: Path = ['cooperate', 'arms', i];
    const complaints: Complaint[] = [];
    if (arm.relationship === 'known' && problem.kind === 'csv-table') {
      complaints.push(invalid([...path, 'relationship'], 'the true relationship of a table is not known (got "known"); use learned, permuted or complete'));
    }
    const strategy = Object.values(STRATEGIES).find(({ name }) => name === arm.strategy);
    const written = given.cooperate?.arms?.[i];
    if (written?.relationship !== undefined && strategy?.cooperatesOver !== 'relationship') {
      complaints.push(invalid([...path, 'relationship'], `${arm.strategy} uses no relationship; leave the key out`));
    }
    if (typeof written?.eta === 'number' && strategy?.usesEta === false)
      complaints.push(invalid([...path, 'eta'], `${arm.strategy} has no eta; leave the key out`));
    return complaints;
  });
}

function splitComplaints({ problem }: Experiment): Complaint[] {
  if (problem.kind !== 'csv-table') return [];
  const { train } = problem.split;
  if (train < 1 || Number.isInteger(train)) return [];
  return [invalid(['problem', 'split', 'train'], `must be a whole number of rows, or a fraction below 1 (got ${train})`)];
}

/** Who has the rows, and what must be known without them. */
function siteComplaints({ problem }: Experiment): Complaint[] {
  if (problem.kind !== 'csv-table') return [];
  const { path, sites, features, split, task, target } = problem;
  const complaints: Complaint[] = [];
  const wrong = (key: string, message: string): void => void complaints.push(invalid(['problem', key], message));
  if (path === undefined && sites === undefined) wrong('path', 'is missing; give the table of all tasks, or sites with a table each');
  if (path !== undefined && sites !== undefined) wrong('sites', 'there is a path already: give the table of all tasks, or sites with a table each');
  if (sites !== undefined && features === undefined) wrong('features', 'is missing: with sites nobody sees every table, so the columns are named here');
  if (sites !== undefined && split.tooFew === 'drop')
    complaints.push(invalid(['problem', 'split', 'tooFew'], 'drop needs the table of all tasks; with sites, leave out of the list who has too few'));
  for (const name of twice(sites?.map((site) => site.name) ?? [])) wrong('sites', `the name "${name}" is there twice`);
  for (const name of twice([...(features ?? []), ...new Set([task, target])]))
    wrong('features', `the column "${name}" is there twice, or is the task or the target`);
  return complaints;
}

function twice(names: readonly string[]): string[] {
  return [...new Set(names.filter((name, i) => names.indexOf(name) !== i))];
}

/** Exact solves converge or stop at the limit; more steps would be silently cut. */
function stepComplaints({ problem, cooperate }: Experiment): Complaint[] {
  if (problem.kind !== 'csv-table' || problem.batch !== undefined || cooperate.steps === 'auto') return [];
  if (cooperate.steps <= LIMITS.tableRoundsMax) return [];
  return [invalid(['cooperate', 'steps'], `must be <= ${LIMITS.tableRoundsMax} on a table (got ${cooperate.steps})`)];
}

function stepSizeComplaints({ problem, explore, cooperate }: Experiment): Complaint[] {
  if (problem.kind !== 'gmrf-regression') return [];
  return (['explore', 'cooperate'] as const).flatMap((phase) => {
    const stepSize = phase === 'explore' ? explore.stepSize : cooperate.stepSize;
    return stepSize === 'auto' || isStable(stepSize, problem) ? [] : [unstable([phase, 'stepSize'], stepSize, problem)];
  });
}

function nuOf(stepSize: number, { batch, dimension }: GmrfProblem): number {
  return (stepSize * (batch + dimension + 1)) / batch;
}

function isStable(stepSize: number, problem: GmrfProblem): boolean {
  return nuOf(stepSize, problem) < NU_UNSTABLE;
}

function unstable(path: Path, stepSize: number, problem: GmrfProblem): Complaint {
  const { batch, dimension } = problem;
  const bound = (NU_UNSTABLE * batch) / (batch + dimension + 1);
  const message = `must be < ${rounded(bound)} with dimension ${dimension} and batch ${batch} (got ${stepSize}): the mean-square error diverges`;
  return { code: 'STEP_SIZE_UNSTABLE', path, message };
}

/** Four digits, rounded down: a bound must not be passed by printing it. */
function rounded(bound: number): string {
  const unit = 10 ** (Math.floor(Math.log10(bound)) - 3);
  return String(Number((Math.floor(bound / unit) * unit).toPrecision(4)));
}

function invalid(path: Path, message: string): Complaint {
  return { code: 'CONFIG_INVALID', path, message };
}
