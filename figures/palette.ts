/**
 * Colours and dashes. The hues are Okabe and Ito's, told apart with every common colour vision deficiency;
 * each style also has a dash of its own, so that a print in grey works. Dots are kept for theory.
 *
 * Every style is a pair of CSS classes (line and fill) with a light and a dark value. Colours also stand in
 * attributes, because converters to PNG read no media queries.
 */
import type { ArmResult } from '../core/run-result.ts';
import type { Attributes } from './svg.ts';

export interface Style {
  readonly name: string;
  readonly light: string;
  readonly dark: string;
  /** stroke-dasharray; null is a solid line. */
  readonly dash: string | null;
}

/** What tells the kinds of arms apart. */
type Arm = Pick<ArmResult, 'strategy' | 'relationship'>;

const style = (name: string, light: string, dark: string, dash: string | null): Style => ({ name, light, dark, dash });

export const INK = style('ink', '#1f2328', '#e6e8eb', null);
export const MUTED = style('muted', '#59616b', '#a3abb5', null);
export const GRID = style('grid', '#e3e6ea', '#30363d', null);
export const PAPER = style('paper', '#ffffff', '#14181d', null);
export const NEGATIVE = style('negative', '#d55e00', '#ff8f4d', '6 3');
export const BLUE = style('blue', '#0072b2', '#56a8dd', null);

const STYLES: readonly Style[] = [
  style('black', '#3c4248', '#cfd4da', '20 4'),
  style('orange', '#e69f00', '#f0b429', '10 4'),
  BLUE,
  style('green', '#009e73', '#2cc299', '7 3'),
  style('vermillion', '#d55e00', '#ff8f4d', '14 3 3 3'),
  style('purple', '#cc79a7', '#dd95bd', '4 3'),
  style('sky', '#56b4e9', '#8accf2', '9 3 9 3 2 3'),
];

/** Of versions of a relationship, the newest last. */
export const VERSION_STYLES: readonly Style[] = [STYLES[6], STYLES[5], STYLES[1], BLUE];

/** Phases as bands that text stands on. */
export const PHASE_STYLES: Readonly<Record<string, { readonly style: Style; readonly opacity: number }>> = {
  assembling: { style: MUTED, opacity: 0.2 },
  exploring: { style: STYLES[6], opacity: 0.45 },
  estimating: { style: STYLES[1], opacity: 0.75 },
  cooperating: { style: BLUE, opacity: 0.4 },
};

/** The style a kind of arm has in every figure of every run, so that figures can be compared. */
const PREFERRED: Readonly<Record<string, number>> = {
  'non-cooperative': 0,
  consensus: 1,
  multitask: 2,
  known: 3,
  filter: 4,
  permuted: 5,
  complete: 6,
  hierarchical: 3,
  'shared-representation': 5,
};

/** One style per arm: the usual one of its kind, or the next that is free. */
export function armStyles(arms: readonly Arm[]): Style[] {
  const taken = new Set<number>();
  return arms.map((arm) => {
    const index = freeStyle(preferredStyle(arm), taken);
    taken.add(index);
    return STYLES[index % STYLES.length];
  });
}

export function stroke(style: Style): Attributes {
  return { class: `k-line-${style.name}`, stroke: style.light };
}

export function fill(style: Style): Attributes {
  return { class: `k-fill-${style.name}`, fill: style.light };
}

/** On a dark screen only: paper stays white. */
export function darkStyleSheet(): string {
  const rules = [INK, MUTED, GRID, PAPER, NEGATIVE, ...STYLES].map(({ name, dark }) => `.k-line-${name}{stroke:${dark}}.k-fill-${name}{fill:${dark}}`);
  return `@media screen and (prefers-color-scheme:dark){${[...new Set(rules)].join('')}}`;
}

function preferredStyle(arm: Arm): number {
  return PREFERRED[arm.relationship] ?? PREFERRED[arm.strategy] ?? 2;
}

function freeStyle(preferred: number, taken: ReadonlySet<number>): number {
  if (!taken.has(preferred)) return preferred;
  const free = STYLES.findIndex((_, index) => !taken.has(index));
  return free >= 0 ? free : preferred;
}
