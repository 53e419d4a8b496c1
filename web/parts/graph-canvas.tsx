/**
 * One task graph that can be dragged, zoomed and pointed at; keys do the same: `n` and `p` point at the next agent and the one
 * before. Pictures with the same camera move together.
 */
import { useEffect, useMemo } from 'preact/hooks';
import { agentAt, drawGraph, type GraphDrawing } from '../drawing/graph.ts';
import { useCanvas } from '../drawing/canvas.ts';
import type { Camera } from '../model/camera.ts';

interface GraphCanvasProps {
  readonly label: string;
  readonly size: number;
  readonly drawing: GraphDrawing;
  readonly camera: Camera;
  readonly onPoint: (agent: number | null) => void;
}

const STEP = 24;
const ZOOM = 1.25;

export function GraphCanvas({ label, size, drawing, camera, onPoint }: GraphCanvasProps) {
  const draw = useMemo(() => (context: CanvasRenderingContext2D, pixels: number) => drawGraph(context, pixels, drawing, camera), [drawing, camera]);
  const [ref, redraw] = useCanvas(size, draw);
  useEffect(() => camera.onChange(redraw), [camera]);
  // A wheel scrolls the page, unless the reader holds a key or is at work in the picture.
  useEffect(() => listenToWheel(ref.current!, camera), [camera]);
  const onPointerMove = (event: PointerEvent): void => {
    if (event.buttons === 1) camera.move(event.movementX, event.movementY);
    else onPoint(agentAt(event.offsetX, event.offsetY, size, drawing, camera));
  };
  return (
    <canvas
      ref={ref}
      class="picture movable"
      role="img"
      tabIndex={0}
      aria-label={`${label}. Arrow keys move it, + and - zoom, 0 shows all, n and p tell of the next agent and the one before.`}
      style={{ width: `${size}px`, height: `${size}px` }}
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={onPointerMove}
      onPointerLeave={() => onPoint(null)}
      onKeyDown={(event) => {
        const next = neighbourOf(event.key, drawing);
        if (next === null) onKey(event, camera);
        else onPoint(next);
      }}
    />
  );
}

/** Whom a key points at; null: it is no such key. */
function neighbourOf(key: string, { chosen, names }: GraphDrawing): number | null {
  const step = key === 'n' ? 1 : key === 'p' ? -1 : 0;
  if (step === 0) return null;
  return chosen === null ? (step === 1 ? 0 : names.length - 1) : (chosen + step + names.length) % names.length;
}

const MOVES: Readonly<Record<string, readonly [number, number]>> = { ArrowLeft: [STEP, 0], ArrowRight: [-STEP, 0], ArrowUp: [0, STEP], ArrowDown: [0, -STEP] };

function onKey(event: KeyboardEvent, camera: Camera): void {
  const move = MOVES[event.key];
  if (move !== undefined) camera.move(...move);
  else if (event.key === '+' || event.key === '=') camera.scale(ZOOM, 0, 0);
  else if (event.key === '-') camera.scale(1 / ZOOM, 0, 0);
  else if (event.key === '0') camera.reset();
  else return;
  event.preventDefault();
}

function listenToWheel(canvas: HTMLCanvasElement, camera: Camera): () => void {
  const onWheel = (event: WheelEvent): void => {
    if (!event.ctrlKey && !event.metaKey && document.activeElement !== canvas) return;
    event.preventDefault();
    const { width, height } = canvas.getBoundingClientRect();
    camera.scale(Math.exp(-event.deltaY / 400), event.offsetX - width / 2, event.offsetY - height / 2);
  };
  canvas.addEventListener('wheel', onWheel, { passive: false });
  return () => canvas.removeEventListener('wheel', onWheel);
}
