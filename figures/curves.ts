/**
 * Error of each arm against the iteration, on a logarithmic axis. Dots of the same colour are what theory
 * predicts; the short dotted line at the right is the predicted steady state. Several seeds: their mean, in a band of its
 * 95 % interval at each iteration.
 */
import type { RunResult } from '../core/run-result.ts';
import { armLabels, errorName } from './arms.ts';
import { bottomAxis, leftAxis, linearAxis, logAxis, rule, spread, type Axis, type Box } from './axes.ts';
import { formatEstimate, formatNumber, isNumber } from './format.ts';
import { SCREEN, SMALL, emptySheet, figureSheet, label, marginOf, type Medium } from './frame.ts';
import { legendOf, type Legend, type LegendEntry } from './legend.ts';
import { INK, MUTED, armStyles, fill, stroke, type Style } from './palette.ts';
import { runLine } from './run-line.ts';
import { armsAt, curveEstimates, estimate, meanRun, type Estimate } from './seeds.ts';
import { BOLD, element, fitText, polyline, textWidth, type Child } from './svg.ts';

const ID = 'kindred-curves';
const TITLE = 'Error of each strategy while agents cooperate';
const LABEL_GAP = 34;
const LIST_ROW = 20;
const STUB = { from: 6, to: 34, label: 58 };

interface Line {
  readonly label: string;
  readonly style: Style;
  readonly iteration: readonly number[];
  readonly error: readonly number[];
  /** Over seeds, at the same iterations. */
  readonly estimates: readonly (Estimate | null)[];
  readonly predicted: readonly number[];
  readonly steady: Estimate | null;
  readonly predictedSteady: number | null;
}

/** Of runs that differ in their seed only. */
export function curvesFigure(runs: readonly RunResult[], medium: Medium = SCREEN): string {
  const result = meanRun(runs);
  const lines = linesOf(runs, result);
  const values = lines.flatMap(everyError).filter(isPlottable);
  if (values.length === 0) return emptySheet(ID, TITLE, 'No arm of this run has an error curve.', medium);
  const box = boxFor(lines, runs.length, medium);
  const last = lines
    .flatMap((line) => line.iteration)
    .filter(isNumber)
    .reduce((a, b) => Math.max(a, b), 1);
  const x = linearAxis(0, last, box.left, box.right, medium.isNarrow ? 4 : 6);
  const y = logAxis(
    values.reduce((a, b) => Math.min(a, b)),
    values.reduce((a, b) => Math.max(a, b)),
    box.bottom,
    box.top,
  );
  const names = medium.isNarrow ? listBelow(lines, box, medium) : { content: directLabels(lines, y, box, medium), height: 0 };
  const key = keyOf(lines, runs.length, box.bottom + 70 + names.height, medium);
  return figureSheet(
    { id: ID, medium, height: box.bottom + 68 + names.height + key.height, title: TITLE, subtitle: runLine(runs), description: description(lines, result) },
    leftAxis(y, box, `${errorName(result)} (log scale)`, medium.isNarrow),
    bottomAxis(x, box, 'iteration of the cooperating phase'),
    changeMark(result.problem?.changesAt, last, x, box),
    lines.map((line) => band(line, x, y, box)),
    lines.map((line) => measuredCurve(line, x, y)),
    lines.map((line) => predictedCurve(line, x, y)),
    lines.map((line) => predictedSteadyState(line, y, box)),
    names.content,
    key.content,
  );
}

function boxFor(lines: readonly Line[], runs: number, { width, isNarrow }: Medium): Box {
  if (isNarrow) return { left: 58, right: width - 46, top: 98, bottom: 340 };
  return { left: 76, right: width - (runs > 1 ? 268 : 214), top: 78, bottom: 78 + Math.max(336, lines.length * LABEL_GAP) };
}

