/**
 * What happened when: phases and arms as bands, each fault as a band of its own and as shade over everything that it lasted,
 * and below them the agents that something befell: away from a loss until they are back.
 */
import type { RunResult } from '../core/run-result.ts';
import { armLabels } from './arms.ts';
import { bottomAxis, linearAxis, rule, type Box } from './axes.ts';
import { formatDuration, plural } from './format.ts';
import { SCREEN, SMALL, emptySheet, figureSheet, label, marginOf, type Medium } from './frame.ts';
import { legendOf, type LegendEntry } from './legend.ts';
import { GRID, INK, MUTED, NEGATIVE, PAPER, PHASE_STYLES, armStyles, fill, stroke, type Style } from './palette.ts';
import { runLine } from './run-line.ts';
import { element, fitText, textWidth, type Attributes, type Child } from './svg.ts';

const ID = 'kindred-timeline';
const TITLE = 'What happened when';
const TOP = 74;
const BAND = 24;
/** A line of words, and below it the fault's bar. */
const FAULT_ROW = 30;
const FAULTS_MAX = 16;
const PARTY_ROW = 19;
/** From so many rows on they are thin, and not every one has its name. */
const PARTIES_ROOMY = 40;
/** A fault that lasts longer than this share of the run shades nothing: it is nearly everywhere. */
const SHADE_MAX = 0.5;

/** Milliseconds of the run. */
export interface TimeBand {
  readonly name: string;
  readonly fromMs: number;
  readonly untilMs: number;
}

export type MarkKind = 'lost' | 'back' | 'suspect' | 'left-out';

/** An agent or the coordinator. */
export interface PartyLine {
  readonly name: string;
  readonly away: readonly Omit<TimeBand, 'name'>[];
  readonly marks: readonly { readonly kind: MarkKind; readonly ms: number }[];
}

export interface Timeline {
  readonly endMs: number;
  readonly phases: readonly TimeBand[];
  /** Named as in events: multitask (learned). */
  readonly arms: readonly TimeBand[];
  readonly faults: readonly TimeBand[];
  /** Of those that something befell. */
  readonly parties: readonly PartyLine[];
}

interface Row<T> {
  readonly what: T;
  readonly top: number;
  readonly height: number;
}

interface Places {
  readonly box: Box;
  readonly phases: number;
  readonly arms: number;
  readonly faults: readonly Row<Group>[];
  readonly parties: readonly Row<PartyLine>[];
}

/** What has one name, as often as it came: a fault, a phase, the legs of an arm. */
interface Group {
  readonly name: string;
  readonly times: readonly TimeBand[];
}

export function timelineFigure(result: RunResult, timeline: Timeline | null, medium: Medium = SCREEN): string {
  if (timeline === null || timeline.phases.length === 0)
    return emptySheet(ID, TITLE, 'No events of this run are stored, so nothing is known of its course.', medium);
  const places = placesOf(timeline, medium);
  const { box } = places;
  const unit = unitOf(timeline.endMs);
  const scale = linearAxis(0, timeline.endMs / unit.ms, box.left, box.right, medium.isNarrow ? 5 : 9);
  const x = (ms: number): number => scale.position(ms / unit.ms);
  const key = legendOf(entriesOf(timeline, result), box.bottom + 70, medium);
  return figureSheet(
    { id: ID, medium, height: box.bottom + 68 + key.height, title: TITLE, subtitle: runLine([result]), description: description(timeline) },
    scale.ticks.map((tick) => rule(scale.position(tick), box.top, scale.position(tick), box.bottom, GRID)),
    shades(timeline, places, x),
    phaseBands(timeline, places, x, medium),
    armBands(timeline, result, places, x, medium),
    places.faults.map((row, i) => faultRow(row, i === 0, places, x, medium)),
    moreFaults(timeline, places),
    places.parties.map((row, i) => partyRow(row, i, places, x, medium)),
    bottomAxis(scale, box, `${unit.name} since the run began`),
    key.content,
  );
}

function placesOf(timeline: Timeline, medium: Medium): Places {
  const sides = { left: medium.isNarrow ? 98 : 150, right: medium.width - marginOf(medium) - 8 };
  const arms = TOP + BAND + 6;
  let top = timeline.arms.length === 0 ? arms : arms + BAND + 6;
  const faults = grouped(timeline.faults)
    .slice(0, FAULTS_MAX)
    .map((what, i) => ({ what, top: top + i * FAULT_ROW, height: FAULT_ROW }));
  top += faults.length * FAULT_ROW + (faults.length < grouped(timeline.faults).length ? 20 : 0) + 8;
  const height = timeline.parties.length > PARTIES_ROOMY ? 6 : PARTY_ROW;
  const parties = timeline.parties.map((what, i) => ({ what, top: top + i * height, height }));
  return { box: { ...sides, top: TOP, bottom: top + parties.length * height + 4 }, phases: TOP, arms, faults, parties };
}

function grouped(bands: readonly TimeBand[]): Group[] {
  const names = [...new Set(bands.map(({ name }) => name))];
  return names.map((name) => ({ name, times: bands.filter((band) => band.name === name) }));
}

