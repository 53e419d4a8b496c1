/**
 * Which agents learn together, on a table or with networks: all of them do for a while, in every tenth step the coordinator looks at
 * what everybody would gain by everybody (gain-stages.ts), and from the mean of it come the best groups, a partition or
 * a cover. All of it is a function of the reports: a coordinator that restarts on the way comes to the same groups. Source:
 * algorithms-2, section B3.
 */
import { adjustedRandIndex, labelsOf } from '../core/grouping/agreement.ts';
import { groupDiagnostics } from '../core/grouping/diagnostics.ts';
import { GainBook, gainSteps, type MeanGains } from '../core/grouping/gain-book.ts';
import { GAIN_NAMES, type GainName } from '../core/grouping/gains.ts';
import type { BestGrouping } from '../core/grouping/grouping.ts';
import type { Programme } from '../core/grouping/programme.ts';
import type { EstimatorOptions } from '../core/relationship/estimator.ts';
import { blockLaplacian } from '../core/relationship/groups.ts';
import type { Diagnostic, GroupsRelationship } from '../core/relationship/relationship.ts';
import { taskGrouping } from '../core/relationship/task-grouping.ts';
import type { CooperateWork } from '../proto/messages.ts';
import { heldOf } from '../config/given-relationship.ts';
import type { Epochs } from './epochs.ts';
import { gainsOfStep, type AskStep } from './gain-stages.ts';
import { aboutNames, provenance } from './given.ts';
import { groupingFor } from './groupings.ts';
import { BROKEN_OFF, isComplete } from './prior-questions.ts';
import { aboutMissing, optionsOf, type ArmPlan } from './relate.ts';
import { named, type Script, type ScriptContext } from './script.ts';
import { groupViews } from './views.ts';

type StepTerms = Pick<CooperateWork, 'epoch' | 'firstStep' | 'stepSize' | 'needs' | 'heldOut' | 'untilIteration' | 'lastIteration' | 'gradients'>;

/** The work of a stage for everybody. */
export type StepWorks = (terms: StepTerms) => CooperateWork[];

interface Training {
  /** Of the arm: gains are collected in its first quarter. */
  readonly steps: number;
  /** The true groups of all agents. */
  readonly known?: Groups;
}

type Groups = readonly (readonly number[])[];

/** A table's arm goes on until it has settled: as if it had so many steps. */
const TABLE_TRAINING: Training = { steps: 400 };

export class TaskGroups {
  readonly #context: ScriptContext;
  readonly #options: EstimatorOptions;
  readonly #nextVersion: () => number;
  readonly #rowsOf: (agent: number) => number;
  readonly #training: Training;
  #learned: GroupsRelationship | undefined;
  #of = '';

  /** `rowsOf`: how many an agent learns from, of those who take part. */
  constructor(context: ScriptContext, nextVersion: () => number, rowsOf: (agent: number) => number, training = TABLE_TRAINING) {
    this.#context = context;
    this.#options = optionsOf(context.experiment, taskGrouping.name);
    this.#nextVersion = nextVersion;
    this.#rowsOf = rowsOf;
    this.#training = training;
  }

  /** An arm in groups that are given, with the views of these; every other as it is. */
  planned(arm: ArmPlan): ArmPlan {
    const given = arm.strategy.cooperatesOver === 'groups' ? this.#given(arm.members) : undefined;
    return given === undefined ? arm : { ...arm, views: groupViews(given) };
  }

