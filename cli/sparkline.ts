/** A curve in one line of text: eight heights, on a logarithmic scale that several curves share. */

const HEIGHTS = '▁▂▃▄▅▆▇█';

export interface Scale {
  readonly low: number;
  readonly high: number;
}

/** Of what can be shown on it: numbers above zero. */
export function scaleOf(curves: readonly (readonly number[])[]): Scale {
  const values = curves.flat().filter((value) => value > 0 && Number.isFinite(value));
  // Not by spreading: curves may have more points than a call has arguments.
  return { low: values.reduce((a, b) => Math.min(a, b), Infinity), high: values.reduce((a, b) => Math.max(a, b), 0) };
}

/** At most `width` characters: the last point of every stretch, so that the newest is always shown. */
export function sparkline(curve: readonly number[], { low, high }: Scale, width: number): string {
  const shown = Math.min(width, curve.length);
  return Array.from({ length: shown }, (_, i) => curve[Math.floor(((i + 1) * curve.length) / shown) - 1])
    .map((value) => heightOf(value, low, high))
    .join('');
}

function heightOf(value: number, low: number, high: number): string {
  if (!(value > 0) || !Number.isFinite(value)) return ' ';
  const share = high > low ? Math.log(value / low) / Math.log(high / low) : 0;
  return HEIGHTS[Math.min(HEIGHTS.length - 1, Math.max(0, Math.floor(share * HEIGHTS.length)))];
}
