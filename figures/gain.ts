/**
 * What cooperating brings: per arm the error saved against learning alone, 100 (1 - error / error alone) per
 * cent, as a bar for the network and a dot for each agent. Right of zero is better.
 */
import type { RunResult } from '../core/run-result.ts';
import { armAlone, errorName, gains, type Gain } from './arms.ts';
import { bottomAxis, linearAxis, rule, type Axis, type Box } from './axes.ts';
import { formatPercent, isNumber } from './format.ts';
import { SCREEN, SMALL, emptySheet, figureSheet, haloed, label, marginOf, type Medium } from './frame.ts';
import { legendOf, type Legend, type LegendEntry } from './legend.ts';
import { GRID, INK, MUTED, NEGATIVE, PAPER, armStyles, fill, type Style } from './palette.ts';
import { runLine } from './run-line.ts';
import { estimate, meanOf } from './seeds.ts';
import { BOLD, element, fitText, polyline, textWidth, type Child } from './svg.ts';
import { swarmOffsets } from './swarm.ts';

const ID = 'kindred-gain';
const TITLE = 'What cooperation brings over learning alone';
const TOP = 104;
/** Free at both ends of the axis, for arrows. */
const EDGE = 12;
/** From the middle of a row to the outermost dot. */
const REACH = 27;

/** Over all runs: of each run its gain, of those the mean. */
interface MeanGain extends Gain {
  /** Half of the mean's 95 % interval; null for one run. */
  readonly half: number | null;
}

interface Row {
  readonly gain: MeanGain;
  readonly style: Style;
  /** Middle of the row. */
  readonly y: number;
}

/** Of runs that differ in their seed only. */
export function gainFigure(runs: readonly RunResult[], medium: Medium = SCREEN): string {
  const [result] = runs;
  const all = meanGains(runs);
  if (armAlone(result) === null) return emptySheet(ID, TITLE, 'No arm of this run learns alone, so there is nothing to compare with.', medium);
  if (all.length === 0) return emptySheet(ID, TITLE, 'This run has no arm in which agents cooperate.', medium);
  const rowHeight = medium.isNarrow ? 88 : 66;
  const sides = medium.isNarrow ? { left: 12, right: medium.width - 12 } : { left: 196, right: medium.width - 180 };
  const box: Box = { ...sides, top: TOP, bottom: TOP + all.length * rowHeight };
  const axis = linearAxis(...domain(all), box.left + EDGE, box.right - EDGE, 6);
  const styles = armStyles(result.arms);
  const rows = all.map((gain, i) => ({ gain, style: styles[result.arms.indexOf(gain.arm)], y: box.top + (i + 1) * rowHeight - 33 }));
  const title = axisTitle(result, medium);
  const key = keyOf(rows, axis, box, runs.length, box.bottom + 70, medium);
  return figureSheet(
    { id: ID, medium, height: box.bottom + 68 + key.height, title: TITLE, subtitle: runLine(runs), description: description(all, result) },
    axis.ticks.map((tick) => rule(axis.position(tick), box.top, axis.position(tick), box.bottom, GRID)),
    rows.map((row) => drawRow(row, axis, box, medium)),
    zeroLine(axis, box, medium.isNarrow ? rows : []),
    medium.isNarrow ? rows.map((row) => wordsAbove(row, medium)) : null,
    bottomAxis(axis, box, title, savedText),
    key.content,
  );
}

function axisTitle(result: RunResult, { isNarrow }: Medium): string {
  return isNarrow ? 'error saved, in % of learning alone' : `error saved, in % of learning alone (${errorName(result)})`;
}

function meanGains(runs: readonly RunResult[]): MeanGain[] {
  const all = runs.map(gains);
  return all[0].map((first, i) => {
    const each = all.map((one) => one[i]);
    const over = estimate(each.map(({ mean }) => mean));
    return {
      ...first,
      mean: over?.mean ?? null,
      half: over?.half ?? null,
      byAgent: first.byAgent.map((_, k) => meanOf(each.map(({ byAgent }) => byAgent[k]))),
    };
  });
}

function savedText(saved: number): string {
  return formatPercent(saved, Number.isInteger(saved) ? 0 : 1);
}

