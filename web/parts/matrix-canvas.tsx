/** A K x K table as coloured cells; what the reader points at is told by the caller in words. */
import { useMemo } from 'preact/hooks';
import { useCanvas } from '../drawing/canvas.ts';
import { inks } from '../drawing/ink.ts';
import { cellAt, drawMatrix, type MatrixDrawing } from '../drawing/matrix.ts';
import { useDark } from '../hooks.ts';

interface MatrixCanvasProps extends Pick<MatrixDrawing, 'agents' | 'share' | 'titles'> {
  readonly label: string;
  readonly size: number;
  readonly onPoint: (cell: readonly [number, number] | null) => void;
}

/** `share` must be another function when it tells other values. */
export function MatrixCanvas({ label, size, agents, share, titles: [rows, columns], onPoint }: MatrixCanvasProps) {
  const dark = useDark();
  const draw = useMemo(
    () => (context: CanvasRenderingContext2D, pixels: number) => drawMatrix(context, pixels, { agents, share, titles: [rows, columns], inks: inks(dark) }),
    [agents, share, rows, columns, dark],
  );
  const [ref] = useCanvas(size, draw);
  return (
    <canvas
      ref={ref}
      class="picture"
      role="img"
      aria-label={label}
      style={{ width: `${size}px`, height: `${size}px` }}
      onPointerMove={(event) => onPoint(cellAt(event.offsetX, event.offsetY, size, agents))}
      onPointerLeave={() => onPoint(null)}
    />
  );
}