  /** The groups of those who take part; given, or learned when first needed, and again when somebody comes or goes. */
  *of({ members }: ArmPlan, stepSize: number, epochs: Epochs, works: StepWorks): Script<GroupsRelationship | typeof BROKEN_OFF> {
    if (this.#learned !== undefined && this.#of === members.join(' ')) return this.#learned;
    const given = this.#given(members);
    if (given !== undefined) return this.#take(given, members);
    const seen = yield* this.#collect(members, stepSize, epochs, works);
    if (seen === BROKEN_OFF) return seen;
    const calculation: Programme = { gains: seen.gains, ...programmeOf(this.#options, members, this.#rowsOf) };
    const over = yield { phase: 'estimating', label: 'looking for the best groups', works: [], calculation };
    if (!isComplete(over, members)) return BROKEN_OFF;
    return this.#keep(this.#group(members, seen, groupingFor(calculation)), members);
  }

  /** A member that is lost ends it, and it begins again without it. */
  *#collect(members: readonly number[], stepSize: number, epochs: Epochs, works: StepWorks): Script<MeanGains | typeof BROKEN_OFF> {
    const book = new GainBook(members.length);
    const collected = gainSteps(this.#training.steps);
    const lastIteration = collected.at(-1)!;
    const common = { ...epochs.next(lastIteration), stepSize, heldOut: true, lastIteration };
    for (const untilIteration of collected) {
      const ask: AskStep = function* (needs, gradients) {
        const terms = { ...common, untilIteration, needs, ...(gradients && { gradients }) };
        const reports = yield { phase: 'estimating', label: 'learning together, to see who gains by whom', works: works(terms) };
        return isComplete(reports, members) ? members.map((agent) => (name: string) => named(reports.values[agent], agent, name)) : BROKEN_OFF;
      };
      const gains = yield* gainsOfStep(this.#gains, stepSize, ask);
      if (gains === BROKEN_OFF) return gains;
      book.add(gains);
    }
    return book.mean();
  }

  /** Nobody looks for groups that another run found: those who are left of them learn together. */
  #given(members: readonly number[]): GroupsRelationship | undefined {
    const given = heldOf(this.#context.experiment, 'groups');
    return given && groupsAmong(given.held, members);
  }

  #take(given: GroupsRelationship, members: readonly number[]): GroupsRelationship {
    const { experiment } = this.#context;
    const { file } = heldOf(experiment, 'groups')!;
    this.#record(given, members, [provenance(file), ...aboutNames(file, experiment.agentNames)]);
    return this.#keep(given, members);
  }

  #keep(groups: GroupsRelationship, members: readonly number[]): GroupsRelationship {
    this.#of = members.join(' ');
    return (this.#learned = groups);
  }

  get #gains(): GainName {
    return GAIN_NAMES.find((name) => name === this.#options['gains']) ?? 'first-order';
  }

  #group(members: readonly number[], seen: MeanGains, found: BestGrouping): GroupsRelationship {
    const { agents } = this.#context.experiment;
    const groups = found.groups.map((group) => group.map((i) => members[i]));
    const servedBy = Array.from({ length: agents }, (_, agent) => found.servedBy[members.indexOf(agent)] ?? -1);
    const relationship: GroupsRelationship = { kind: 'groups', agents, groups, servedBy, laplacian: blockLaplacian(agents, groups) };
    const about = { members, way: this.#gains, isCounted: typeof this.#options['groups'] === 'number' };
    this.#record(relationship, members, [...groupDiagnostics(found, seen, about), ...aboutMissing(members, agents)]);
    return relationship;
  }

  #record(relationship: GroupsRelationship, members: readonly number[], diagnostics: readonly Diagnostic[]): void {
    const { agents } = this.#context.experiment;
    const { known } = this.#training;
    this.#context.record({
      type: 'relationship',
      relationship,
      version: this.#nextVersion(),
      contributors: members,
      diagnostics: [...diagnostics, ...this.#agreement(relationship, members)],
      relativeError: null,
      truth: known === undefined ? null : blockLaplacian(agents, known),
      estimator: taskGrouping.name,
    });
  }

  /** With the true groups, among those who were grouped. */
  #agreement({ servedBy }: GroupsRelationship, members: readonly number[]): Diagnostic[] {
    const { known } = this.#training;
    if (known === undefined) return [];
    const labels = labelsOf(known, servedBy.length);
    const ofMembers = (all: readonly number[]): number[] => members.map((agent) => all[agent]);
    const value = adjustedRandIndex(ofMembers(servedBy), ofMembers(labels));
    return [{ code: 'GROUPS_AGREEMENT', message: `they agree with the true groups to an adjusted Rand index of ${value.toFixed(2)}`, value }];
  }
}

/** Everybody in one group at most; an agent in none has no part in it. */
export function partition(agents: number, groups: Groups): GroupsRelationship {
  const servedBy = labelsOf(groups, agents);
  return { kind: 'groups', agents, groups, servedBy, laplacian: blockLaplacian(agents, groups) };
}

/**
 * The groups among these agents, each served by its own: those of which nobody is left are none, of those that are left with the same
 * members there is one (a second would be a layer of its own, of which the guard sees nothing), and who is in none is one by itself.
 */
export function groupsAmong({ agents, groups, servedBy }: GroupsRelationship, members: readonly number[]): GroupsRelationship {
  const left = groups.map((group) => group.filter((agent) => members.includes(agent)));
  const names = left.map((group) => [...group].sort((a, b) => a - b).join(' '));
  const first = (index: number): number => names.indexOf(names[index]);
  const kept = left.flatMap((group, index) => (group.length > 0 && first(index) === index ? [index] : []));
  const alone = members.filter((agent) => servedBy[agent] < 0);
  const among = [...kept.map((index) => left[index]), ...alone.map((agent) => [agent])];
  const serving = servedBy.map((index, agent) => {
    if (!members.includes(agent)) return -1;
    return index < 0 ? kept.length + alone.indexOf(agent) : kept.indexOf(first(index));
  });
  return { kind: 'groups', agents, groups: among, servedBy: serving, laplacian: blockLaplacian(agents, among) };
}

function programmeOf(options: EstimatorOptions, members: readonly number[], rowsOf: (agent: number) => number): Omit<Programme, 'gains'> {
  const { groups, cover, sizeMin, sizeMax, budget, costs } = options;
  return {
    groups: typeof groups === 'number' ? groups : 'auto',
    cover: cover === 'cover' ? cover : 'partition',
    ...(typeof sizeMin === 'number' && { sizeMin }),
    ...(typeof sizeMax === 'number' && { sizeMax }),
    ...(isNumbers(budget) ? { budgets: budget } : typeof budget === 'number' && { budgets: [budget] }),
    ...(isNumbers(costs) ? { costs: members.map((agent) => costs[agent]) } : costs === 'rows' && { costs: members.map(rowsOf) }),
  };
}

function isNumbers(value: EstimatorOptions[string] | undefined): value is readonly number[] {
  return Array.isArray(value);
}
