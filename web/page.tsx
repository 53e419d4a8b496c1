/** The frame around every view: the name, the way back to the list, and the view that the address names. */
import { addressOf } from './model/route.ts';
import { useRoute } from './session.ts';
import { ComparePage } from './views/compare-page.tsx';
import { RunList } from './views/run-list.tsx';
import { RunPage } from './views/run-page.tsx';

export function Page() {
  const route = useRoute();
  return (
    <>
      <a class="skip" href="#main" onClick={skipToMain}>
        Skip to the content
      </a>
      <header class="bar">
        <a class="brand" href={addressOf({ page: 'list' })}>
          <Mark />
          Kindred
        </a>
        <nav aria-label="Pages">
          <a href={addressOf({ page: 'list' })} aria-current={route.page === 'list' ? 'page' : undefined}>
            All runs
          </a>
        </nav>
      </header>
      <main id="main" tabIndex={-1}>
        {route.page === 'list' && <RunList />}
        {route.page === 'run' && <RunPage key={route.runId} runId={route.runId} />}
        {route.page === 'compare' && <ComparePage key={route.runIds.join(' ')} runIds={route.runIds} />}
      </main>
    </>
  );
}

/** The fragment is the address of a view: it must not become the name of an element. */
function skipToMain(event: Event): void {
  event.preventDefault();
  document.querySelector<HTMLElement>('#main')?.focus();
}

/** Three agents, two of them related more. */
function Mark() {
  return (
    <svg class="mark" viewBox="0 0 24 24" width="22" height="22" aria-hidden="true">
      <path d="M6 17 L12 6 L18 17" fill="none" stroke="currentColor" stroke-width="1.6" />
      <path d="M6 17 H18" stroke="currentColor" stroke-width="3.4" />
      <circle cx="12" cy="6" r="3.4" />
      <circle cx="6" cy="17" r="3.4" />
      <circle cx="18" cy="17" r="3.4" />
    </svg>
  );
}
