/** Pause, resume, and stop, which asks first: stopping drains and saves, as one Ctrl-C does. */
import { useRef, useState } from 'preact/hooks';
import type { RunView } from '../../core/run-view.ts';
import { steer, wordsOf, type Steering as How } from '../api.ts';

export function Steering({ view }: { view: RunView }) {
  const [problem, setProblem] = useState('');
  const dialog = useRef<HTMLDialogElement>(null);
  const [busy, setBusy] = useState(false);
  if (!view.live || !view.steerable) return null;
  const act = (how: How): void => {
    setBusy(true);
    setProblem('');
    void steer(view.runId, how)
      .catch((error: unknown) => setProblem(wordsOf(error)))
      .finally(() => setBusy(false));
  };
  return (
    <div class="steering">
      <button type="button" disabled={busy} onClick={() => act(view.paused ? 'resume' : 'pause')}>
        {view.paused ? 'Resume' : 'Pause'}
      </button>
      <button type="button" disabled={busy} onClick={() => dialog.current?.showModal()}>
        Stop …
      </button>
      <span class="warn" role="alert">
        {problem}
      </span>
      <dialog ref={dialog} aria-labelledby="stop-heading">
        <h2 id="stop-heading">Stop this run?</h2>
        <p>The agents finish what they are at and everything is kept. It can be taken up again with: kindred resume {view.runId}</p>
        <form method="dialog" class="buttons">
          <button autofocus>Let it go on</button>
          <button class="danger" onClick={() => act('stop')}>
            Stop the run
          </button>
        </form>
      </dialog>
    </div>
  );
}
