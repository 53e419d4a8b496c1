/** The tables of the report: one row per arm, and one row per agent. */
import type { ArmResult, RunResult } from '../core/run-result.ts';
import { agentName, agentsOf, armAlone, isAboutEverybody, armLabels, comparedErrorByAgent, comparesByAuc, errorName, gain, gains, isTable } from './arms.ts';
import { MISSING, formatBytes, formatCount, formatNumber, formatPercent, isNumber } from './format.ts';
import { element, type Child, type Markup } from './svg.ts';

interface Column {
  readonly heading: string;
  cell(arm: ArmResult, index: number): Child;
}

/** Predicted beside measured, and what the arm cost. Columns that no arm has a number for are left out. */
export function resultsTable(result: RunResult): Markup {
  const labels = armLabels(result.arms);
  const columns = [...crewColumns(result), ...errorColumns(result), ...costColumns()];
  const head = element(
    'tr',
    {},
    columnHead('strategy', 'text'),
    columns.map(({ heading }) => columnHead(heading)),
  );
  const rows = result.arms.map((arm, i) =>
    element(
      'tr',
      {},
      rowHead(labels[i]),
      columns.map((column) => element('td', {}, column.cell(arm, i))),
    ),
  );
  return table('Results', `Error: ${errorName(result)}; lower is better.`, head, rows);
}

/** Error and gain of every agent in every arm. A loss is red, has a minus sign and the word "worse". */
export function agentsTable(result: RunResult): Markup {
  const labels = armLabels(result.arms);
  const byAuc = comparesByAuc(result);
  const errors = result.arms.map((arm) => comparedErrorByAgent(arm, byAuc));
  const alone = result.arms.findIndex((arm) => arm === armAlone(result));
  const agents = Math.max(result.agents.names.length, ...errors.map((byAgent) => byAgent.length));
  const head = element(
    'tr',
    {},
    columnHead('agent', 'text'),
    labels.map((label) => columnHead(label)),
  );
  const rows = Array.from({ length: agents }, (_, k) =>
    element(
      'tr',
      {},
      rowHead(agentName(result, k)),
      errors.map((byAgent, i) => agentCell(byAgent[k], i === alone ? null : errors[alone]?.[k])),
    ),
  );
  const meaning = alone < 0 ? '' : ' Below each error: what the agent gained against learning alone.';
  return table('Every agent', `Error: ${errorName(result)}.${meaning}`, head, rows);
}

/** The gain in words and colour; nothing where it is not known. */
export function gainMark(value: number | null): Markup | null {
  if (!isNumber(value)) return null;
  const text = formatPercent(value);
  const word = text.startsWith('+') ? 'better' : text.startsWith('−') ? 'worse' : 'equal';
  return element('small', { class: word }, `${text} ${word}`);
}

function agentCell(error: number | null | undefined, alone: number | null | undefined): Markup {
  return element('td', {}, formatNumber(error), gainMark(gain(error, alone)));
}

function errorColumns(result: RunResult): Column[] {
  const { arms, problem } = result;
  const saved = new Map(gains(result).map(({ arm, mean }) => [arm, mean]));
  const targetSd = problem?.targetSd;
  const columns: (Column | false)[] = [
    {
      heading: result.problem?.loss === 'logistic' ? 'error rate' : (result.problem?.measure ?? 'measured error'),
      cell: (arm) => formatNumber(arm.steadyError),
    },
    isNumber(targetSd) && isTable(result) && { heading: 'error / sd of target', cell: (arm) => formatNumber(arm.steadyError / targetSd) },
    arms.some((arm) => isNumber(arm.predictedError)) && { heading: 'predicted', cell: (arm) => formatNumber(arm.predictedError) },
    arms.some((arm) => isNumber(arm.predictedError)) && { heading: 'measured against predicted', cell: deviation },
    arms.some((arm) => isNumber(arm.auc)) && { heading: 'AUC', cell: (arm) => formatNumber(arm.auc) },
    saved.size > 0 && { heading: 'gain against alone', cell: (arm) => gainMark(saved.get(arm) ?? null) ?? MISSING },
  ];
  return columns.filter((column) => column !== false);
}

/** How many agents an arm's figures are about, where that is not everybody. */
function crewColumns({ arms }: RunResult): Column[] {
  if (arms.every(isAboutEverybody)) return [];
  return [{ heading: 'agents', cell: (arm) => `${agentsOf(arm).length} of ${arm.errorByAgent.length}` }];
}

function costColumns(): Column[] {
  return [
    { heading: 'eta', cell: (arm) => formatNumber(arm.eta, 3) },
    { heading: 'rounds', cell: (arm) => formatCount(arm.rounds) },
    { heading: 'rounds per second', cell: (arm) => formatNumber(arm.roundsPerSecond, 3) },
    { heading: 'sent', cell: (arm) => formatBytes(arm.bytesSent) },
  ];
}

function deviation(arm: ArmResult): string {
  const { steadyError, predictedError } = arm;
  return isNumber(predictedError) && predictedError !== 0 ? formatPercent(100 * (steadyError / predictedError - 1)) : MISSING;
}

function columnHead(text: string, name: string | null = null): Markup {
  return element('th', { scope: 'col', class: name }, text);
}

function rowHead(text: string): Markup {
  return element('th', { scope: 'row' }, text);
}

/** In a region of its own that scrolls by keyboard where the page is narrow. */
function table(name: string, caption: string, head: Child, rows: Child): Markup {
  const content = element('table', {}, element('caption', {}, caption), element('thead', {}, head), element('tbody', {}, rows));
  return element('div', { class: 'scroll', role: 'region', 'aria-label': name, tabindex: 0 }, content);
}
