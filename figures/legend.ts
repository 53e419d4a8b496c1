/** The key under a figure: samples with their words, in as many rows as the width asks for. */
import { label, type Medium, marginOf } from './frame.ts';
import { MUTED } from './palette.ts';
import { textWidth, type Child } from './svg.ts';

export interface LegendEntry {
  readonly text: string;
  /** Of the sample; 0 for none. */
  readonly width: number;
  /** From x, its middle at y. */
  draw(x: number, y: number): Child;
}

export interface Legend {
  readonly content: Child;
  readonly height: number;
}

const ROW = 21;
const GAP = 22;
const SIZE = 13;

/** Its first baseline is at `top`. */
export function legendOf(entries: readonly LegendEntry[], top: number, medium: Medium): Legend {
  const [left, right] = [marginOf(medium), medium.width - marginOf(medium)];
  let [x, y] = [left, top];
  const content = entries.map((entry) => {
    const width = entry.width + (entry.width > 0 ? 8 : 0) + textWidth(entry.text, SIZE);
    if (x > left && x + width > right) [x, y] = [left, y + ROW];
    const at = x;
    x += width + GAP;
    return [entry.draw(at, y - 4.5), label(at + width - textWidth(entry.text, SIZE), y, entry.text, MUTED)];
  });
  return { content, height: y - top + ROW };
}
