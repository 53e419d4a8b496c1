/** The sheet every figure is drawn on: size, title and description for screen readers, heading, paper, style. */
import { INK, MUTED, PAPER, darkStyleSheet, fill, type Style } from './palette.ts';
import { element, fitText, trustedMarkup, type Attributes, type Child, type Markup } from './svg.ts';

export const FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, 'DejaVu Sans', sans-serif";
export const FIGURE_WIDTH = 860;
const HEADING_X = 24;

export interface Sheet {
  /** Unique on a page. */
  readonly id: string;
  readonly height: number;
  readonly title: string;
  readonly subtitle: string;
  /** What a reader who cannot see the figure should know. */
  readonly description: string;
}

export function figureSheet(sheet: Sheet, ...content: Child[]): string {
  const titleId = `${sheet.id}-title`;
  const descriptionId = `${sheet.id}-description`;
  const root = {
    xmlns: 'http://www.w3.org/2000/svg',
    viewBox: `0 0 ${FIGURE_WIDTH} ${Math.round(sheet.height)}`,
    width: FIGURE_WIDTH,
    height: Math.round(sheet.height),
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
    element('rect', { width: FIGURE_WIDTH, height: sheet.height, ...fill(PAPER) }),
    heading(sheet),
    content,
  ).markup;
}

/** A sheet that says why there is nothing to see. */
export function emptySheet(id: string, title: string, reason: string): string {
  const sheet = { id, height: 140, title, subtitle: '', description: reason };
  return figureSheet(sheet, label(HEADING_X, 84, reason, MUTED));
}

export function label(x: number, y: number, text: string, style: Style = INK, more: Attributes = {}): Markup {
  return element('text', { x, y, ...fill(style), ...more }, text);
}

function heading(sheet: Sheet): Child {
  const width = FIGURE_WIDTH - 2 * HEADING_X;
  return [
    label(HEADING_X, 32, fitText(sheet.title, 17, width), INK, { 'font-size': '17', 'font-weight': '600' }),
    label(HEADING_X, 52, fitText(sheet.subtitle, 13, width), MUTED),
  ];
}
