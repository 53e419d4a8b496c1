/** A comparison for people: a table of arms, one of experiments, and what they do not say. */
import type { AgentsCompared, ComparisonRow } from '../core/comparison.ts';
import type { Comparison } from './compare.ts';
import { formatNumber, formatTable } from './table.ts';
import type { Column } from './table.ts';

const left = (title: string): Column => ({ title });
const right = (title: string): Column => ({ title, align: 'right' });
const PAIRS_SHOWN_MAX = 12;
/** Below it a p value says only that it is small. */
const P_MIN = 1e-6;

export function comparisonText(comparison: Comparison): string {
  const arms = comparison.rows.filter(({ kind }) => kind === 'arms');
  const experiments = comparison.rows.filter(({ kind }) => kind === 'experiments');
  const many = comparison.experiments.length > 1;
  const parts = [
    headline(comparison),
    arms.length === 0 ? undefined : `${armsTitle(arms)}\n${rowTable(arms, many ? [left('experiment')] : [], many)}`,
    experiments.length === 0 ? undefined : `experiments, against ${experiments[0].against}\n${rowTable(experiments, [left('experiment')], true)}`,
    footnotes(comparison),
  ];
  return parts.filter((part) => part !== undefined).join('\n\n');
}

function headline({ experiments, errorName }: Comparison): string {
  const lines = experiments.map(({ experiment, pairs }) => {
    const shown = pairs.length > PAIRS_SHOWN_MAX ? [...pairs.slice(0, PAIRS_SHOWN_MAX), '...'] : pairs;
    return `${experiment}: ${pairs.length === 1 ? '1 run' : `${pairs.length} runs`} (${shown.join(', ')})`;
  });
  return [...lines, `error: ${errorName}; smaller is better`].join('\n');
}

function armsTitle(rows: readonly ComparisonRow[]): string {
  const against = new Set(rows.map((row) => row.against));
  return `arms, against ${[...against].join(' or ')}`;
}

function rowTable(rows: readonly ComparisonRow[], before: readonly Column[], named: boolean): string {
  const figures = ['pairs', 'error', 'difference', '95 % interval', 'relative', 'p (Holm)'].map(right);
  const columns = [...before, left('arm'), ...figures, left(''), left('gained/harmed'), left('served worst')];
  return formatTable(
    columns,
    rows.map((row) => [...(named ? [row.experiment] : []), ...cells(row)]),
  );
}

function cells(row: ComparisonRow): string[] {
  return [
    row.arm,
    String(row.pairs),
    formatNumber(row.mean),
    signed(row.difference),
    row.interval === null ? '-' : row.interval.map(signed).join(' .. '),
    percent(row.relative),
    pText(row.pAdjusted),
    row.verdict,
    agentsText(row.agents),
    worstText(row.agents),
  ];
}

function signed(value: number): string {
  return value > 0 ? `+${formatNumber(value)}` : formatNumber(value);
}

function percent(fraction: number | null): string {
  return fraction === null ? '-' : `${fraction > 0 ? '+' : ''}${(100 * fraction).toFixed(1)} %`;
}

export function pText(p: number | null): string {
  if (p === null) return '-';
  return p < P_MIN ? `< ${P_MIN}` : p < 1e-3 ? p.toExponential(1) : p.toFixed(3);
}

/** `9/1 (7/0 sure)`: agents. */
function agentsText(agents: AgentsCompared | null): string {
  if (agents === null) return '-';
  const { gained, harmed, surelyGained, surelyHarmed } = agents;
  return `${gained.length}/${harmed.length} (${surelyGained.length}/${surelyHarmed.length} sure)`;
}

function worstText(agents: AgentsCompared | null): string {
  const worst = agents?.worst ?? null;
  return worst === null ? '-' : `${worst.name} ${worst.relative === null ? signed(worst.difference) : percent(worst.relative)}`;
}

function footnotes({ comparisons, notes }: Comparison): string | undefined {
  const many =
    comparisons === 0
      ? []
      : [`p is adjusted for ${comparisons} comparisons (Holm), agents (gained/harmed) within their row; every interval is 95 % for itself`];
  const lines = [...many, ...notes.map((note) => `note: ${note}`)];
  return lines.length === 0 ? undefined : lines.join('\n');
}