/**
 * From worse to better, zero inside and room for a word on both sides. Outlying agents and disasters do not
 * squeeze the rest: they stand at the edge as arrows.
 */
function domain(all: readonly MeanGain[]): [number, number] {
  const agents = all.flatMap(({ byAgent }) => byAgent.filter(isNumber)).sort((a, b) => a - b);
  const means = all.flatMap(({ mean, half }) => (isNumber(mean) ? [mean - (half ?? 0), mean + (half ?? 0)] : []));
  const shown = [...withoutOutliers(agents), ...means];
  const high = shown.reduce((a, b) => Math.max(a, b), 1);
  const low = Math.max(
    shown.reduce((a, b) => Math.min(a, b), -1),
    -Math.max(100, 3 * high),
  );
  return [Math.min(low, -0.3 * high), Math.max(high, -0.3 * low)];
}

/** Within three interquartile ranges of the quartiles. */
function withoutOutliers(sorted: readonly number[]): number[] {
  const quartile = (share: number): number => sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
  const [q1, q3] = [quartile(0.25), quartile(0.75)];
  const reach = 3 * Math.max(q3 - q1, 1);
  return sorted.filter((x) => x >= q1 - reach && x <= q3 + reach);
}

function drawRow(row: Row, axis: Axis, box: Box, medium: Medium): Child {
  const { gain } = row;
  return element(
    'g',
    { 'data-part': 'arm' },
    isNumber(gain.mean) ? bar(row, gain.mean, axis, box) : null,
    agentDots(row, axis, box),
    isNumber(gain.mean) ? whisker(row, gain.mean, axis, box) : null,
    medium.isNarrow ? null : wordsBeside(row, box),
  );
}

function wordsBeside({ gain, y }: Row, box: Box): Child {
  return [
    label(24, y + 4.5, fitText(gain.label, BOLD * 13, box.left - 34), INK, { 'font-weight': '600' }),
    label(box.right + 16, y, verdict(gain), INK, { 'font-weight': '600' }),
    label(box.right + 16, y + 17, agentsBetter(gain), MUTED, { 'font-size': String(SMALL) }),
  ];
}

function wordsAbove({ gain, y }: Row, medium: Medium): Child {
  const [left, right] = [marginOf(medium), medium.width - marginOf(medium)];
  const words = `${verdict(gain)} · ${agentsBetter(gain).replace(' better', '')}`;
  const room = right - left - textWidth(words, SMALL) - 10;
  return [
    haloed(left, y - REACH - 9, fitText(gain.label, BOLD * 13, room), INK, { 'font-weight': '600' }),
    haloed(right, y - REACH - 9, words, MUTED, { 'font-size': String(SMALL), 'text-anchor': 'end' }),
  ];
}

function bar({ style, y }: Row, mean: number, axis: Axis, box: Box): Child {
  const zero = axis.position(0);
  const end = inside(axis.position(mean), box);
  const shape = { x: Math.min(zero, end), y: y - 13, width: Math.abs(end - zero), height: 26 };
  const arrow = isBeyond(axis.position(mean), box) ? edgeArrow(end, y, 8, mean < 0, style) : null;
  return [element('rect', { 'data-part': 'mean', ...shape, ...fill(style), 'fill-opacity': '0.6' }), rule(end, y - 16, end, y + 16, style, 2.5), arrow];
}

/** The mean's 95 % interval over seeds. */
function whisker({ gain, y }: Row, mean: number, axis: Axis, box: Box): Child {
  if (!isNumber(gain.half)) return null;
  const [from, to] = [mean - gain.half, mean + gain.half].map((value) => inside(axis.position(value), box));
  return element(
    'g',
    { 'data-part': 'interval' },
    rule(from, y, to, y, INK, 2),
    [from, to].map((x) => rule(x, y - 8, x, y + 8, INK, 2)),
  );
}

function agentDots({ gain, y }: Row, axis: Axis, box: Box): Child {
  const positions = gain.byAgent.filter(isNumber).map((value) => axis.position(value));
  const radius = positions.length > 200 ? 1.6 : positions.length > 60 ? 2.4 : 3.4;
  const places = positions.map((x) => inside(x, box));
  const offsets = swarmOffsets(places, radius, REACH);
  return positions.map((x, k) => {
    if (isBeyond(x, box)) return edgeArrow(places[k], y + offsets[k], radius, x < box.left + EDGE, INK);
    return element('circle', { cx: x, cy: y + offsets[k], r: radius, ...fill(INK), 'fill-opacity': '0.72', ...halo() });
  });
}

