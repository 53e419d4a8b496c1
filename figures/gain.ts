/**
 * What cooperating brings: per arm the error saved against learning alone, 100 (1 - error / error alone) per
 * cent, as a bar for the network and a dot for each agent. Right of zero is better.
 */
import type { RunResult } from '../core/run-result.ts';
import { armAlone, errorName, gains, type Gain } from './arms.ts';
import { bottomAxis, linearAxis, rule, type Axis, type Box } from './axes.ts';
import { formatPercent, isNumber } from './format.ts';
import { FIGURE_WIDTH, emptySheet, figureSheet, label } from './frame.ts';
import { GRID, INK, MUTED, NEGATIVE, PAPER, armStyles, fill, type Style } from './palette.ts';
import { runLine } from './run-line.ts';
import { element, fitText, polyline, type Child } from './svg.ts';
import { swarmOffsets } from './swarm.ts';

const ID = 'kindred-gain';
const TITLE = 'What cooperation brings, compared with learning alone';
const ROW_HEIGHT = 66;
const TOP = 104;
/** Free at both ends of the axis, for arrows. */
const EDGE = 12;

interface Row {
  readonly gain: Gain;
  readonly style: Style;
  /** Middle of the row. */
  readonly y: number;
}

export function gainFigure(result: RunResult): string {
  const all = gains(result);
  if (armAlone(result) === null) return emptySheet(ID, TITLE, 'No arm of this run learns alone, so there is nothing to compare with.');
  if (all.length === 0) return emptySheet(ID, TITLE, 'This run has no arm in which agents cooperate.');
  const box: Box = { left: 196, right: FIGURE_WIDTH - 168, top: TOP, bottom: TOP + all.length * ROW_HEIGHT };
  const axis = linearAxis(...domain(all), box.left + EDGE, box.right - EDGE);
  const rows = rowsOf(result, all);
  return figureSheet(
    { id: ID, height: box.bottom + 84, title: TITLE, subtitle: runLine(result), description: description(all, result) },
    axis.ticks.map((tick) => rule(axis.position(tick), box.top, axis.position(tick), box.bottom, GRID)),
    rows.map((row) => drawRow(row, axis, box)),
    zeroLine(axis, box),
    bottomAxis(axis, box, `error saved, in % of learning alone (${errorName(result)})`, savedText),
    key(box, rows, axis),
  );
}

function rowsOf(result: RunResult, all: readonly Gain[]): Row[] {
  const styles = armStyles(result.arms);
  return all.map((gain, i) => ({ gain, style: styles[result.arms.indexOf(gain.arm)], y: TOP + (i + 0.5) * ROW_HEIGHT }));
}

function savedText(saved: number): string {
  return formatPercent(saved, Number.isInteger(saved) ? 0 : 1);
}

/**
 * From worse to better, zero inside and room for a word on both sides. Outlying agents and disasters do not
 * squeeze the rest: they stand at the edge as arrows.
 */
function domain(all: readonly Gain[]): [number, number] {
  const agents = all.flatMap(({ byAgent }) => byAgent.filter(isNumber)).sort((a, b) => a - b);
  const means = all.map(({ mean }) => mean).filter(isNumber);
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

function drawRow(row: Row, axis: Axis, box: Box): Child {
  const { gain, y } = row;
  return element(
    'g',
    { 'data-part': 'arm' },
    label(24, y + 4.5, fitText(gain.label, 13, box.left - 34), INK, { 'font-weight': '600' }),
    isNumber(gain.mean) ? bar(row, gain.mean, axis, box) : null,
    agentDots(row, axis, box),
    label(box.right + 16, y, isNumber(gain.mean) ? verdict(gain.mean) : 'not known', INK, { 'font-weight': '600' }),
    label(box.right + 16, y + 17, agentsBetter(gain), MUTED, { 'font-size': '12' }),
  );
}

function bar({ style, y }: Row, mean: number, axis: Axis, box: Box): Child {
  const zero = axis.position(0);
  const end = inside(axis.position(mean), box);
  const shape = { x: Math.min(zero, end), y: y - 13, width: Math.abs(end - zero), height: 26 };
  const arrow = isBeyond(axis.position(mean), box) ? edgeArrow(end, y, 8, style) : null;
  return [element('rect', { 'data-part': 'mean', ...shape, ...fill(style), 'fill-opacity': '0.6' }), rule(end, y - 16, end, y + 16, style, 2.5), arrow];
}

function agentDots({ gain, y }: Row, axis: Axis, box: Box): Child {
  const positions = gain.byAgent.filter(isNumber).map((value) => axis.position(value));
  const radius = positions.length > 200 ? 1.6 : positions.length > 60 ? 2.4 : 3.4;
  const places = positions.map((x) => inside(x, box));
  const offsets = swarmOffsets(places, radius, ROW_HEIGHT / 2 - 6);
  return positions.map((x, k) => {
    if (isBeyond(x, box)) return edgeArrow(places[k], y + offsets[k], radius, INK);
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
function edgeArrow(x: number, y: number, size: number, style: Style): Child {
  const tip = x < FIGURE_WIDTH / 2 ? -1.4 * size : 1.4 * size;
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

function zeroLine(axis: Axis, box: Box): Child {
  const x = axis.position(0);
  return [
    rule(x, box.top - 22, x, box.bottom, INK, 1.6),
    label(x - 9, box.top - 11, '← worse', NEGATIVE, { 'text-anchor': 'end', 'font-weight': '600' }),
    label(x + 9, box.top - 11, 'better →', INK, { 'font-weight': '600' }),
  ];
}

function key(box: Box, rows: readonly Row[], axis: Axis): Child {
  const y = box.bottom + 70;
  const values = rows.flatMap(({ gain }) => [gain.mean, ...gain.byAgent]).filter(isNumber);
  const hasBeyond = values.some((value) => isBeyond(axis.position(value), box));
  return [
    element('rect', { x: 24, y: y - 11, width: 26, height: 13, ...fill(MUTED), 'fill-opacity': '0.6' }),
    label(57, y, 'all agents', MUTED),
    element('circle', { cx: 152, cy: y - 4.5, r: 3.4, ...fill(INK), 'fill-opacity': '0.72' }),
    label(162, y, 'one agent', MUTED),
    hasBeyond ? [edgeArrow(262, y - 4.5, 3.4, INK), label(270, y, 'beyond the axis', MUTED)] : null,
  ];
}

function verdict(mean: number): string {
  const word = mean > 0.05 ? 'better' : mean < -0.05 ? 'worse' : 'equal';
  return `${formatPercent(Math.abs(mean)).replace('+', '')} ${word}`;
}

function agentsBetter({ byAgent }: Gain): string {
  const known = byAgent.filter(isNumber);
  return known.length === 0 ? '' : `${known.filter((x) => x > 0).length} of ${known.length} agents better`;
}

function description(all: readonly Gain[], result: RunResult): string {
  const parts = all.map((gain) => `${gain.label}: ${isNumber(gain.mean) ? verdict(gain.mean) : 'not known'}, ${agentsBetter(gain)}`);
  return `Bar chart of the ${errorName(result)} saved against learning alone, in per cent. ${parts.join('; ')}.`;
}
