/** Names of agents: inside their nodes where they are short, beside the nodes of a circle, else numbers with a list of names. */
import { SMALL, haloed, label, marginOf, type Medium } from './frame.ts';
import { INK, MUTED } from './palette.ts';
import { fitText, textWidth, type Child } from './svg.ts';
import type { Point } from './layout.ts';

export interface Area {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

const LABEL_WIDTH_MAX = 104;
const LIST_ROW = 17;

/** Names short enough to stand inside a node. */
export function fitsInside(names: readonly string[]): boolean {
  return names.every((name) => [...name].length <= 3);
}

export function radialLabels(names: readonly string[], nodes: readonly Point[], centre: Point, size: number, distance: number): Child {
  return names.map((name, k) => {
    const [x, y] = nodes[k];
    const angle = Math.atan2(y - centre[1], x - centre[0]);
    const side = Math.abs(Math.cos(angle)) < 0.2 ? 'middle' : Math.cos(angle) > 0 ? 'start' : 'end';
    const at: Point = [x + distance * Math.cos(angle), y + distance * Math.sin(angle) + size * 0.36 * (1 + 0.9 * Math.sin(angle) * Number(side === 'middle'))];
    return haloed(...at, fitText(name, size, LABEL_WIDTH_MAX), INK, { 'font-size': String(size), 'text-anchor': side });
  });
}

/** Whose numbers stand in the nodes, column by column. */
export function nameList(names: readonly string[], top: number, medium: Medium): { readonly content: Child; readonly height: number } {
  const left = marginOf(medium);
  const usable = medium.width - 2 * left;
  const widest = Math.max(...names.map((name, k) => textWidth(`${k} ${name}`, SMALL)));
  const columns = Math.max(1, Math.min(medium.isNarrow ? 3 : 6, Math.floor(usable / (widest + 14)) || 1, names.length));
  const width = usable / columns;
  const rows = Math.ceil(names.length / columns);
  const content = names.map((name, k) =>
    label(left + Math.floor(k / rows) * width, top + (k % rows) * LIST_ROW, fitText(`${k} ${name}`, SMALL, width - 8), MUTED, { 'font-size': String(SMALL) }),
  );
  return { content, height: rows * LIST_ROW + 10 };
}
