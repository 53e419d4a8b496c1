/** A K x K table of shares as coloured cells: rows and columns are agents, strength of colour is the size, dots mark negative ones. */
import { FONT, type Inks } from './ink.ts';

export interface MatrixDrawing {
  readonly agents: number;
  /** In [-1, 1]; null: there is nothing. */
  readonly share: (row: number, column: number) => number | null;
  /** Of the rows and of the columns; null: none. */
  readonly titles: readonly [string, string];
  readonly inks: Inks;
}

const LEFT = 44;
const TOP = 40;
/** Pixels that a number on an axis needs. */
const NUMBER_PIXELS = 20;

export function drawMatrix(context: CanvasRenderingContext2D, size: number, drawing: MatrixDrawing): void {
  const { agents, inks } = drawing;
  const cell = cellPixels(size, agents);
  context.strokeStyle = inks.grid;
  context.strokeRect(LEFT - 0.5, TOP - 0.5, cell * agents + 1, cell * agents + 1);
  for (let row = 0; row < agents; row++) for (let column = 0; column < agents; column++) drawCell(context, drawing, cell, row, column);
  drawNumbers(context, drawing, cell);
}

/** Row and column at a place of the canvas, or null. */
export function cellAt(x: number, y: number, size: number, agents: number): readonly [number, number] | null {
  const cell = cellPixels(size, agents);
  const [row, column] = [Math.floor((y - TOP) / cell), Math.floor((x - LEFT) / cell)];
  return row >= 0 && column >= 0 && row < agents && column < agents ? [row, column] : null;
}

function cellPixels(size: number, agents: number): number {
  return Math.max(1, (size - Math.max(LEFT, TOP) - 2) / agents);
}

function drawCell(context: CanvasRenderingContext2D, { share, inks }: MatrixDrawing, cell: number, row: number, column: number): void {
  const value = share(row, column);
  if (value === null || value === 0) return;
  const gap = cell > 8 ? 1 : 0;
  const [x, y] = [LEFT + column * cell, TOP + row * cell];
  context.globalAlpha = 0.08 + 0.92 * Math.min(1, Math.abs(value));
  context.fillStyle = value < 0 ? inks.negative : inks.positive;
  context.fillRect(x, y, cell - gap, cell - gap);
  context.globalAlpha = 1;
  if (value < 0 && cell > 8) drawDot(context, inks.ink, x + (cell - gap) / 2, y + (cell - gap) / 2);
}

function drawDot(context: CanvasRenderingContext2D, colour: string, x: number, y: number): void {
  context.fillStyle = colour;
  context.beginPath();
  context.arc(x, y, 1.6, 0, 2 * Math.PI);
  context.fill();
}

function drawNumbers(context: CanvasRenderingContext2D, { agents, titles, inks }: MatrixDrawing, cell: number): void {
  const every = [1, 2, 5, 10, 20, 50, 100].find((step) => step * cell >= NUMBER_PIXELS) ?? 200;
  const middle = (cell * agents) / 2;
  context.fillStyle = inks.muted;
  context.textBaseline = 'middle';
  context.font = `10.5px ${FONT}`;
  for (let k = 0; k < agents; k += every) {
    context.textAlign = 'center';
    context.fillText(String(k), LEFT + (k + 0.5) * cell, TOP - 9);
    context.textAlign = 'right';
    context.fillText(String(k), LEFT - 5, TOP + (k + 0.5) * cell);
  }
  context.font = `12px ${FONT}`;
  context.textAlign = 'center';
  context.fillText(titles[1], LEFT + middle, 10);
  context.save();
  context.translate(9, TOP + middle);
  context.rotate(-Math.PI / 2);
  context.fillText(titles[0], 0, 0);
  context.restore();
}
