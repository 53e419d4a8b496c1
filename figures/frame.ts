/** The sheet every figure is drawn on: size, title and description for screen readers, heading, paper, style. */
import { INK, MUTED, PAPER, darkStyleSheet, fill, stroke, type Style } from './palette.ts';
import { BOLD, coordinate, element, fitText, trustedMarkup, wrapped, type Attributes, type Child, type Markup } from './svg.ts';

export const FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, 'DejaVu Sans', sans-serif";
/** The smallest text, in pixels: 7 pt on paper, where a figure is as wide as its medium says. */
export const SMALL = 12;

/** Where a figure will be seen. Lengths inside are pixels of its own. */
export interface Medium {
  readonly width: number;
  /** What the whole width is on paper. */
  readonly printMm: number;
  readonly isNarrow: boolean;
}

/** A screen, or the whole width of a printed page. */
export const SCREEN: Medium = { width: 860, printMm: 180, isNarrow: false };
/** One column of a page with two. */
export const COLUMN: Medium = { width: 420, printMm: 88, isNarrow: true };

export interface Sheet {
  /** Unique on a page. */
  readonly id: string;
  readonly medium: Medium;
  readonly height: number;
  readonly title: string;
  readonly subtitle: string;
  /** What a reader who cannot see the figure should know. */
  readonly description: string;
}

export function figureSheet(sheet: Sheet, ...content: Child[]): string {
  const titleId = `${sheet.id}-title`;
  const descriptionId = `${sheet.id}-description`;
  const { width } = sheet.medium;
  const height = Math.round(sheet.height);
  const root = {
    xmlns: 'http://www.w3.org/2000/svg',
    viewBox: `0 0 ${width} ${height}`,
    ...sizeOf(sheet.medium, height),
    role: 'img',
    'aria-labelledby': `${titleId} ${descriptionId}`,
    'font-family': FONT,
    'font-size': '13',
  };
  return element(
    'svg',
    root,
    element('title', { id: titleId }, sheet.title),
    element('desc', { id: descriptionId }, sheet.description),
    element('style', {}, trustedMarkup(darkStyleSheet())),
    element('rect', { width, height, ...fill(PAPER) }),
    heading(sheet),
    content,
  ).markup;
}

/** A narrow figure is for paper, and says how large it is there. */
function sizeOf({ isNarrow, width, printMm }: Medium, height: number): Attributes {
  return isNarrow ? { width: `${printMm}mm`, height: `${coordinate((height * printMm) / width)}mm` } : { width, height };
}

/** A sheet that says why there is nothing to see. */
export function emptySheet(id: string, title: string, reason: string, medium = SCREEN): string {
  const lines = wrapped(reason, 13, medium.width - 2 * marginOf(medium));
  const sheet = { id, medium, height: 122 + 18 * lines.length, title, subtitle: '', description: reason };
  return figureSheet(
    sheet,
    lines.map((line, i) => label(marginOf(medium), 84 + 18 * i, line, MUTED)),
  );
}

export function label(x: number, y: number, text: string, style: Style = INK, more: Attributes = {}): Markup {
  return element('text', { x, y, ...fill(style), ...more }, text);
}

/** On a halo of paper, where something may pass behind: a text of its own, since not every program knows paint-order. */
export function haloed(x: number, y: number, text: string, style: Style = INK, more: Attributes = {}): Child {
  const halo = { fill: 'none', ...stroke(PAPER), 'stroke-width': 3.5, 'stroke-linejoin': 'round', 'aria-hidden': 'true' };
  return [element('text', { x, y, ...more, ...halo }, text), label(x, y, text, style, more)];
}

/** Free at the left and right. */
export function marginOf({ isNarrow }: Medium): number {
  return isNarrow ? 10 : 24;
}

function heading({ medium, title, subtitle }: Sheet): Child {
  const margin = marginOf(medium);
  const size = medium.isNarrow ? 14 : 17;
  const width = medium.width - 2 * margin;
  return [
    label(margin, 32, fitText(title, BOLD * size, width), INK, { 'font-size': String(size), 'font-weight': '600' }),
    label(margin, 52, fitText(subtitle, 13, width), MUTED),
  ];
}
