/** `data inspect --all` for people: figures in one table of eighty columns, then what each model is and what it learned. */
import type { AgentsCompared } from '../core/comparison.ts';
import type { Figure } from '../study/learned-figures.ts';
import { pText } from './comparison-text.ts';
import { factLines, IN_WORDS, splitLines } from './inspected-text.ts';
import type { InspectedAll, InspectedModel } from './inspect-all.ts';
import { formatBytes, formatNumber, formatTable } from './table.ts';

/** Below it a time says nothing. */
const SECONDS_MIN = 0.1;

export function inspectedAllText(found: InspectedAll): string {
  const { models, refused, advice, error } = found;
  return [
    ...factLines(found),
    '',
    formatTable(
      ['model', 'error', 'against alone', 'p', 'gained/harmed', 'bytes', 'time'].map((title, i) => (i === 0 ? { title } : { title, align: 'right' })),
      models.map(cells),
    ),
    `error: ${error}`,
    ...splitLines(found),
    `p: for ${models.length - 1} comparisons (Holm); gained/harmed: agents, in brackets sure ones`,
    'bytes: all that crosses the wire in one run, both ways, by agent',
    'time: of one run in one process',
    'splits of one table share rows: all of it is about this table, and no other',
    '',
    formatTable([{ title: 'model' }, { title: 'what it is, and what it learned' }], models.flatMap(words)),
    ...refused.map(({ model, reason }) => `${model} is left out: ${reason}`),
    '',
    advice,
    '',
  ].join('\n');
}

function cells({ model, mean, against, bytesPerAgent, seconds }: InspectedModel): string[] {
  return [
    model,
    formatNumber(mean),
    against === null ? '' : `${percent(against.difference)} ${against.standardError === null ? '' : `+- ${(100 * against.standardError).toFixed(1)} `}%`,
    against === null ? '' : pText(against.pAdjusted),
    against === null ? '' : agentsText(against.agents),
    bytesPerAgent === null ? '-' : formatBytes(bytesPerAgent),
    seconds < SECONDS_MIN ? `< ${SECONDS_MIN} s` : `${formatNumber(seconds, 2)} s`,
  ];
}

function words({ model, learned }: InspectedModel): string[][] {
  const figures = learned.length === 0 ? [] : [['', learned.map(figureText).join(', ')]];
  return [[model, IN_WORDS[model]], ...figures];
}

/** `3 to 4 of 6 directions`, `eta 0.019`. */
function figureText({ name, values, of }: Figure): string {
  const ends = [...new Set([Math.min(...values), Math.max(...values)].map((value) => (Number.isInteger(value) ? String(value) : formatNumber(value, 2))))];
  const range = ends.join(' to ');
  return of === undefined ? `${name} ${range}` : `${range} of ${of} ${name}`;
}

function percent(share: number): string {
  return `${share >= 0 ? '+' : ''}${(100 * share).toFixed(1)}`;
}

function agentsText(agents: AgentsCompared | null): string {
  if (agents === null) return '-';
  const { gained, harmed, surelyGained, surelyHarmed } = agents;
  return `${gained.length}/${harmed.length} (${surelyGained.length}/${surelyHarmed.length})`;
}
