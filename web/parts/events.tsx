/** What happened, the newest first, and what the estimator and the run have to say about the result. */
import type { RunView } from '../../core/run-view.ts';
import { momentText } from '../model/words.ts';
import { Card } from './card.tsx';

export function Events({ view: { events } }: { view: RunView }) {
  return (
    <Card id="events" title="Events" aside={<span class="quiet">{events.length === 500 ? 'the last 500' : `${events.length}`}</span>}>
      {events.length === 0 && <p class="quiet">Nothing has happened yet.</p>}
      <ol class="events" tabIndex={0} aria-label="Events, the newest first" reversed>
        {events.toReversed().map(({ ms, type, text }, i) => (
          <li key={events.length - i} class={GRAVE.has(type) ? 'grave' : undefined}>
            <span class="time">{momentText(ms)}</span> <span>{text}</span>
          </li>
        ))}
      </ol>
    </Card>
  );
}

/** Those one looks for. */
const GRAVE = new Set(['lost', 'excluded', 'failed', 'process-lost', 'link-lost', 'refused', 'suspect']);

export function Diagnostics({ view: { diagnostics, live } }: { view: RunView }) {
  return (
    <Card id="diagnostics" title="What to know about the result">
      {diagnostics.length === 0 && <p class="quiet">{live ? 'Nothing to note so far.' : 'Nothing to note.'}</p>}
      <ul class="plain">
        {diagnostics.map(({ code, message }, i) => (
          <li key={`${code} ${i}`}>{message}</li>
        ))}
      </ul>
    </Card>
  );
}
