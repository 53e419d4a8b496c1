/** How the links are, each direction as its receiver measured it: all of them as a heat table, the worst in numbers. */
import { useMemo, useState } from 'preact/hooks';
import type { LinkView, RunView } from '../../core/run-view.ts';
import { useWidth } from '../hooks.ts';
import { linkTable, MEASURES, worstLinks, type LinkMeasure } from '../model/link-measures.ts';
import { Card } from './card.tsx';
import { Choice } from './choice.tsx';
import { MatrixCanvas } from './matrix-canvas.tsx';
import { Sortable, type Column } from './sortable.tsx';

const SIZE_MAX = 380;
const LISTED = 40;

export function Links({ view: { links, peers, live } }: { view: RunView }) {
  const names = peers.map(({ name }) => name);
  const closed = links.filter(({ open }) => !open).length;
  const note = links.length === 0 ? '' : `${links.length} directions${closed === 0 ? ', all open' : `, ${closed} closed`}`;
  return (
    <Card id="links" title="Links" wide aside={<span class="quiet">{note}</span>}>
      {links.length === 0 ? (
        <p class="quiet">{live ? 'No link carries vectors yet.' : 'Links are measured while a run goes on; they are not kept.'}</p>
      ) : (
        <Health links={links} names={names} />
      )}
    </Card>
  );
}

function Health({ links, names }: { links: readonly LinkView[]; names: readonly string[] }) {
  const shown = useMemo(() => worstLinks(links, LISTED), [links]);
  return (
    <div class="health">
      <Heat links={links} names={names} />
      <div>
        {links.length > LISTED && (
          <p class="quiet">
            The {LISTED} worst of {links.length}:
          </p>
        )}
        <Sortable
          label="Links"
          columns={columnsOf(names)}
          rows={shown}
          rowKey={({ from, to }) => `${from} ${to}`}
          first={{ by: MEASURES.p95.name, descending: true }}
        />
      </div>
    </div>
  );
}

const OPTIONS = Object.fromEntries(Object.entries(MEASURES).map(([key, { brief }]) => [key, brief])) as Record<LinkMeasure, string>;

function Heat({ links, names }: { links: readonly LinkView[]; names: readonly string[] }) {
  const [measure, setMeasure] = useState<LinkMeasure>('p50');
  const [cell, setCell] = useState<readonly [number, number] | null>(null);
  const [ref, width] = useWidth<HTMLDivElement>();
  const { of, text, name } = MEASURES[measure];
  const table = useMemo(() => linkTable(links), [links]);
  const most = Math.max(...links.map((link) => of(link) ?? 0));
  const share = useMemo(() => (from: number, to: number) => shareOf(table.get(`${from} ${to}`), of, most), [table, measure]);
  const pointed = cell === null ? undefined : table.get(`${cell[0]} ${cell[1]}`);
  return (
    <div ref={ref} class="heat">
      <Choice label="Measure of links" options={OPTIONS} value={measure} onChange={setMeasure} />
      {width > 0 && (
        <MatrixCanvas
          {...{ share, agents: names.length, size: Math.min(SIZE_MAX, width), titles: ['from', 'to'], onPoint: setCell }}
          label={`${name} of ${links.length} directions of links, at most ${text(most)}; the table tells the numbers`}
        />
      )}
      <p class="pointed">
        {pointed === undefined
          ? `Strongest colour: ${text(most)}. A dot: closed.`
          : `${directionOf(pointed, names)}: ${pointed.open ? text(of(pointed)) : 'closed'}`}
      </p>
    </div>
  );
}

/** A closed link is drawn as the worst of all, the other way. */
function shareOf(link: LinkView | undefined, of: (link: LinkView) => number | null, most: number): number | null {
  if (link === undefined) return null;
  if (!link.open) return -1;
  return Math.max(0.02, most > 0 ? (of(link) ?? 0) / most : 0);
}

function directionOf({ from, to }: LinkView, names: readonly string[]): string {
  return `${names[from]} → ${names[to]}`;
}

function columnsOf(names: readonly string[]): Column<LinkView>[] {
  const direction: Column<LinkView> = { name: 'Link', value: ({ from, to }) => from * 1e6 + to, show: (link) => directionOf(link, names), text: true };
  const state: Column<LinkView> = {
    name: 'State',
    value: ({ open }) => Number(open),
    show: ({ open }) => (open ? 'open' : <span class="harmed">✕ closed</span>),
    text: true,
  };
  const measured = Object.values(MEASURES).map(({ name, hint, of, text }): Column<LinkView> => ({
    name,
    hint,
    value: of,
    show: (link) => text(of(link)),
    descendingFirst: true,
  }));
  return [direction, state, ...measured];
}
