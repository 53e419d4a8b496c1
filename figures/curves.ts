/**
 * Error of each arm against the iteration, on a logarithmic axis. Dots of the same colour are what theory
 * predicts; the short dotted line at the right is the predicted steady state.
 */
import type { RunResult } from '../core/run-result.ts';
import { armLabels, errorName } from './arms.ts';
import { bottomAxis, leftAxis, linearAxis, logAxis, rule, spread, type Axis, type Box } from './axes.ts';
import { formatNumber, isNumber } from './format.ts';
import { FIGURE_WIDTH, emptySheet, figureSheet, label } from './frame.ts';
import { INK, MUTED, armStyles, stroke, type Style } from './palette.ts';
import { runLine } from './run-line.ts';
import { element, fitText, polyline, type Child } from './svg.ts';

const ID = 'kindred-curves';
const TITLE = 'Error of each strategy while the agents cooperate';
const LABEL_GAP = 34;
const STUB = { from: 6, to: 34, label: 58 };

interface Line {
  readonly label: string;
  readonly style: Style;
  readonly iteration: readonly number[];
  readonly error: readonly number[];
  readonly predicted: readonly number[];
  readonly steady: number;
  readonly predictedSteady: number | null;
}

export function curvesFigure(result: RunResult): string {
  const lines = linesOf(result);
  const values = lines.flatMap(everyError).filter(isPlottable);
  if (values.length === 0) return emptySheet(ID, TITLE, 'No arm of this run has an error curve.');
  const box: Box = { left: 76, right: FIGURE_WIDTH - 210, top: 78, bottom: 78 + Math.max(336, lines.length * LABEL_GAP) };
  const last = lines
    .flatMap((line) => line.iteration)
    .filter(isNumber)
    .reduce((a, b) => Math.max(a, b), 1);
  const x = linearAxis(0, last, box.left, box.right);
  const y = logAxis(
    values.reduce((a, b) => Math.min(a, b)),
    values.reduce((a, b) => Math.max(a, b)),
    box.bottom,
    box.top,
  );
  return figureSheet(
    { id: ID, height: box.bottom + 88, title: TITLE, subtitle: runLine(result), description: description(lines, result) },
    leftAxis(y, box, `${errorName(result)} (log scale)`),
    bottomAxis(x, box, 'iteration of the cooperating phase'),
    lines.map((line) => measuredCurve(line, x, y)),
    lines.map((line) => predictedCurve(line, x, y)),
    lines.map((line) => predictedSteadyState(line, y, box)),
    directLabels(lines, y, box),
    key(lines, box),
  );
}

function linesOf(result: RunResult): Line[] {
  const styles = armStyles(result.arms);
  const labels = armLabels(result.arms);
  return result.arms.flatMap((arm, i) => {
    if (arm.curve === null) return [];
    const { iteration, error, predicted } = arm.curve;
    const common = { label: labels[i], style: styles[i], iteration, error, predicted: predicted ?? [] };
    return [{ ...common, steady: arm.steadyError, predictedSteady: arm.predictedError }];
  });
}

function everyError(line: Line): (number | null)[] {
  return [...line.error, ...line.predicted, line.predictedSteady];
}

/** A logarithmic axis has no place for zero, nor a reader for numbers at the ends of float64. */
function isPlottable(value: number | null | undefined): value is number {
  return isNumber(value) && value > 1e-100 && value < 1e100;
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
function directLabels(lines: readonly Line[], y: Axis, box: Box): Child {
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
      label(x, at + 1, fitText(line.label, 13, FIGURE_WIDTH - x - 8), INK, { 'font-weight': '600' }),
      label(x, at + 16, numbers(line), MUTED, { 'font-size': '11.5' }),
    );
  });
}

function numbers(line: Line): string {
  const theory = isNumber(line.predictedSteady) ? ` · theory ${formatNumber(line.predictedSteady, 3)}` : '';
  return `${formatNumber(line.steady, 3)}${theory}`;
}

function lastError(line: Line): number | null {
  if (isPlottable(line.predictedSteady)) return line.predictedSteady;
  return [...line.error].reverse().find(isPlottable) ?? null;
}

/** What a full line and what dots mean. */
function key(lines: readonly Line[], box: Box): Child {
  const y = box.bottom + 70;
  const measured = [rule(box.left, y - 4, box.left + 34, y - 4, MUTED, 2), label(box.left + 42, y, 'measured, mean over agents', MUTED)];
  if (!lines.some((line) => line.predicted.length > 0 || isNumber(line.predictedSteady))) return measured;
  const x = box.left + 262;
  const sample = element('path', {
    d: polyline([
      [x + 2, y - 4],
      [x + 32, y - 4],
    ]),
    fill: 'none',
    ...dots(MUTED),
  });
  return [measured, sample, label(x + 42, y, 'theory; right of the plot: its steady state', MUTED)];
}

function description(lines: readonly Line[], result: RunResult): string {
  const parts = lines.map((line) => `${line.label}: ${numbers(line)}`);
  return `Line chart of the ${errorName(result)} against the iteration. Steady errors: ${parts.join('; ')}.`;
}
