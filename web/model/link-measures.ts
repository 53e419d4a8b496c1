/** What is measured of a link, as the reader may choose it: its value, how it is written, and when there is nothing to worry about. */
import type { LinkView } from '../../core/run-view.ts';
import { formatBytes, formatCount, formatNumber, formatPercent } from '../../figures/format.ts';

export type LinkMeasure = 'p50' | 'p95' | 'lost' | 'staleness' | 'bytes';

export interface MeasureFacts {
  readonly name: string;
  /** On a button. */
  readonly brief: string;
  readonly hint: string;
  readonly of: (link: LinkView) => number | null;
  readonly text: (value: number | null) => string;
}

export const MEASURES: Readonly<Record<LinkMeasure, MeasureFacts>> = {
  p50: {
    name: 'Round trip p50',
    brief: 'p50',
    hint: 'Half of the round trips were faster',
    of: ({ roundTripMs }) => roundTripMs?.p50 ?? null,
    text: millisText,
  },
  p95: { name: 'Round trip p95', brief: 'p95', hint: 'One in twenty was slower', of: ({ roundTripMs }) => roundTripMs?.p95 ?? null, text: millisText },
  lost: {
    name: 'Loss',
    brief: 'Loss',
    hint: 'Share of the messages of the last seconds that did not arrive whole',
    of: ({ lost }) => lost,
    text: (value) => (value === null ? '–' : formatPercent(100 * value).replace('+', '')),
  },
  staleness: {
    name: 'Staleness',
    brief: 'Staleness',
    hint: 'How many exchanges old the newest vector is',
    of: ({ staleness }) => staleness,
    text: formatCount,
  },
  bytes: { name: 'Received', brief: 'Received', hint: 'Bytes', of: ({ bytes }) => bytes, text: formatBytes },
};

function millisText(value: number | null): string {
  return value === null ? '–' : `${formatNumber(value, value < 10 ? 2 : 3)} ms`;
}

/** By "from to". */
export function linkTable(links: readonly LinkView[]): ReadonlyMap<string, LinkView> {
  return new Map(links.map((link) => [`${link.from} ${link.to}`, link]));
}

/** The worst first: closed ones, then by round trip. */
export function worstLinks(links: readonly LinkView[], count: number): LinkView[] {
  const badness = (link: LinkView): number => (link.open ? 0 : 1e9) + 1e6 * link.lost + (link.roundTripMs?.p95 ?? 0) + 10 * link.staleness;
  return [...links].sort((a, b) => badness(b) - badness(a)).slice(0, count);
}
