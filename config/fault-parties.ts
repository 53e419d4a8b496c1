/** Agents, links and groups as an entry of `faults` names them, held against the agents that there are. */
import type { LinkSet, Party } from '../core/fault/plan.ts';
import { shown, type Path } from './complaints.ts';
import type { Experiment } from './experiment.ts';
import type { FaultEntry } from './fault-schema.ts';

/** What a plan is read against. */
export type Scene = Pick<Experiment, 'agents' | 'cooperate'> & { readonly rounds: Experiment['network']['rounds']['kind'] };

/** One entry while it is read. */
export interface Reading {
  readonly entry: FaultEntry;
  readonly scene: Scene;
  /** `at`: keys below the entry. */
  readonly complain: (message: string, ...at: Path) => void;
}

export function knownAgent({ scene, complain }: Reading, agent: number, ...at: Path): number {
  if (agent >= scene.agents) complain(`there is no agent ${agent} (there are 0 to ${scene.agents - 1})`, ...at);
  return agent;
}

/** Directed. */
export function readLinks(reading: Reading, link: string): LinkSet {
  if (link === 'all') return 'all';
  const [from, to] = link.split(/<?->/).map((end) => readParty(reading, end.trim(), 'link'));
  if (from === to) reading.complain(`a link has two different ends (got ${shown(link)})`, 'link');
  const there = [from, to] as const;
  return link.includes('<') ? [there, [to, from]] : [there];
}

function readParty(reading: Reading, text: string, ...at: Path): Party {
  return text === 'coordinator' ? text : knownAgent(reading, Number(text), ...at);
}

export function readGroups(reading: Reading, groups: NonNullable<FaultEntry['partition']>): Party[][] {
  const parties = groups.map((members, g) => members.flatMap((member, m) => readMember(reading, member, 'partition', g, m)));
  const everybody = parties.flat();
  const twice = everybody.find((party, i) => everybody.indexOf(party) < i);
  if (twice !== undefined) reading.complain(`${twice === 'coordinator' ? 'the coordinator' : `agent ${twice}`} stands in it twice`, 'partition');
  return parties;
}

/** An agent, the coordinator, or a range with both ends. */
function readMember(reading: Reading, member: number | string, ...at: Path): Party[] {
  if (typeof member === 'number') return [knownAgent(reading, member, ...at)];
  const [first, last] = member.split('-').map((end) => end.trim());
  if (last === undefined) return [readParty(reading, first, ...at)];
  if (Number(first) > Number(last)) reading.complain(`a range goes up (got ${shown(member)})`, ...at);
  // Before the range is filled: its end may be any number.
  else if (knownAgent(reading, Number(last), ...at) < reading.scene.agents) return range(Number(first), Number(last));
  return [];
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}
