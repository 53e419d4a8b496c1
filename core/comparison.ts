/**
 * Runs compared, paired by seed: arms with another arm of the same runs, experiments with the first of them. A difference is
 * error minus error against, so below zero is better. Its interval is Student's over the pairs, for itself; whether it
 * counts is said by p adjusted for all rows together (Holm), and of agents for all agents of a row.
 */
import { holmAdjusted, mean, pairedMean } from './statistics.ts';
import type { PairedMean } from './statistics.ts';

/** What comparing needs of a run. */
export interface MeasuredRun {
  /** Runs of one experiment share it: they differ in what is drawn, and in nothing else. */
  readonly experiment: string;
  /** What was drawn, in words: seed 3, or seed 1 split 3. */
  readonly pair: string;
  readonly agentNames: readonly string[];
  readonly arms: readonly MeasuredArm[];
}

export interface MeasuredArm {
  readonly label: string;
  readonly error: number | null;
  /** Null for one that took no part, or has nothing to be measured on. */
  readonly errorByAgent: readonly (number | null)[];
}

export type Verdict = 'better' | 'worse' | 'not told apart' | 'no interval';

export interface ComparisonRow {
  readonly kind: 'arms' | 'experiments';
  readonly experiment: string;
  readonly arm: string;
  /** Of the kind arms another arm, of the kind experiments another experiment. */
  readonly against: string;
  readonly pairs: number;
  readonly mean: number;
  readonly meanAgainst: number;
  readonly difference: number;
  readonly standardError: number | null;
  /** Null of one pair, and of pairs that do not differ. */
  readonly interval: readonly [low: number, high: number] | null;
  /** difference / meanAgainst; null against zero. */
  readonly relative: number | null;
  readonly p: number | null;
  /** Adjusted for all rows. */
  readonly pAdjusted: number | null;
  readonly verdict: Verdict;
  /** Null where the two are not about the same agents. */
  readonly agents: AgentsCompared | null;
}

export interface AgentsCompared {
  /** By the sign of the mean difference over the pairs; agents by index. */
  readonly gained: readonly number[];
  readonly harmed: readonly number[];
  /** Those of which it is certain. */
  readonly surelyGained: readonly number[];
  readonly surelyHarmed: readonly number[];
  /** Whom it served worst: the largest relative difference. */
  readonly worst: AgentDifference | null;
}

export interface AgentDifference {
  readonly agent: number;
  readonly name: string;
  readonly difference: number;
  readonly relative: number | null;
  readonly interval: readonly [low: number, high: number] | null;
}

interface Pair {
  readonly one: MeasuredArm;
  readonly other: MeasuredArm;
  readonly names: readonly string[];
}

type Draft = Omit<ComparisonRow, 'pAdjusted' | 'verdict'>;

const LEVEL = 0.05;

/** Every arm with the arm `against` of its own run, experiment by experiment, and then every experiment with the first one, arm by arm. */
export function comparedRuns(runs: readonly MeasuredRun[], against: (experiment: string) => string): ComparisonRow[] {
  const experiments = grouped(runs);
  const drafts = [...experiments].flatMap(([experiment, own]) => armRows(experiment, own, against(experiment)));
  const [first, ...others] = [...experiments];
  const between = others.flatMap(([experiment, own]) => experimentRows([experiment, own], first));
  return judged([...drafts, ...between]);
}

function grouped(runs: readonly MeasuredRun[]): Map<string, MeasuredRun[]> {
  const groups = new Map<string, MeasuredRun[]>();
  for (const run of runs) groups.set(run.experiment, [...(groups.get(run.experiment) ?? []), run]);
  return groups;
}

function armRows(experiment: string, runs: readonly MeasuredRun[], against: string): Draft[] {
  const others = labelsOf(runs).filter((label) => label !== against);
  return others.flatMap((arm) => {
    const pairs = runs.flatMap((run) => paired(armOf(run, arm), armOf(run, against), run.agentNames));
    return rowOf({ kind: 'arms', experiment, arm, against }, pairs);
  });
}

function experimentRows([experiment, runs]: readonly [string, readonly MeasuredRun[]], [against, base]: readonly [string, readonly MeasuredRun[]]): Draft[] {
  return labelsOf(runs).flatMap((arm) => {
    const pairs = runs.flatMap((run) => {
      const other = base.find(({ pair }) => pair === run.pair);
      return other === undefined ? [] : paired(armOf(run, arm), armOf(other, arm), sameNames(run, other));
    });
    return rowOf({ kind: 'experiments', experiment, arm, against }, pairs);
  });
}

