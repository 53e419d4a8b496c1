/** A canvas as sharp as the screen, drawn at most once a frame and only when something asked for it. */
import { useEffect, useRef } from 'preact/hooks';
import type { RefObject } from 'preact';

export type Draw = (context: CanvasRenderingContext2D, size: number) => void;

/** Square, `size` pixels wide. Draws again when `draw` or the size changes, and when the returned function is called. */
export function useCanvas(size: number, draw: Draw): [RefObject<HTMLCanvasElement | null>, () => void] {
  const ref = useRef<HTMLCanvasElement>(null);
  const latest = useRef(draw);
  const frame = useRef(0);
  latest.current = draw;
  const redraw = (): void => {
    frame.current ||= requestAnimationFrame(() => {
      frame.current = 0;
      if (ref.current !== null && size > 0) paint(ref.current, size, latest.current);
    });
  };
  const asked = useRef(redraw);
  asked.current = redraw;
  useEffect(redraw, [size, draw]);
  useEffect(() => () => cancelAnimationFrame(frame.current), []);
  return [ref, useRef(() => asked.current()).current];
}

function paint(canvas: HTMLCanvasElement, size: number, draw: Draw): void {
  const density = window.devicePixelRatio;
  const pixels = Math.round(size * density);
  if (canvas.width !== pixels) Object.assign(canvas, { width: pixels, height: pixels });
  const context = canvas.getContext('2d')!;
  context.setTransform(density, 0, 0, density, 0, 0);
  context.clearRect(0, 0, size, size);
  draw(context, size);
}