function linesOf(runs: readonly RunResult[], mean: RunResult): Line[] {
  const styles = armStyles(mean.arms);
  const labels = armLabels(mean.arms);
  return mean.arms.flatMap((arm, i) => {
    if (arm.curve === null) return [];
    const { iteration, error, predicted } = arm.curve;
    const all = armsAt(runs, i);
    const overSeeds = { estimates: curveEstimates(all), steady: estimate(all.map(({ steadyError }) => steadyError)) };
    return [{ label: labels[i], style: styles[i], iteration, error, predicted: predicted ?? [], ...overSeeds, predictedSteady: arm.predictedError }];
  });
}

/** An interval that reaches below half of its mean is cut there: a logarithm has no end. */
function everyError(line: Line): (number | null)[] {
  const ends = line.estimates.flatMap((one) => (one?.half ? [one.mean + one.half, lowEnd(one, one.half)] : []));
  return [...line.error, ...line.predicted, line.predictedSteady, ...ends];
}

function lowEnd({ mean }: Estimate, half: number): number {
  return Math.max(mean - half, mean / 2);
}

/** A logarithmic axis has no place for zero, nor a reader for numbers at the ends of float64. */
function isPlottable(value: number | null | undefined): value is number {
  return isNumber(value) && value > 1e-100 && value < 1e100;
}

/** A thin upright line at the step at which the true graph changes, its name above the plot. */
function changeMark(at: number | undefined, last: number, x: Axis, box: Box): Child {
  if (!isNumber(at) || at > last) return null;
  const place = x.position(at);
  const name = label(place, box.top - 6, 'the graph changes', MUTED, { 'text-anchor': 'middle', 'font-size': String(SMALL) });
  return element('g', { 'data-part': 'change' }, rule(place, box.top, place, box.bottom, MUTED), name);
}

function trace(iteration: readonly number[], error: readonly number[], x: Axis, y: Axis): string {
  return polyline(
    iteration.map((i, at) => {
      const value = error[at];
      return isNumber(i) && isPlottable(value) ? [x.position(i), y.position(value)] : null;
    }),
  );
}

function measuredCurve(line: Line, x: Axis, y: Axis): Child {
  const shape = { d: trace(line.iteration, line.error, x, y), fill: 'none', 'stroke-width': 2, 'stroke-linejoin': 'round' };
  return element('path', { 'data-part': 'measured', ...shape, ...stroke(line.style), 'stroke-dasharray': line.style.dash });
}

/** mean - half to mean + half at each iteration, one shape for each unbroken part. */
function band({ style, iteration, estimates }: Line, x: Axis, y: Axis, box: Box): Child {
  const upper: [number, number][] = [];
  const lower: [number, number][] = [];
  estimates.forEach((one, at) => {
    if (!one?.half || !isPlottable(one.mean)) return;
    upper.push([x.position(iteration[at]), y.position(one.mean + one.half)]);
    lower.push([x.position(iteration[at]), one.mean > one.half ? Math.min(y.position(one.mean - one.half), box.bottom) : box.bottom]);
  });
  if (upper.length === 0) return null;
  return element('path', { 'data-part': 'interval', d: `${polyline([...upper, ...lower.reverse()])}Z`, ...fill(style), 'fill-opacity': '0.2' });
}

function predictedCurve(line: Line, x: Axis, y: Axis): Child {
  const d = trace(line.iteration, line.predicted, x, y);
  return d === '' ? null : element('path', { 'data-part': 'predicted', d, fill: 'none', ...dots(line.style) });
}

function predictedSteadyState(line: Line, y: Axis, box: Box): Child {
  if (!isPlottable(line.predictedSteady)) return null;
  const at = y.position(line.predictedSteady);
  const d = polyline([
    [box.right + STUB.from, at],
    [box.right + STUB.to, at],
  ]);
  return element('path', { 'data-part': 'steady', d, fill: 'none', ...dots(line.style) });
}

function dots(style: Style): Record<string, string | number | null> {
  return { ...stroke(style), 'stroke-width': 4.2, 'stroke-dasharray': '0 9', 'stroke-linecap': 'round' };
}

