/**
 * Which part of a drawing is seen: shared by pictures that stand side by side, so that they move together. Coordinates of the
 * drawing are [-1, 1] x [-1, 1]; a picture of `size` pixels shows them at `zoom` with the centre moved by (x, y) pixels.
 */
export interface Camera {
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
  move(dx: number, dy: number): void;
  /** Around a point of the picture, measured from its middle. */
  scale(factor: number, atX: number, atY: number): void;
  reset(): void;
  /** Returns what ends it. */
  onChange(listener: () => void): () => void;
}

const ZOOM_MIN = 0.5;
const ZOOM_MAX = 12;

export function createCamera(): Camera {
  const listeners = new Set<() => void>();
  const at = { x: 0, y: 0, zoom: 1 };
  const set = (x: number, y: number, zoom: number): void => {
    Object.assign(at, { x, y, zoom });
    for (const listener of listeners) listener();
  };
  return {
    get x() {
      return at.x;
    },
    get y() {
      return at.y;
    },
    get zoom() {
      return at.zoom;
    },
    move: (dx, dy) => set(at.x + dx, at.y + dy, at.zoom),
    scale(factor, atX, atY) {
      const zoom = Math.min(ZOOM_MAX, Math.max(ZOOM_MIN, at.zoom * factor));
      const ratio = zoom / at.zoom;
      set(atX - (atX - at.x) * ratio, atY - (atY - at.y) * ratio, zoom);
    },
    reset: () => set(0, 0, 1),
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
