/**
 * What the schema cannot say: keys that are each valid and do not fit together.
 * Mean-square stability: streaming LMS with batch B on M unit-variance features is stable iff
 * nu = mu (B + M + 1) / B < 2 (algorithms-1, section 0).
 */
import { LIMITS } from '../core/limits.ts';
import { tooFewDimensions } from '../core/relationship/dimensions.ts';
import { hierarchical } from '../core/relationship/hierarchical.ts';
import { estimatorByName } from '../core/relationship/index.ts';
import { sharedSubspace } from '../core/relationship/shared-subspace.ts';
import { taskGrouping } from '../core/relationship/task-grouping.ts';
import { strategyByName } from '../core/strategy/index.ts';
import { shown, type Complaint, type Path } from './complaints.ts';
import { violationComplaints } from './drift-checks.ts';
import { dimensionOf, hasTable, type Experiment, type GmrfProblem, type GraphSpec } from './experiment.ts';
import { readFaults } from './faults.ts';
import { groupingComplaints } from './grouping-checks.ts';
import { gossipComplaints, hostedComplaints } from './hosted-checks.ts';
import { mlpComplaints } from './mlp-checks.ts';
import type { ExperimentFile } from './schema.ts';
import type { TableFacts } from './table-facts.ts';

const REFERENCE_AGENTS = 10;
const NU_UNSTABLE = 2;

/** Complaints that need no table. */
export function logicalComplaints(given: ExperimentFile, experiment: Experiment): Complaint[] {
  return [
    ...graphComplaints(given, experiment),
    ...armComplaints(given, experiment),
    ...estimatorComplaints(experiment),
    ...hostedComplaints(given, experiment),
    ...gossipComplaints(given, experiment),
    ...splitComplaints(experiment),
    ...siteComplaints(experiment),
    ...stepComplaints(experiment),
    ...stepSizeComplaints(experiment),
    ...violationComplaints(experiment),
    ...mlpComplaints(given, experiment),
  ];
}

/** Complaints that need the number of agents: on a table, once it was read. */
export function agentComplaints(given: ExperimentFile, experiment: Experiment): Complaint[] {
  const { agents, cooperate, network } = experiment;
  const { complaints } = readFaults(given.faults ?? [], { agents, cooperate, rounds: network.rounds.kind });
  return [...quorumComplaints(given, experiment), ...groupingComplaints(experiment), ...groupComplaints(experiment), ...complaints];
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
  return [...complaints, ...widthComplaints(experiment, features), ...dimensionComplaints(experiment, features), ...rankComplaints(experiment, features)];
}

function widthComplaints({ problem }: Experiment, features: number): Complaint[] {
  const key = hasTable(problem) && problem.path === undefined ? 'features' : 'path';
  if (problem.kind === 'csv-table' && features + 1 > LIMITS.exactSolveDimensionMax)
    return [invalid(['problem', key], `the table has ${features} features; tables go up to ${LIMITS.exactSolveDimensionMax - 1}`)];
  const dimension = dimensionOf(problem);
  if (dimension <= LIMITS.dimensionMax) return [];
  return [invalid(['problem', key], `the table has ${features} features; that makes a network of ${dimension} parameters, above ${LIMITS.dimensionMax}`)];
}

/** Heads of fewer agents than directions leave some of these undetermined. */
function rankComplaints({ agents, relationship: { estimator, options } }: Experiment, features: number): Complaint[] {
  const rank = options['rank'];
  if (estimator !== sharedSubspace.name || typeof rank !== 'number' || rank <= Math.min(features, agents)) return [];
  const most = features <= agents ? `${features}, the number of features` : `${agents}, the number of agents`;
  return [invalid(['relationship', 'rank'], `must be at most ${most} (got ${rank})`)];
}

/** One dimension per feature: the intercept is everybody's own. */
function dimensionComplaints({ agents, relationship, cooperate }: Experiment, dimension: number): Complaint[] {
  const card = estimatorByName(relationship.estimator);
  const isUsed = cooperate.arms.some(({ strategy }) => strategyByName(strategy)?.cooperatesOver === 'relationship');
  const few = card !== undefined && isUsed ? tooFewDimensions(card, agents, dimension, relationship.options) : undefined;
  return few === undefined ? [] : [invalid(['relationship', 'estimator'], `the table has ${dimension} features: ${few}`)];
}

function graphComplaints(given: ExperimentFile, { agents, problem, network }: Experiment): Complaint[] {
  if (problem.kind !== 'gmrf-regression') return [];
  const complaints: Complaint[] = [];
  const wrong = (graph: GraphSpec, size = agents) => graph === 'reference' && Number.isInteger(size) && size !== REFERENCE_AGENTS;
  const size = agents / (problem.components ?? 1);
  if (wrong(problem.graph, size)) complaints.push(invalid(['problem', 'graph'], referenceText(size)));
  const own = given.network?.graph !== undefined && given.network.graph !== 'problem';
  if (own && wrong(network.graph)) complaints.push(invalid(['network', 'graph'], referenceText(agents)));
  return complaints;
}

function referenceText(agents: number): string {
  return `the reference graph has ${REFERENCE_AGENTS} agents (got ${agents}); choose another graph`;
}

/** What is learned from the rows of a table. */
const TABLES_ONLY: readonly (string | undefined)[] = ['prior', 'subspace', 'groups'];
/** By what a strategy cooperates over: why an arm has no relationship of its own. */
const HAS_ONE: Readonly<Record<string, string>> = { subspace: 'has one subspace for all', groups: 'has one set of groups for all' };