function halo(): Record<string, string | number> {
  return { class: `k-fill-${INK.name} k-line-${PAPER.name}`, stroke: PAPER.light, 'stroke-width': 1 };
}

/** A hundredth of a pixel forgives rounding. */
function isBeyond(x: number, box: Box): boolean {
  return Math.abs(inside(x, box) - x) > 0.01;
}

function inside(x: number, box: Box): number {
  return Math.min(Math.max(x, box.left + EDGE), box.right - EDGE);
}

/** Points out of the plot, for values beyond it. */
function edgeArrow(x: number, y: number, size: number, isLeft: boolean, style: Style): Child {
  const tip = isLeft ? -1.4 * size : 1.4 * size;
  return element('path', {
    'data-part': 'beyond',
    d: `${polyline([
      [x, y - size],
      [x + tip, y],
      [x, y + size],
    ])}Z`,
    ...fill(style),
  });
}

/** Not through words above the bars. */
function zeroLine(axis: Axis, box: Box, rows: readonly Row[]): Child {
  const x = axis.position(0);
  const ends = [box.top - 22, ...rows.flatMap(({ y }) => [y - REACH - 22, y - REACH - 3]), box.bottom];
  return [
    ends.flatMap((end, i) => (i % 2 === 0 ? [rule(x, end, x, ends[i + 1], INK, 1.6)] : [])),
    label(x - 9, box.top - 11, '← worse', NEGATIVE, { 'text-anchor': 'end', 'font-weight': '600' }),
    label(x + 9, box.top - 11, 'better →', INK, { 'font-weight': '600' }),
  ];
}

function keyOf(rows: readonly Row[], axis: Axis, box: Box, runs: number, y: number, medium: Medium): Legend {
  const values = rows.flatMap(({ gain }) => [gain.mean, ...gain.byAgent]).filter(isNumber);
  const bars = (x: number, at: number): Child => element('rect', { x, y: at - 6.5, width: 26, height: 13, ...fill(MUTED), 'fill-opacity': '0.6' });
  const dot = (x: number, at: number): Child => element('circle', { cx: x + 4, cy: at, r: 3.4, ...fill(INK), 'fill-opacity': '0.72' });
  const interval = (x: number, at: number): Child => [rule(x, at, x + 26, at, INK, 2), [x, x + 26].map((end) => rule(end, at - 6, end, at + 6, INK, 2))];
  const entries: LegendEntry[] = [
    { text: 'all agents', width: 26, draw: bars },
    { text: runs > 1 ? 'one agent, mean over seeds' : 'one agent', width: 8, draw: dot },
  ];
  if (runs > 1) entries.push({ text: `95 % interval (t) over n = ${runs} seeds`, width: 26, draw: interval });
  if (values.some((value) => isBeyond(axis.position(value), box)))
    entries.push({ text: 'beyond the axis', width: 8, draw: (x, at) => edgeArrow(x, at, 3.4, false, INK) });
  return legendOf(entries, y, medium);
}

function verdict({ mean, half }: MeanGain): string {
  if (!isNumber(mean)) return 'not known';
  const word = mean > 0.05 ? 'better' : mean < -0.05 ? 'worse' : 'equal';
  const size = formatPercent(Math.abs(mean)).replace('+', '');
  return `${isNumber(half) ? size.replace(' %', ` ± ${formatPercent(half).replace('+', '')}`) : size} ${word}`;
}

function agentsBetter({ byAgent }: Gain): string {
  const known = byAgent.filter(isNumber);
  return known.length === 0 ? '' : `${known.filter((x) => x > 0).length} of ${known.length} agents better`;
}

function description(all: readonly MeanGain[], result: RunResult): string {
  const parts = all.map((gain) => `${gain.label}: ${verdict(gain)}, ${agentsBetter(gain)}`);
  return `Bar chart of the ${errorName(result)} saved against learning alone, in per cent. ${parts.join('; ')}.`;
}