function shades({ faults, endMs }: Timeline, { box, phases }: Places, x: (ms: number) => number): Child {
  const short = grouped(faults).filter(({ times }) => times.reduce((sum, one) => sum + one.untilMs - one.fromMs, 0) < SHADE_MAX * endMs);
  return united(short.flatMap(({ times }) => times)).map(({ fromMs, untilMs }) => {
    const shape = { x: x(fromMs), y: phases, width: Math.max(x(untilMs) - x(fromMs), 1), height: box.bottom - phases };
    return element('rect', { 'data-part': 'shade', ...shape, ...fill(NEGATIVE), 'fill-opacity': '0.13' });
  });
}

/** Without overlaps. */
function united(bands: readonly TimeBand[]): TimeBand[] {
  const out: TimeBand[] = [];
  for (const band of [...bands].sort((a, b) => a.fromMs - b.fromMs)) {
    const last = out.at(-1);
    if (last === undefined || band.fromMs > last.untilMs) out.push(band);
    else out[out.length - 1] = { ...last, untilMs: Math.max(last.untilMs, band.untilMs) };
  }
  return out;
}

function phaseBands({ phases }: Timeline, places: Places, x: (ms: number) => number, medium: Medium): Child {
  return [
    rowName('phase', places.phases + BAND / 2, places, medium),
    phases.map((phase) => bandOf('phase', phase, places.phases, x, phaseLooks(phase.name), phase.name)),
  ];
}

function phaseLooks(name: string): Attributes {
  const { style, opacity } = PHASE_STYLES[name] ?? PHASE_STYLES['assembling'];
  return { ...fill(style), 'fill-opacity': String(opacity) };
}

/** In the colours that they have in other figures; one that is too short for its name has the number of the key. */
function armBands({ arms }: Timeline, result: RunResult, places: Places, x: (ms: number) => number, medium: Medium): Child {
  if (arms.length === 0) return null;
  const names = grouped(arms).map(({ name }) => name);
  const numberOf = ({ name }: TimeBand): string => String(names.indexOf(name) + 1);
  return [
    rowName('arm', places.arms + BAND / 2, places, medium),
    arms.map((arm) => bandOf('arm', arm, places.arms, x, { ...fill(styleOf(arm, result)), 'fill-opacity': '0.4' }, nameOf(arm, result), numberOf(arm))),
  ];
}

function armIndex({ name }: TimeBand, { arms }: RunResult): number {
  return arms.findIndex(({ strategy, relationship }) => `${strategy} (${relationship})` === name);
}

function styleOf(arm: TimeBand, result: RunResult): Style {
  return armStyles(result.arms)[armIndex(arm, result)] ?? MUTED;
}

function nameOf(arm: TimeBand, result: RunResult): string {
  return armLabels(result.arms)[armIndex(arm, result)] ?? arm.name;
}

/** With the first of its names that it has room for. */
function bandOf(part: string, band: TimeBand, top: number, x: (ms: number) => number, looks: Attributes, ...names: string[]): Child {
  const [from, until] = [x(band.fromMs), x(band.untilMs)];
  const name = names.find((one) => textWidth(one, SMALL) + 5 <= until - from);
  const shape = {
    x: from,
    y: top,
    width: Math.max(until - from, 0.8),
    height: BAND,
    'data-from': Math.round(band.fromMs),
    'data-until': Math.round(band.untilMs),
  };
  return [
    element('rect', { 'data-part': part, ...shape, ...looks }),
    rule(from, top, from, top + BAND, PAPER),
    name === undefined ? null : label((from + until) / 2, top + BAND / 2 + 4.5, name, INK, { 'text-anchor': 'middle', 'font-size': String(SMALL) }),
  ];
}

function faultRow({ what, top }: Row<Group>, isFirst: boolean, places: Places, x: (ms: number) => number, medium: Medium): Child {
  const { box } = places;
  const times = what.times.length > 1 ? ` (${what.times.length} times)` : '';
  const words = fitText(`${what.name}${times}`, SMALL, box.right - box.left);
  const start = Math.min(x(what.times[0].fromMs), box.right - textWidth(words, SMALL));
  return element(
    'g',
    { 'data-part': 'fault' },
    isFirst ? rowName('faults', top + 13, places, medium) : null,
    label(Math.max(start, box.left + 2), top + 14, words, INK, { 'font-size': String(SMALL) }),
    what.times.map(({ fromMs, untilMs }) =>
      element('rect', { x: x(fromMs), y: top + 18, width: Math.max(x(untilMs) - x(fromMs), 2), height: 8, ...fill(NEGATIVE), 'fill-opacity': '0.85' }),
    ),
  );
}

function moreFaults({ faults }: Timeline, { box, faults: rows }: Places): Child {
  const more = grouped(faults).length - rows.length;
  const last = rows.at(-1);
  return more > 0 && last ? label(box.left + 2, last.top + FAULT_ROW + 14, `and ${plural(more, 'fault')} more`, MUTED, { 'font-size': String(SMALL) }) : null;
}

