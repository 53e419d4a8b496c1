/** What groups, and the gains they were found by, have to be doubted for: in plain words, each with its figure (algorithms-2, B2 and B5). */
import type { Diagnostic } from '../relationship/relationship.ts';
import type { Matrix } from '../linalg/matrix.ts';
import { SEEN_MIN, type MeanGains } from './gain-book.ts';
import { LOSS_MIN, type GainName } from './gains.ts';
import { gainIn, type BestGrouping, type Grouping } from './grouping.ts';
import { LIMITS } from '../limits.ts';

export interface GroupsAsked {
  /** Which agents the tasks are. */
  readonly members: readonly number[];
  readonly way: GainName;
  /** Whether the number of groups was given. */
  readonly isCounted: boolean;
}

/** A gain cannot be above 1; one far below -1 is a step that leads away. */
const GAIN_TOO_LOW = -1;

export function groupDiagnostics(found: BestGrouping, seen: MeanGains, asked: GroupsAsked): Diagnostic[] {
  const about = [
    ...aboutGroups(found, seen.gains, asked),
    ...aboutOverlap(found, asked),
    ...aboutLosers(found, seen.gains, asked),
    ...aboutSteps(seen, asked),
    ...aboutUnseen(seen, asked),
  ];
  return found.isProven ? about : [...about, notProven(asked.members.length)];
}

function aboutGroups({ groups, servedBy }: Grouping, gains: Matrix, { members, way, isCounted }: GroupsAsked): Diagnostic[] {
  const [count, agents] = [groups.length, members.length];
  const mean = servedBy.reduce((sum, index, i) => sum + gainIn(groups[index], i, gains), 0) / agents;
  const what =
    way === 'cosine' ? `gradients inside them have a mean cosine of ${mean.toFixed(2)}` : `members gain ${percent(mean)} of their loss per step on average`;
  const text = `${count} ${count === 1 ? 'group' : 'groups'} of ${agents} agents: ${what}`;
  const most = Math.max(...between(gains));
  if (count === agents && !isCounted)
    return [{ code: 'GROUPS_OF_ONE', message: `nobody gains by anybody (at most ${shown(most, way)}): every agent learns alone`, value: most }];
  if (count === 1 && agents > 1 && !isCounted) return [{ code: 'ONE_GROUP', message: `all agents gain most together: ${text}`, value: mean }];
  if (most < 0) {
    const message = `no agent gains by another (at most ${shown(most, way)}), and groups were asked for: members lose by learning together; leave groups out, or learn alone`;
    return [{ code: 'GROUPS_FORCED', message, value: most }];
  }
  return [{ code: 'GROUPS', message: text, value: count }];
}

/** A group that serves nobody is worth nothing, and yet it counts in the objective of a cover: gains of others once more. */
function aboutOverlap({ groups, servedBy }: Grouping, { members }: GroupsAsked): Diagnostic[] {
  const helpers = members.filter((_, i) => groups.filter((group) => group.includes(i)).length > 1);
  if (helpers.length === 0) return [];
  const which = `${helpers.length} of ${members.length} agents`;
  const message = `${which} are in more than one group: each has the model of the one that it gains most by, and helps in the others`;
  const overlap: Diagnostic = { code: 'GROUPS_OVERLAP', message, value: helpers.length };
  const unused = groups.filter((_, index) => !servedBy.includes(index)).length;
  if (unused === 0) return [overlap];
  const needless = `${unused} of ${groups.length} groups serve nobody and are not learned: ask for fewer groups, or for a partition`;
  return [overlap, { code: 'GROUPS_UNUSED', message: needless, value: unused }];
}

/** Members whose own group is worse for them than to be alone. */
function aboutLosers({ groups, servedBy }: Grouping, gains: Matrix, { members, way }: GroupsAsked): Diagnostic[] {
  const own = members.map((_, i) => gainIn(groups[servedBy[i]], i, gains));
  const losers = members.filter((_, i) => own[i] < 0);
  if (losers.length === 0 || Math.max(...between(gains)) < 0) return [];
  const least = Math.min(...own);
  const message = `${list(losers)} ${losers.length === 1 ? 'gives its group' : 'give their groups'} more than it gives back (${shown(least, way)} at worst)`;
  return [{ code: 'MEMBERS_LOSE', message, value: least }];
}

function aboutSteps({ gains }: MeanGains, { way }: GroupsAsked): Diagnostic[] {
  const least = Math.min(0, ...between(gains));
  if (way === 'cosine' || least >= GAIN_TOO_LOW) return [];
  const message = `one step of another makes a loss up to ${(-least).toPrecision(2)} times worse: the steps of learning together are too long for these rows, and the gains tell little`;
  return [{ code: 'GAIN_STEPS_TOO_LONG', message, value: least }];
}

function aboutUnseen({ unseen }: MeanGains, { members, way }: GroupsAsked): Diagnostic[] {
  if (unseen.length === 0) return [];
  const why = way === 'cosine' ? 'a gradient was 0' : `there was nothing left to lose on the rows held out (a loss below ${LOSS_MIN})`;
  const helped = members.filter((_, j) => unseen.some(([, one]) => one === j));
  const message = `${unseen.length} gains were seen in fewer than ${SEEN_MIN} steps and count as none: ${why} for ${list(helped)}`;
  return [{ code: 'GAINS_UNSEEN', message, value: unseen.length }];
}

/** On random gains of 12 tasks, the hardest there are, the search misses 1 to 2 % of the best on average, and on tasks in clusters next to nothing. */
function notProven(agents: number): Diagnostic {
  const message = `groups of ${agents} agents are good ones, not proven the best: of more than ${LIMITS.tasksGroupedMax} they are searched for step by step`;
  return { code: 'GROUPS_NOT_PROVEN', message, value: agents };
}

/** All gains but the diagonal. */
function between({ rows, data }: Matrix): number[] {
  return Array.from(data).filter((_, at) => at % (rows + 1) !== 0);
}

const percent = (gain: number): string => `${(100 * gain).toPrecision(3)} %`;
const shown = (gain: number, way: GainName): string => (way === 'cosine' ? `a cosine of ${gain.toFixed(2)}` : `${percent(gain)} of the loss per step`);
const list = (agents: readonly number[]): string => `${agents.length === 1 ? 'agent' : 'agents'} ${agents.join(', ')}`;