/** Name and steady error at the end of each curve; a thin line leads there where labels had to move apart. */
function directLabels(lines: readonly Line[], y: Axis, box: Box, medium: Medium): Child {
  const ends = lines.map((line) => y.position(lastError(line) ?? y.ticks[0] ?? 1));
  const places = spread(ends, LABEL_GAP, box.top + 4, box.bottom - 12);
  return lines.map((line, i) => {
    const at = places[i];
    const x = box.right + STUB.label;
    const from = box.right + (isPlottable(line.predictedSteady) ? STUB.to + 5 : STUB.from);
    const d = polyline([
      [from, ends[i]],
      [x - 12, at],
      [x - 4, at],
    ]);
    return element(
      'g',
      { 'data-part': 'label' },
      element('path', { d, fill: 'none', ...stroke(line.style), 'stroke-width': 1.5 }),
      label(x, at + 1, fitText(line.label, BOLD * 13, medium.width - x - 8), INK, { 'font-weight': '600' }),
      label(x, at + 16, numbers(line), MUTED, { 'font-size': String(SMALL) }),
    );
  });
}

/** Where there is no room beside the plot: one row for each curve. */
function listBelow(lines: readonly Line[], box: Box, medium: Medium): Legend {
  const [left, right] = [marginOf(medium), medium.width - marginOf(medium)];
  const content = lines.map((line, i) => {
    const y = box.bottom + 70 + i * LIST_ROW;
    const sample = {
      d: polyline([
        [left, y - 4.5],
        [left + 40, y - 4.5],
      ]),
      fill: 'none',
      'stroke-width': 2,
      'stroke-dasharray': line.style.dash,
    };
    const room = right - left - 56 - textWidth(numbers(line), SMALL);
    return element(
      'g',
      { 'data-part': 'label' },
      element('path', { ...sample, ...stroke(line.style) }),
      label(left + 48, y, fitText(line.label, BOLD * 13, room), INK, { 'font-weight': '600' }),
      label(right, y, numbers(line), MUTED, { 'font-size': String(SMALL), 'text-anchor': 'end' }),
    );
  });
  return { content, height: lines.length * LIST_ROW + 4 };
}

function numbers(line: Line): string {
  const theory = isNumber(line.predictedSteady) ? ` · theory ${formatNumber(line.predictedSteady, 3)}` : '';
  return `${formatEstimate(line.steady)}${theory}`;
}

function lastError(line: Line): number | null {
  if (isPlottable(line.predictedSteady)) return line.predictedSteady;
  return [...line.error].reverse().find(isPlottable) ?? null;
}

/** What a full line, dots and a band mean. */
function keyOf(lines: readonly Line[], runs: number, y: number, medium: Medium): Legend {
  const line = (at: number, height: number): Child => rule(at, height, at + 34, height, MUTED, 2);
  const dotted = (at: number, height: number): Child =>
    element('path', {
      d: polyline([
        [at + 2, height],
        [at + 32, height],
      ]),
      fill: 'none',
      ...dots(MUTED),
    });
  const shade = (at: number, height: number): Child => element('rect', { x: at, y: height - 7, width: 34, height: 14, ...fill(MUTED), 'fill-opacity': '0.2' });
  const hasTheory = lines.some(({ predicted, predictedSteady }) => predicted.length > 0 || isNumber(predictedSteady));
  const entries: LegendEntry[] = [{ text: `measured, mean over agents${runs > 1 ? ' and seeds' : ''}`, width: 34, draw: line }];
  if (runs > 1) entries.push({ text: `95 % interval (t) over n = ${runs} seeds`, width: 34, draw: shade });
  if (hasTheory) entries.push({ text: 'theory; right of the plot: its steady state', width: 34, draw: dotted });
  return legendOf(entries, y, medium);
}

function description(lines: readonly Line[], result: RunResult): string {
  const parts = lines.map((line) => `${line.label}: ${numbers(line)}`);
  const at = result.problem?.changesAt;
  const change = isNumber(at) ? ` The graph changes at step ${at}.` : '';
  return `Line chart of the ${errorName(result)} against the iteration.${change} Steady errors: ${parts.join('; ')}.`;
}
