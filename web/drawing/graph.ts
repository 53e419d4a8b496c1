/** A task graph on a canvas: a link's width and strength of colour are its weight; negative ones are dashed. */
import { fitsInside } from '../../figures/node-labels.ts';
import type { Point, WeightedPair } from '../../figures/layout.ts';
import type { Camera } from '../model/camera.ts';
import { FONT, type Inks } from './ink.ts';

export interface GraphDrawing {
  readonly names: readonly string[];
  readonly places: readonly Point[];
  readonly links: readonly WeightedPair[];
  readonly widest: number;
  /** Those who are no part of it, shown faintly. */
  readonly absent: ReadonlySet<number>;
  /** The agent that the reader points at, or null. */
  readonly chosen: number | null;
  readonly inks: Inks;
}

/** Names stand outside of the nodes at the edge, too. */
const MARGIN = 30;
/** Names that do not fit into a node stand below it, or its number in it, where more of them would cover one another. */
const NAMED_MAX = 16;
const NAME_PIXELS = 11.5;
/** The widest link; of many agents' links less, or they cover the numbers and one another. */
const WIDEST = 6;
const WIDEST_OF_MANY = 3;

export function drawGraph(context: CanvasRenderingContext2D, size: number, drawing: GraphDrawing, camera: Camera): void {
  const points = drawing.places.map((place) => onCanvas(place, size, camera));
  const radius = nodeRadius(drawing, camera);
  for (const link of drawing.links) drawLink(context, drawing, points, link);
  context.setLineDash([]);
  points.forEach((point, agent) => drawNode(context, drawing, point, agent, radius));
  if (!fitsInside(drawing.names) && drawing.names.length <= NAMED_MAX) drawNamesBelow(context, drawing, points, radius);
}

export function onCanvas([x, y]: Point, size: number, { x: dx, y: dy, zoom }: Camera): Point {
  const half = size / 2 - MARGIN;
  return [size / 2 + dx + x * half * zoom, size / 2 + dy + y * half * zoom];
}

/** The agent drawn at a place of the canvas, or null. */
export function agentAt(x: number, y: number, size: number, drawing: GraphDrawing, camera: Camera): number | null {
  const reach = nodeRadius(drawing, camera) + 4;
  const distances = drawing.places.map((place) => {
    const [px, py] = onCanvas(place, size, camera);
    return Math.hypot(px - x, py - y);
  });
  const nearest = distances.indexOf(Math.min(...distances));
  return distances[nearest] <= reach ? nearest : null;
}

function nodeRadius({ names }: GraphDrawing, { zoom }: Camera): number {
  const base = names.length <= NAMED_MAX ? 12 : names.length <= 40 ? 10 : 8.5;
  return base * Math.min(1.6, Math.max(0.8, Math.sqrt(zoom)));
}

function drawLink(
  context: CanvasRenderingContext2D,
  { names, widest, chosen, inks }: GraphDrawing,
  points: readonly Point[],
  { i, j, weight }: WeightedPair,
): void {
  const share = widest > 0 ? Math.abs(weight) / widest : 0;
  const isAside = chosen !== null && chosen !== i && chosen !== j;
  context.globalAlpha = (0.25 + 0.7 * share) * (isAside ? 0.18 : 1);
  context.strokeStyle = weight < 0 ? inks.negative : inks.positive;
  context.lineWidth = 0.6 + ((names.length <= 40 ? WIDEST : WIDEST_OF_MANY) - 0.6) * share;
  context.setLineDash(weight < 0 ? [5, 4] : []);
  context.beginPath();
  context.moveTo(...points[i]);
  context.lineTo(...points[j]);
  context.stroke();
  context.globalAlpha = 1;
}

function drawNode(context: CanvasRenderingContext2D, { names, absent, chosen, inks }: GraphDrawing, [x, y]: Point, agent: number, radius: number): void {
  context.globalAlpha = absent.has(agent) ? 0.35 : 1;
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fillStyle = inks.paper;
  context.fill();
  context.lineWidth = chosen === agent ? 3 : 1.5;
  context.strokeStyle = inks.ink;
  context.stroke();
  writeInside(context, fitsInside(names) ? names[agent] : String(agent), x, y + 0.5, inks.ink, radius >= 11 ? 12 : 9.5);
  context.globalAlpha = 1;
}

/** On a halo of paper. */
function drawNamesBelow(context: CanvasRenderingContext2D, { names, inks }: GraphDrawing, points: readonly Point[], radius: number): void {
  context.lineWidth = 3;
  context.strokeStyle = inks.paper;
  context.fillStyle = inks.ink;
  context.lineJoin = 'round';
  context.font = `${NAME_PIXELS}px ${FONT}`;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  points.forEach(([x, y], agent) => {
    context.strokeText(names[agent], x, y + radius + 9);
    context.fillText(names[agent], x, y + radius + 9);
  });
}

function writeInside(context: CanvasRenderingContext2D, text: string, x: number, y: number, colour: string, size: number): void {
  context.font = `${size}px ${FONT}`;
  context.fillStyle = colour;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.fillText(text, x, y);
}
