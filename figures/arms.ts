/** What figures and report say about an arm: its name, and its gain against learning alone. */
import type { ArmResult, RunResult } from '../core/run-result.ts';
import { isNumber } from './format.ts';

export interface Gain {
  readonly arm: ArmResult;
  readonly label: string;
  /** 100 (1 - error / error alone): the error saved, in per cent of learning alone. Positive is better; null where it is not known. */
  readonly mean: number | null;
  readonly byAgent: readonly (number | null)[];
}

type NamedArm = Pick<ArmResult, 'strategy' | 'relationship' | 'options'>;

export const ALONE = 'non-cooperative';

/** The strategy; its relationship where that is not the learned one or where another arm shares the strategy. */
export function armLabels(arms: readonly NamedArm[]): string[] {
  const labels = arms.map((arm) => armLabel(arm, arms));
  return labels.map((label, i) => (labels.filter((other) => other === label).length > 1 ? `${label} #${i + 1}` : label));
}

export function armAlone(result: RunResult): ArmResult | null {
  return result.arms.find((arm) => arm.strategy === ALONE) ?? null;
}

/** Logistic tables are compared by the area under the curve: their error is 1 - AUC. */
export function comparesByAuc({ arms }: { readonly arms: readonly Pick<ArmResult, 'auc'>[] }): boolean {
  return arms.length > 0 && arms.every(({ auc }) => isNumber(auc));
}

/** Kinds of problems. */
const JUDGED_ON_ROWS: readonly string[] = ['csv-table', 'mlp'];
const SQUARED_DEVIATION = 'mean squared deviation per coordinate';

export function errorName(result: RunResult): string {
  if (comparesByAuc(result)) return '1 − AUC on held-out rows';
  if (result.problem?.loss === 'logistic') return 'error rate on held-out rows';
  if (isOwnStream(result)) return result.problem?.measure ?? SQUARED_DEVIATION;
  if (result.problem?.module !== undefined) return `${result.problem.measure ?? 'loss'} on held-out rows`;
  return isTable(result) ? 'root mean squared error on held-out rows' : SQUARED_DEVIATION;
}

/** Mini-batches that a module of one's own brings. */
export function isOwnStream(result: RunResult): boolean {
  return result.problem?.kind === 'own-stream';
}

/** Judged on rows that were held out: a table's, or those of a network's family. */
export function isTable(result: RunResult): boolean {
  return JUDGED_ON_ROWS.includes(result.problem?.kind ?? '');
}

/** The number that arms are compared by, for the network and per agent. */
export function comparedError(arm: ArmResult, byAuc: boolean): number | null {
  const value = byAuc ? complement(arm.auc) : arm.steadyError;
  return isNumber(value) ? value : null;
}

export function comparedErrorByAgent(arm: Pick<ArmResult, 'errorByAgent' | 'aucByAgent'>, byAuc: boolean): readonly (number | null)[] {
  const values = byAuc ? (arm.aucByAgent ?? []).map(complement) : arm.errorByAgent;
  return values.map((value) => (isNumber(value) ? value : null));
}

/** One entry per arm but the one that learns alone; empty where no arm does. */
export function gains(result: RunResult): Gain[] {
  const alone = armAlone(result);
  if (alone === null) return [];
  const byAuc = comparesByAuc(result);
  const labels = armLabels(result.arms);
  const aloneByAgent = comparedErrorByAgent(alone, byAuc);
  return result.arms.flatMap((arm, i) => {
    if (arm === alone) return [];
    const byAgent = comparedErrorByAgent(arm, byAuc).map((error, k) => gain(error, aloneByAgent[k]));
    const mean = isAboutSameAgents(arm, alone) ? gain(comparedError(arm, byAuc), comparedError(alone, byAuc)) : null;
    return [{ arm, label: labels[i], mean, byAgent }];
  });
}

/** Agents come and go: the errors of two networks compare only where the same agents took part in both. */
export function isAboutSameAgents(a: ArmResult, b: ArmResult): boolean {
  return agentsOf(a).join(' ') === agentsOf(b).join(' ');
}

export function isAboutEverybody(arm: ArmResult): boolean {
  return agentsOf(arm).length === arm.errorByAgent.length;
}

/** Whose errors an arm's figures are about. */
export function agentsOf({ errorByAgent }: ArmResult): number[] {
  return errorByAgent.flatMap((error, agent) => (error === null ? [] : [agent]));
}

/** Null where either is missing or no error, or where learning alone makes none that could be saved. */
export function gain(error: number | null | undefined, alone: number | null | undefined): number | null {
  if (!isNumber(error) || !isNumber(alone) || error < 0 || alone <= 0) return null;
  const saved = 100 * (1 - error / alone);
  return Number.isFinite(saved) ? saved : null;
}

export function agentName(result: RunResult, agent: number): string {
  return result.agents.names[agent] ?? String(agent);
}

/** Its name, and what stands beside it: `./mine.ts power=0.5`. */
export function strategyText({ strategy, options = {} }: Pick<ArmResult, 'strategy' | 'options'>): string {
  return withOptions(strategy, options);
}

export function withOptions(name: string, options: NonNullable<ArmResult['options']>): string {
  return [name, ...Object.entries(options).map(([key, value]) => `${key}=${value}`)].join(' ');
}

function armLabel(arm: NamedArm, arms: readonly NamedArm[]): string {
  const text = strategyText(arm);
  if (arm.relationship === 'none' || arm.relationship === 'network') return text;
  const isShared = arms.some((other) => strategyText(other) === text && other.relationship !== arm.relationship);
  return isShared || arm.relationship !== 'learned' ? `${text}, ${arm.relationship}` : text;
}

function complement(auc: number | null | undefined): number | null {
  return isNumber(auc) ? 1 - auc : null;
}