function labelsOf(runs: readonly MeasuredRun[]): string[] {
  return [...new Set(runs.flatMap(({ arms }) => arms.map(({ label }) => label)))];
}

function armOf({ arms }: MeasuredRun, label: string): MeasuredArm | undefined {
  return arms.find((arm) => arm.label === label);
}

/** None where the agents of the two are not the same ones. */
function sameNames(a: MeasuredRun, b: MeasuredRun): readonly string[] {
  return a.agentNames.join('\n') === b.agentNames.join('\n') ? a.agentNames : [];
}

function paired(one: MeasuredArm | undefined, other: MeasuredArm | undefined, names: readonly string[]): Pair[] {
  if (one === undefined || other === undefined || one.error === null || other.error === null) return [];
  return isAboutSame(one, other) ? [{ one, other, names }] : [];
}

/** Errors of two networks compare only where as many agents, and the same ones, took part in both. */
function isAboutSame({ errorByAgent: a }: MeasuredArm, { errorByAgent: b }: MeasuredArm): boolean {
  return a.length !== b.length || a.every((error, agent) => (error === null) === (b[agent] === null));
}

function rowOf(which: Pick<Draft, 'kind' | 'experiment' | 'arm' | 'against'>, pairs: readonly Pair[]): Draft[] {
  if (pairs.length === 0) return [];
  const { mean: difference, ...sure } = pairedMean(pairs.map(({ one, other }) => one.error! - other.error!));
  const meanAgainst = mean(pairs.map(({ other }) => other.error!));
  const relative = relativeOf(difference, meanAgainst);
  return [{ ...which, mean: mean(pairs.map(({ one }) => one.error!)), meanAgainst, difference, relative, ...sure, agents: agentsOf(pairs) }];
}

function relativeOf(difference: number, against: number): number | null {
  return against > 0 ? difference / against : null;
}

function agentsOf(pairs: readonly Pair[]): AgentsCompared | null {
  const { names } = pairs[0];
  if (names.length === 0 || pairs.some((pair) => pair.names.join('\n') !== names.join('\n'))) return null;
  const known = names.flatMap((name, agent) => agentDifference(name, agent, pairs));
  const adjusted = holmAdjusted(known.map(({ p }) => p));
  const which = (keep: (mean: number) => boolean): number[] => known.filter((one) => keep(one.mean)).map(({ agent }) => agent);
  const sure = (agents: readonly number[]): number[] => agents.filter((agent) => isSure(adjusted[known.findIndex((one) => one.agent === agent)]));
  const gained = which((value) => value < 0);
  const harmed = which((value) => value > 0);
  const worst = known.reduce<(typeof known)[number] | null>((most, one) => (most === null || badness(one) > badness(most) ? one : most), null);
  return { gained, harmed, surelyGained: sure(gained), surelyHarmed: sure(harmed), worst: worst === null ? null : told(worst) };
}

type AgentMean = PairedMean & { readonly agent: number; readonly name: string; readonly relative: number | null };

function agentDifference(name: string, agent: number, pairs: readonly Pair[]): AgentMean[] {
  const errors = pairs.flatMap(({ one, other }) => {
    const [after, before] = [one.errorByAgent[agent] ?? null, other.errorByAgent[agent] ?? null];
    return after === null || before === null ? [] : [{ after, before }];
  });
  if (errors.length === 0) return [];
  const found = pairedMean(errors.map(({ after, before }) => after - before));
  return [{ agent, name, ...found, relative: relativeOf(found.mean, mean(errors.map(({ before }) => before))) }];
}

function badness({ mean: difference, relative }: AgentMean): number {
  return relative ?? difference;
}

function told({ agent, name, mean: difference, relative, interval }: AgentMean): AgentDifference {
  return { agent, name, difference, relative, interval };
}

function isSure(p: number | null): boolean {
  return p !== null && p < LEVEL;
}

function judged(drafts: readonly Draft[]): ComparisonRow[] {
  const adjusted = holmAdjusted(drafts.map(({ p }) => p));
  return drafts.map((draft, i) => ({ ...draft, pAdjusted: adjusted[i], verdict: verdictOf(draft, adjusted[i]) }));
}

function verdictOf({ difference, p }: Draft, adjusted: number | null): Verdict {
  if (p === null) return 'no interval';
  if (!isSure(adjusted)) return 'not told apart';
  return difference < 0 ? 'better' : 'worse';
}
