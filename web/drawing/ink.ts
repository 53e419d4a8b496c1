/** The palette of the figures on a canvas, which knows no style sheet. */
import { BLUE, GRID, INK, MUTED, NEGATIVE, PAPER, type Style } from '../../figures/palette.ts';

export const colourOf = (style: Style, dark: boolean): string => (dark ? style.dark : style.light);

export interface Inks {
  readonly ink: string;
  readonly muted: string;
  readonly grid: string;
  readonly paper: string;
  readonly positive: string;
  readonly negative: string;
}

export function inks(dark: boolean): Inks {
  const [ink, muted, grid, paper, positive, negative] = [INK, MUTED, GRID, PAPER, BLUE, NEGATIVE].map((style) => colourOf(style, dark));
  return { ink, muted, grid, paper, positive, negative };
}

export const FONT = 'system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif';
