/** Error by iteration on a log axis, drawn by uPlot with the figures' ticks, colours and dashes; dotted is theory. */
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { logTicks, tickText } from '../../figures/axes.ts';
import type { Style } from '../../figures/palette.ts';
import type { CurveView } from '../../core/run-view.ts';
import { colourOf, FONT, inks } from '../drawing/ink.ts';
import { useDark, useWidth } from '../hooks.ts';
import { linesOf, type Line } from '../model/curve-table.ts';

interface CurvePlotProps {
  readonly curves: readonly CurveView[];
  /** Indices into `curves` that are not drawn. */
  readonly hidden: ReadonlySet<number>;
  /** One per curve. */
  readonly styles: readonly Style[];
  readonly errorName: string;
  readonly onIteration: (iteration: number | null) => void;
}

/** As high as the graphs beside it, lower where it is narrow. */
const heightOf = (width: number): number => Math.round(Math.min(400, Math.max(330, 0.72 * width)));
const DOTS = [1.5, 4];

export function CurvePlot({ curves, hidden, styles, errorName, onIteration }: CurvePlotProps) {
  const [box, width] = useWidth<HTMLDivElement>();
  const plot = useRef<uPlot | null>(null);
  const dark = useDark();
  const lines = linesOf(curves);
  // What a plot cannot change once it is there.
  const shape = JSON.stringify([errorName, dark, [...hidden], lines.map(({ curve, predicted }) => [curves[curve].label, predicted])]);
  useEffect(() => {
    if (box.current === null || width === 0) return undefined;
    const made = new uPlot(optionsOf({ lines, hidden, styles, dark, errorName, width, onIteration }), dataOf(lines), box.current);
    plot.current = made;
    return () => made.destroy();
  }, [shape, width > 0]);
  useEffect(() => plot.current?.setSize({ width, height: heightOf(width) }), [width]);
  useEffect(() => plot.current?.setData(dataOf(lines)), [curves]);
  return <div ref={box} class="plot curves" role="img" aria-label={describe(curves, errorName)} />;
}

function describe(curves: readonly CurveView[], errorName: string): string {
  const told = curves.map(({ label, error }) => `${label} ${error.length === 0 ? 'not begun' : `at ${tickText(error.at(-1)!)}`}`);
  return `${errorName} by iteration, logarithmic. ${told.join(', ')}.`;
}

function dataOf(lines: readonly Line[]): uPlot.AlignedData {
  if (lines.length === 0) return [[]];
  return uPlot.join(lines.map(({ x, y }) => [[...x], [...y]] as uPlot.AlignedData));
}

interface PlotFacts {
  readonly lines: readonly Line[];
  readonly hidden: ReadonlySet<number>;
  readonly styles: readonly Style[];
  readonly dark: boolean;
  readonly errorName: string;
  readonly width: number;
  readonly onIteration: (iteration: number | null) => void;
}

function optionsOf({ lines, hidden, styles, dark, errorName, width, onIteration }: PlotFacts): uPlot.Options {
  return {
    width,
    height: heightOf(width),
    padding: [10, 18, 0, 0],
    legend: { show: false },
    cursor: { drag: { x: false, y: false }, points: { show: false } },
    scales: { x: { time: false }, y: { distr: 3, range: (_, low, high) => logRange(low, high) } },
    axes: [xAxis(dark), yAxis(dark, errorName)],
    series: [{}, ...lines.map((line) => seriesOf(line, styles[line.curve], dark, !hidden.has(line.curve)))],
    hooks: { setCursor: [({ cursor, data }) => onIteration(typeof cursor.idx === 'number' ? data[0][cursor.idx] : null)] },
  };
}

function logRange(low: number | null, high: number | null): uPlot.Range.MinMax {
  if (low === null || high === null || low <= 0) return [0.1, 1];
  const margin = Math.max((high / low) ** 0.04, 1.02);
  return [low / margin, high * margin];
}

function seriesOf({ predicted }: Line, style: Style, dark: boolean, show: boolean): uPlot.Series {
  const dash = predicted ? DOTS : (style.dash?.split(' ').map(Number) ?? []);
  return { show, stroke: colourOf(style, dark), width: predicted ? 1.6 : 2, dash, spanGaps: true, points: { show: false } };
}

function xAxis(dark: boolean): uPlot.Axis {
  return { ...axisLook(dark), label: 'iteration', labelSize: 26, size: 34 };
}

function yAxis(dark: boolean, label: string): uPlot.Axis {
  return {
    ...axisLook(dark),
    label,
    labelSize: 26,
    size: 58,
    splits: (_, __, low, high) => logTicks(low, high).ticks,
    filter: (_, splits) => splits,
    values: (_, splits) => splits.map(tickText),
  };
}

function axisLook(dark: boolean): uPlot.Axis {
  const { muted, grid } = inks(dark);
  const line = { stroke: grid, width: 1 };
  return { stroke: muted, grid: line, ticks: { ...line, size: 5 }, font: `12px ${FONT}`, labelFont: `13px ${FONT}` };
}