function armComplaints(given: ExperimentFile, experiment: Experiment): Complaint[] {
  const { problem, cooperate, relationship } = experiment;
  if (problem.kind === 'mlp') return [];
  const hasGraph = relationship.estimator === hierarchical.name && (relationship.options['graph'] ?? 'none') !== 'none';
  return cooperate.arms.flatMap((arm, i) => {
    const path: Path = ['cooperate', 'arms', i];
    const complaints: Complaint[] = [];
    if (arm.relationship === 'known' && problem.kind !== 'gmrf-regression') {
      const what = problem.kind === 'csv-table' ? 'a table' : "a stream of one's own";
      complaints.push(invalid([...path, 'relationship'], `the true relationship of ${what} is not known (got "known"); use learned, permuted or complete`));
    }
    const strategy = strategyByName(arm.strategy);
    const written = given.cooperate?.arms?.[i];
    const over = strategy?.cooperatesOver;
    const learns = problem.kind === 'csv-table' ? 'solve' : 'gradient';
    if (TABLES_ONLY.includes(over) && problem.kind !== 'csv-table')
      complaints.push(invalid([...path, 'strategy'], `${arm.strategy} is for tables; multitask is for streams (got "${arm.strategy}")`));
    else if (strategy?.learns !== undefined && strategy.learns !== learns)
      complaints.push(invalid([...path, 'strategy'], `${arm.strategy} is for ${learns === 'solve' ? 'streams' : 'tables'} (its learns: ${strategy.learns})`));
    if (written?.relationship !== undefined && strategy?.cooperatesOver === 'prior' && !hasGraph) {
      complaints.push(invalid([...path, 'relationship'], `${arm.strategy} has one prior for all; with relationship.graph: gated it has a graph on top`));
    } else if (written?.relationship !== undefined && strategy?.cooperatesOver !== 'relationship' && strategy?.cooperatesOver !== 'prior') {
      complaints.push(invalid([...path, 'relationship'], `${arm.strategy} ${HAS_ONE[over ?? ''] ?? 'uses no relationship'}; leave the key out`));
    }
    if (written?.guard !== undefined && over !== 'relationship' && !TABLES_ONLY.includes(over)) {
      complaints.push(invalid([...path, 'guard'], `${arm.strategy} has nothing to guard against; leave the key out`));
    }
    if (written?.guard === true && TABLES_ONLY.includes(over) && problem.kind === 'csv-table' && problem.loss === 'logistic') {
      complaints.push(invalid([...path, 'guard'], `labels do not show harm on few rows: ${arm.strategy} has a guard for loss: squared only (got true)`));
    }
    if (typeof written?.eta === 'number' && strategy?.usesEta === false)
      complaints.push(invalid([...path, 'eta'], `${arm.strategy} has no eta; leave the key out`));
    return complaints;
  });
}

/** Everybody is heard by everybody while gains are collected; the others of a group, given or found, are heard in any case. */
function groupComplaints({ network, cooperate, relationship: { given } }: Experiment): Complaint[] {
  if (network.open) return [];
  const whom = given?.kind === 'groups' ? 'the members of a given group' : 'all who may be in a group';
  return cooperate.arms.flatMap(({ strategy }, i) => {
    if (strategyByName(strategy)?.cooperatesOver !== 'groups') return [];
    const message = `${strategy} opens links between ${whom}; network.open must not be false`;
    return [invalid(['cooperate', 'arms', i, 'strategy'], message)];
  });
}

/** Local solutions of a table are exact: there is no earlier one to compare them with. */
function estimatorComplaints({ problem, relationship }: Experiment): Complaint[] {
  if (problem.kind === 'mlp') return [];
  if (problem.kind !== 'csv-table' && [hierarchical.name, sharedSubspace.name, taskGrouping.name].includes(relationship.estimator))
    return [invalid(['relationship', 'estimator'], `${relationship.estimator} learns from the rows of a table; use cgl`)];
  if (problem.kind === 'csv-table' && problem.loss === 'logistic' && relationship.options['moments'] === 'gathered')
    return [
      invalid(['relationship', 'moments'], 'labels have no moments that could be gathered: with loss: logistic they stay at home (got "gathered"); use home'),
    ];
  const needs = estimatorByName(relationship.estimator)?.needs ?? [];
  if (problem.kind !== 'csv-table' || !needs.includes('earlier')) return [];
  const message = `${relationship.estimator} needs two snapshots of agents that learn step by step, and agents on a table solve at once; use cgl`;
  return [invalid(['relationship', 'estimator'], message)];
}

function splitComplaints({ problem }: Experiment): Complaint[] {
  if (!hasTable(problem)) return [];
  const { train } = problem.split;
  if (train < 1 || Number.isInteger(train)) return [];
  return [invalid(['problem', 'split', 'train'], `must be a whole number of rows, or a fraction below 1 (got ${train})`)];
}

/** Who has the rows, and what must be known without them. */
function siteComplaints({ problem }: Experiment): Complaint[] {
  if (!hasTable(problem)) return [];
  const { path, sites, features, split, task, target } = problem;
  const complaints: Complaint[] = [];
  const wrong = (key: string, message: string): void => void complaints.push(invalid(['problem', key], message));
  if (path === undefined && sites === undefined)
    wrong('path', `is missing; give the table of all tasks, or sites with a table each${problem.kind === 'mlp' ? ', or a family' : ''}`);
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
