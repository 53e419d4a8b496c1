/**
 * Eigenvalues of what was learned beside those of the truth, in ascending order: of the Laplacian, or of a prior's covariance.
 * Of many versions the first, the last and two between are drawn.
 */
import type { RunResult } from '../core/run-result.ts';
import { bottomAxis, leftAxis, linearAxis, logAxis, rule, type Axis, type Box } from './axes.ts';
import { formatNumber, isNumber } from './format.ts';
import { SCREEN, emptySheet, figureSheet, marginOf, type Medium } from './frame.ts';
import { legendOf, type LegendEntry } from './legend.ts';
import { BLUE, INK, PAPER, VERSION_STYLES, fill, stroke, type Style } from './palette.ts';
import { runLine } from './run-line.ts';
import { estimate, type Estimate } from './seeds.ts';
import { element, polyline, type Child } from './svg.ts';

const ID = 'kindred-spectrum';
const TITLE = 'Eigenvalues of the learned relationship';
const DRAWN_MAX = 4;
/** Largest over smallest from which on a covariance is drawn on a logarithmic axis. */
const LOG_FROM = 50;

export interface Spectrum {
  readonly version: number;
  readonly kind: string;
  readonly estimator: string;
  /** Ascending. */
  readonly values: readonly number[];
  /** Of the truth of its time; null where that is not known. */
  readonly truth: readonly number[] | null;
}

interface Series {
  readonly name: string;
  readonly style: Style;
  readonly values: readonly (Estimate | null)[];
}

/** Of each run, its versions in their order. Runs differ in their seed only. */
export function spectrumFigure(runs: readonly RunResult[], spectra: readonly (readonly Spectrum[])[], medium: Medium = SCREEN): string {
  const versions = drawnVersions(spectra);
  if (versions.length === 0) return emptySheet(ID, TITLE, 'No relationship of this run is stored, so there are no eigenvalues to draw.', medium);
  const series = seriesOf(versions);
  const [newest] = versions.at(-1)!;
  const box: Box = medium.isNarrow
    ? { left: 62, right: medium.width - marginOf(medium), top: 98, bottom: 320 }
    : { left: 76, right: medium.width - marginOf(medium), top: 74, bottom: 380 };
  const x = linearAxis(1, Math.max(...series.map(({ values }) => values.length)), box.left + 14, box.right - 10, medium.isNarrow ? 5 : 10);
  const y = valueAxis(series, newest.kind, box);
  const key = legendOf(entriesOf(series, runs.length), box.bottom + 70, medium);
  return figureSheet(
    { id: ID, medium, height: box.bottom + 68 + key.height, title: TITLE, subtitle: runLine(runs), description: description(series, newest) },
    leftAxis(y, box, axisTitle(newest), medium.isNarrow),
    bottomAxis(x, box, 'rank of the eigenvalue, from the smallest', (tick) => (Number.isInteger(tick) ? String(tick) : '')),
    [...series].reverse().map((one) => drawSeries(one, x, y)),
    key.content,
  );
}

/** The same version of every run; its kind is the last one's. */
function drawnVersions(spectra: readonly (readonly Spectrum[])[]): Spectrum[][] {
  const kind = spectra[0]?.at(-1)?.kind;
  const alike = spectra.map((versions) => versions.filter((one) => one.kind === kind));
  const count = Math.min(...alike.map((versions) => versions.length));
  if (!(count > 0)) return [];
  const shown = Array.from({ length: Math.min(count, DRAWN_MAX) }, (_, i, all = Math.min(count, DRAWN_MAX)) =>
    Math.round((i * (count - 1)) / Math.max(all - 1, 1)),
  );
  return shown.map((at) => alike.map((versions) => versions[at]));
}

function seriesOf(versions: readonly Spectrum[][]): Series[] {
  const styles = VERSION_STYLES.slice(-versions.length);
  const learned = versions.map((each, i) => ({
    name: `learned, v${each[0].version}, ${each[0].estimator}`,
    style: styles[i],
    values: overRuns(each.map(({ values }) => values)),
  }));
  const truths = versions.at(-1)!.flatMap(({ truth }) => (truth === null ? [] : [truth]));
  if (truths.length < versions.at(-1)!.length) return learned;
  return [...learned, { name: 'true', style: INK, values: overRuns(truths) }];
}

