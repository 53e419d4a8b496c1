/** Names of agents beside their nodes: radially outside of a circle, else at the first free place around the node. */
import { fill, INK, PAPER, stroke } from './palette.ts';
import { element, fitText, textWidth, type Child } from './svg.ts';
import type { Point } from './layout.ts';

export interface Area {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

const LABEL_WIDTH_MAX = 104;

/** Names short enough to stand inside a node. */
export function fitsInside(names: readonly string[]): boolean {
  return names.every((name) => [...name].length <= 3);
}

/** East, west, north, south, then the corners. */
const DIRECTIONS: readonly Point[] = [
  [1, 0],
  [-1, 0],
  [0, -1],
  [0, 1],
  [1, -1],
  [-1, -1],
  [1, 1],
  [-1, 1],
];

export function radialLabels(names: readonly string[], nodes: readonly Point[], centre: Point, size: number, distance: number): Child {
  return names.map((name, k) => {
    const [x, y] = nodes[k];
    const angle = Math.atan2(y - centre[1], x - centre[0]);
    const side = Math.abs(Math.cos(angle)) < 0.2 ? 'middle' : Math.cos(angle) > 0 ? 'start' : 'end';
    const at: Point = [x + distance * Math.cos(angle), y + distance * Math.sin(angle) + size * 0.36 * (1 + 0.9 * Math.sin(angle) * Number(side === 'middle'))];
    return nodeLabel(fitText(name, size, LABEL_WIDTH_MAX), at, size, side);
  });
}

export function freeLabels(names: readonly string[], nodes: readonly Point[], area: Area, size: number, radius: number): Child {
  const taken: Area[] = nodes.map(([x, y]) => ({ left: x - radius, right: x + radius, top: y - radius, bottom: y + radius }));
  return names.map((name, k) => {
    const text = fitText(name, size, LABEL_WIDTH_MAX);
    const place = bestPlace(nodes[k], textWidth(text, size), size, radius, taken, area);
    taken.push(place);
    return nodeLabel(text, [(place.left + place.right) / 2, place.bottom - size * 0.22], size, 'middle');
  });
}

/** On a halo of paper, so that links may pass behind. */
function nodeLabel(text: string, [x, y]: Point, size: number, anchor: string): Child {
  const classes = `${fill(INK).class} ${stroke(PAPER).class}`;
  const halo = { stroke: PAPER.light, 'stroke-width': 3, 'stroke-linejoin': 'round', 'paint-order': 'stroke' };
  return element('text', { x, y, ...fill(INK), ...halo, class: classes, 'font-size': String(size), 'text-anchor': anchor }, text);
}

function bestPlace(node: Point, width: number, height: number, radius: number, taken: readonly Area[], area: Area): Area {
  const places = DIRECTIONS.map(([dx, dy]) => placeAt(node, dx, dy, width, height, radius));
  const costs = places.map((place) => cost(place, taken, area));
  return places[costs.indexOf(Math.min(...costs))];
}

function placeAt([x, y]: Point, dx: number, dy: number, width: number, height: number, radius: number): Area {
  const reach = dx !== 0 && dy !== 0 ? radius * 0.7 : radius + 2;
  const left = dx > 0 ? x + reach : dx < 0 ? x - reach - width : x - width / 2;
  const top = dy > 0 ? y + reach : dy < 0 ? y - reach - height : y - height / 2;
  return { left, right: left + width, top, bottom: top + height };
}

/** Overlap with what is there already; leaving the area counts ten times. */
function cost(place: Area, taken: readonly Area[], area: Area): number {
  const size = (place.right - place.left) * (place.bottom - place.top);
  const outside = size - overlap(place, area);
  return taken.reduce((sum, other) => sum + overlap(place, other), 10 * outside);
}

function overlap(a: Area, b: Area): number {
  const width = Math.min(a.right, b.right) - Math.max(a.left, b.left);
  const height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
  return width > 0 && height > 0 ? width * height : 0;
}
