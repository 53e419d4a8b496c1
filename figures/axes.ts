/**
 * Axes: where a value lies, which ticks a reader wants, and labels that do not overlap.
 * Scales are d3-scale's; its logarithmic ticks are only good over several decades, so those are our own.
 */
import { scaleLinear, scaleLog } from 'd3-scale';
import { GRID, INK, MUTED, stroke, type Style } from './palette.ts';
import { label } from './frame.ts';
import { coordinate, element, type Child } from './svg.ts';

export interface Axis {
  position(value: number): number;
  readonly ticks: readonly number[];
  readonly minor: readonly number[];
}

/** The inside of a plot in pixels. */
export interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

export function linearAxis(low: number, high: number, from: number, to: number, count = 6): Axis {
  const [a, b] = low < high ? [low, high] : [low - 1, high + 1];
  const scale = scaleLinear([a, b], [from, to]);
  return { position: (value) => scale(value), ticks: scale.ticks(count), minor: scale.ticks(count * 5) };
}

/** 0 < low <= high. A margin of 4 % of the length (in the logarithm) is left free at both ends. */
export function logAxis(low: number, high: number, from: number, to: number): Axis {
  const margin = Math.max((high / low) ** 0.04, 1.02);
  const [a, b] = [low / margin, high * margin];
  const scale = scaleLog([a, b], [from, to]);
  return { position: (value) => scale(value), ...logTicks(a, b) };
}

/** Several decades: powers of ten. One or two: 1 2 (3) 5. Less than one: round numbers as on a linear axis. */
export function logTicks(low: number, high: number): { ticks: number[]; minor: number[] } {
  const inside = (x: number): boolean => x >= low && x <= high;
  const decades = Math.log10(high / low);
  if (decades < 0.9) return narrowTicks(low, high);
  const every = Math.ceil(decades / 7);
  const powers = range(Math.floor(Math.log10(low)), Math.ceil(Math.log10(high)));
  const ticks = decades > 2.2 ? powers.filter((p) => p % every === 0).map(powerOfTen) : multiples(powers, decades > 1.3 ? [1, 2, 5] : [1, 2, 3, 5]);
  const minor = every > 1 ? [] : multiples(powers, [1, 2, 3, 4, 5, 6, 7, 8, 9]);
  return { ticks: ticks.filter(inside), minor: minor.filter(inside) };
}

/** 0.2, 1,500; outside 0.001 ... 99,999 as a power of ten. */
export function tickText(value: number): string {
  const size = Math.abs(value);
  if (value === 0) return '0';
  const rounded = Number(value.toPrecision(4));
  if (size >= 0.001 && size < 1e5) return (size >= 1e4 ? grouped(rounded) : String(rounded)).replace('-', '−');
  const exponent = Math.floor(Math.log10(size) + 1e-9);
  const factor = Number((value / powerOfTen(exponent)).toPrecision(3));
  return `${factor === 1 ? '' : `${factor}·`}10${superscript(exponent)}`.replace('-', '−');
}

/** Grid, ticks and title of an axis along the left side; where it is narrow the title stands on top. */
export function leftAxis(axis: Axis, box: Box, title: string, isNarrow = false): Child {
  const middle = (box.top + box.bottom) / 2;
  const upright = { 'text-anchor': 'middle', transform: `translate(22 ${coordinate(middle)}) rotate(-90)` };
  return [
    axis.ticks.map((tick) => rule(box.left, axis.position(tick), box.right, axis.position(tick), GRID)),
    axis.minor.map((tick) => rule(box.left - 4, axis.position(tick), box.left, axis.position(tick), MUTED)),
    axis.ticks.map((tick) => label(box.left - 9, axis.position(tick) + 4.5, tickText(tick), MUTED, { 'text-anchor': 'end' })),
    rule(box.left, box.top, box.left, box.bottom, MUTED),
    isNarrow ? label(10, box.top - 14, title, INK) : label(0, 0, title, INK, upright),
  ];
}

/** Ticks and title of an axis along the bottom. */
export function bottomAxis(axis: Axis, box: Box, title: string, text: (tick: number) => string = tickText): Child {
  return [
    axis.minor.map((tick) => rule(axis.position(tick), box.bottom, axis.position(tick), box.bottom + 4, MUTED)),
    axis.ticks.map((tick) => rule(axis.position(tick), box.bottom, axis.position(tick), box.bottom + 7, MUTED)),
    axis.ticks.map((tick) => label(axis.position(tick), box.bottom + 22, text(tick), MUTED, { 'text-anchor': 'middle' })),
    rule(box.left, box.bottom, box.right, box.bottom, MUTED),
    label((box.left + box.right) / 2, box.bottom + 43, title, INK, { 'text-anchor': 'middle' }),
  ];
}

/** A line has no inside, but Skia draws a hair where it would be. */
export const LINE = { fill: 'none' };

export function rule(x1: number, y1: number, x2: number, y2: number, style: Style, width = 1): Child {
  return element('line', { x1, y1, x2, y2, ...LINE, ...stroke(style), 'stroke-width': width });
}

/**
 * Positions at least `gap` apart and inside [low, high], each as near to its wish as the order allows:
 * neighbours that are too close are pooled and centred on their common mean. Order of the input is kept.
 */
export function spread(wishes: readonly number[], gap: number, low: number, high: number): number[] {
  const order = wishes.map((_, i) => i).sort((i, j) => wishes[i] - wishes[j] || i - j);
  const pools: { members: number[]; start: number }[] = [];
  for (const i of order) {
    let pool = { members: [i], start: Math.max(low, wishes[i]) };
    for (let last = pools.at(-1); last && last.start + last.members.length * gap > pool.start; last = pools.at(-1)) {
      pools.pop();
      pool = centred([...last.members, ...pool.members], wishes, gap, low);
    }
    pools.push(pool);
  }
  return pushedInside(pools, gap, high, wishes.length);
}

function centred(members: number[], wishes: readonly number[], gap: number, low: number): { members: number[]; start: number } {
  const mean = members.reduce((sum, i) => sum + wishes[i], 0) / members.length;
  return { members, start: Math.max(low, mean - ((members.length - 1) * gap) / 2) };
}

function pushedInside(pools: readonly { members: number[]; start: number }[], gap: number, high: number, count: number): number[] {
  const out = Array.from({ length: count }, () => 0);
  let ceiling = high;
  for (const pool of [...pools].reverse()) {
    const start = Math.min(pool.start, ceiling - (pool.members.length - 1) * gap);
    pool.members.forEach((i, rank) => (out[i] = start + rank * gap));
    ceiling = start - gap;
  }
  return out;
}

function narrowTicks(low: number, high: number): { ticks: number[]; minor: number[] } {
  const linear = scaleLinear().domain([low, high]);
  return { ticks: linear.ticks(5).filter((x) => x > 0), minor: linear.ticks(20).filter((x) => x > 0) };
}

function multiples(powers: readonly number[], factors: readonly number[]): number[] {
  return powers.flatMap((power) => factors.map((factor) => Number(`${factor}e${power}`)));
}

function powerOfTen(power: number): number {
  return Number(`1e${power}`);
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

function grouped(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/, ',');
}

function superscript(value: number): string {
  return [...String(value)].map((c) => (c === '-' ? '⁻' : '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(c)])).join('');
}