function overRuns(spectra: readonly (readonly number[])[]): (Estimate | null)[] {
  return spectra[0].map((_, i) => estimate(spectra.map((values) => values[i])));
}

/** Linear, from zero. A covariance over decades: logarithmic, without what is zero but for rounding. */
function valueAxis(series: readonly Series[], kind: string, box: Box): Axis {
  const values = series.flatMap((one) => one.values.flatMap((value) => (value === null ? [] : endsOf(value))));
  const high = Math.max(...values, 0);
  const positive = values.filter((value) => value > 1e-9 * high);
  const low = Math.min(...positive);
  if (kind === 'prior' && high / low > LOG_FROM) return logAxis(low, high, box.bottom, box.top);
  const least = Math.min(0, ...values);
  const margin = 0.04 * (high - least);
  return linearAxis(least - (least < 0 ? margin : 0), high + margin, box.bottom, box.top);
}

function endsOf({ mean, half }: Estimate): number[] {
  return [mean, mean - (half ?? 0), mean + (half ?? 0)];
}

function drawSeries({ name, style, values }: Series, x: Axis, y: Axis): Child {
  const radius = values.length > 60 ? 2.2 : values.length > 24 ? 3 : 4.2;
  const places = values.map((value, i): [number, number] | null =>
    value !== null && Number.isFinite(y.position(value.mean)) ? [x.position(i + 1), y.position(value.mean)] : null,
  );
  const isTrue = style === INK;
  return element(
    'g',
    { 'data-part': isTrue ? 'true' : 'learned' },
    isTrue
      ? null
      : element('path', { 'data-name': name, d: polyline(places), fill: 'none', ...stroke(style), 'stroke-width': 1.6, 'stroke-dasharray': style.dash }),
    values.map((value, i) => whisker(value, x.position(i + 1), y, style)),
    places.map((place) => place && (isTrue ? ring(...place, radius + 1.6) : dot(...place, radius, style))),
  );
}

function whisker(value: Estimate | null, at: number, y: Axis, style: Style): Child {
  if (!value?.half) return null;
  const [from, to] = [value.mean - value.half, value.mean + value.half].map((end) => y.position(end));
  return Number.isFinite(from) && Number.isFinite(to) ? element('g', { 'data-part': 'interval' }, rule(at, from, at, to, style, 1.6)) : null;
}

function dot(cx: number, cy: number, r: number, style: Style): Child {
  return element('circle', { cx, cy, r, ...fill(style), stroke: PAPER.light, class: `${fill(style).class} ${stroke(PAPER).class}`, 'stroke-width': 0.8 });
}

function ring(cx: number, cy: number, r: number): Child {
  return element('circle', { cx, cy, r, ...stroke(INK), fill: 'none', 'stroke-width': 1.3 });
}

function entriesOf(series: readonly Series[], runs: number): LegendEntry[] {
  const entries = series.map(({ name, style }): LegendEntry => ({
    text: name,
    width: style === INK ? 14 : 34,
    draw: (x, at) => (style === INK ? ring(x + 7, at, 6) : [lineSample(x, at, style), dot(x + 17, at, 4.2, style)]),
  }));
  const interval: LegendEntry = {
    text: `mean and 95 % interval (t) over n = ${runs} seeds`,
    width: 8,
    draw: (x, at) => rule(x + 4, at - 8, x + 4, at + 8, BLUE, 1.6),
  };
  return runs > 1 ? [...entries, interval] : entries;
}

function lineSample(x: number, at: number, style: Style): Child {
  return element('path', { d: `M${x} ${at}L${x + 34} ${at}`, fill: 'none', ...stroke(style), 'stroke-width': 1.6, 'stroke-dasharray': style.dash });
}

/** A Laplacian is without unit: weights of parameters as the problem has them. */
function axisTitle({ kind }: Spectrum): string {
  return kind === 'prior' ? "eigenvalue of the prior's covariance" : 'eigenvalue of the Laplacian';
}

function description(series: readonly Series[], newest: Spectrum): string {
  const ends = series.map(({ name, values }) => {
    const known = values.flatMap((value) => (value === null || !isNumber(value.mean) ? [] : [value.mean]));
    return `${name}: ${formatNumber(Math.min(...known), 3)} to ${formatNumber(Math.max(...known), 3)}`;
  });
  return `Chart of the ${axisTitle(newest)} by its rank. ${ends.join('; ')}.`;
}