function partyRow({ what, top, height }: Row<PartyLine>, index: number, places: Places, x: (ms: number) => number, medium: Medium): Child {
  const { box } = places;
  const middle = top + height / 2;
  const isNamed = height >= SMALL || index % 3 === 0;
  const size = Math.min(4.2, height * 0.45);
  return element(
    'g',
    { 'data-part': 'party', 'data-name': what.name },
    isNamed ? rowName(what.name, middle, places, medium) : null,
    rule(box.left, middle, box.right, middle, GRID),
    what.away.map(({ fromMs, untilMs }) => {
      const shape = { x: x(fromMs), y: middle - size * 0.7, width: Math.max(x(untilMs) - x(fromMs), 1), height: size * 1.4 };
      return element('rect', { 'data-part': 'away', ...shape, ...fill(MUTED), 'fill-opacity': '0.55' });
    }),
    what.marks.map(({ kind, ms }) => markOf(kind, x(ms), middle, size)),
  );
}

function rowName(text: string, middle: number, { box }: Places, medium: Medium): Child {
  const shown = fitText(text, SMALL, box.left - marginOf(medium) - 8);
  return label(box.left - 8, middle + 4.3, shown, MUTED, { 'text-anchor': 'end', 'font-size': String(SMALL) });
}

/** A cross, a triangle that points up, a ring, a square: told apart without colour. */
function markOf(kind: MarkKind, x: number, y: number, r: number): Child {
  if (kind === 'lost')
    return element('path', { 'data-mark': kind, d: `M${x - r} ${y - r}L${x + r} ${y + r}M${x - r} ${y + r}L${x + r} ${y - r}`, ...line(NEGATIVE, 2) });
  if (kind === 'back')
    return element('path', { 'data-mark': kind, d: `M${x - r} ${y + r}L${x} ${y - r}L${x + r} ${y + r}Z`, ...fill(PHASE_STYLES['cooperating'].style) });
  if (kind === 'suspect') return element('circle', { 'data-mark': kind, cx: x, cy: y, r: r * 0.9, ...line(INK, 1.4) });
  return element('rect', { 'data-mark': kind, x: x - r, y: y - r, width: 2 * r, height: 2 * r, ...fill(INK) });
}

function line(style: Style, width: number): Attributes {
  return { ...stroke(style), fill: 'none', 'stroke-width': width };
}

/** Durations of phases and arms, then what else there is to see. */
function entriesOf({ phases, arms, faults, parties }: Timeline, result: RunResult): LegendEntry[] {
  const swatch =
    (looks: Attributes): LegendEntry['draw'] =>
    (x, at) =>
      element('rect', { x, y: at - 7, width: 16, height: 14, ...looks });
  const kinds = new Set(parties.flatMap(({ marks }) => marks.map(({ kind }) => kind)));
  const mark = (kind: MarkKind, text: string): LegendEntry[] => (kinds.has(kind) ? [{ text, width: 12, draw: (x, at) => markOf(kind, x + 6, at, 4.2) }] : []);
  const away: LegendEntry = {
    text: 'away',
    width: 16,
    draw: (x, at) => element('rect', { x, y: at - 3, width: 16, height: 6, ...fill(MUTED), 'fill-opacity': '0.55' }),
  };
  return [
    ...grouped(phases).map(({ name, times }) => ({ text: timed(name, times), width: 16, draw: swatch(phaseLooks(name)) })),
    ...grouped(arms).map(({ times: [arm, ...more] }, i) => ({
      text: timed(`${i + 1} ${nameOf(arm, result)}`, [arm, ...more]),
      width: 16,
      draw: swatch({ ...fill(styleOf(arm, result)), 'fill-opacity': '0.4' }),
    })),
    ...(faults.length > 0 ? [{ text: 'fault', width: 16, draw: swatch({ ...fill(NEGATIVE), 'fill-opacity': '0.85' }) }] : []),
    ...mark('lost', 'lost'),
    ...mark('back', 'back'),
    ...mark('suspect', 'suspected'),
    ...mark('left-out', 'left out'),
    ...(parties.some((party) => party.away.length > 0) ? [away] : []),
  ];
}

/** In all, and in how many pieces. */
function timed(name: string, times: readonly TimeBand[]): string {
  const ms = times.reduce((sum, { fromMs, untilMs }) => sum + untilMs - fromMs, 0);
  return `${name} ${formatDuration(ms)}${times.length > 1 ? ` in ${times.length} parts` : ''}`;
}

function unitOf(endMs: number): { ms: number; name: string } {
  if (endMs < 3_000) return { ms: 1, name: 'milliseconds' };
  if (endMs < 300_000) return { ms: 1_000, name: 'seconds' };
  return endMs < 3 * 3_600_000 ? { ms: 60_000, name: 'minutes' } : { ms: 3_600_000, name: 'hours' };
}

function description({ phases, faults, parties, endMs }: Timeline): string {
  const words = grouped(phases)
    .map(({ name, times }) => timed(name, times))
    .join(', ');
  const lost = parties.reduce((sum, { marks }) => sum + marks.filter(({ kind }) => kind === 'lost').length, 0);
  return `Timeline of ${formatDuration(endMs)}: ${words}. Faults: ${faults.length}. Agents or the coordinator lost: ${lost} times.`;
}
