/** Times as a reader of the page sees them. Numbers, sizes and shares are written as in the figures. */
import { formatDuration } from '../../figures/format.ts';

/** 22 Nov 2026, 17:05, where the reader is. */
export function dateText(iso: string): string {
  const date = new Date(iso);
  return Number.isNaN(date.getTime()) ? iso : date.toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'short' });
}

/** On an axis of times: no more digits than the ticks differ by. */
export function tickTimeText(ms: number, stepMs: number): string {
  if (ms === 0) return '0';
  if (stepMs < 1_000) return ms < 1_000 ? `${ms} ms` : `${Number((ms / 1_000).toFixed(3))} s`;
  if (ms < 60_000) return `${Math.round(ms / 1_000)} s`;
  const seconds = Math.round((ms % 60_000) / 1_000);
  return seconds === 0 ? `${Math.floor(ms / 60_000)} min` : `${Math.floor(ms / 60_000)}:${String(seconds).padStart(2, '0')} min`;
}

/** In a list of events: 3.2 s. */
export function momentText(ms: number): string {
  return ms < 1_000 ? `${Math.max(0, Math.round(ms))} ms` : formatDuration(ms);
}
