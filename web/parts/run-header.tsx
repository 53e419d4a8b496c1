/** Which run it is, how it stands, what it waits for, how it is steered, and what repeats it. */
import type { RunView } from '../../core/run-view.ts';
import { formatDuration } from '../../figures/format.ts';
import { dateText } from '../model/words.ts';
import { CopyButton } from './copy-button.tsx';
import { Status } from './status.tsx';
import { Steering } from './steering.tsx';

export function RunHeader({ view }: { view: RunView }) {
  const { experiment, runId, status, live, paused, waitingFor, failure, command } = view;
  return (
    <section class="card wide run" aria-labelledby="run-heading">
      <div class="head">
        <h1 id="run-heading">
          {experiment} <Status status={status} live={live} paused={paused} />
        </h1>
        <Steering view={view} />
      </div>
      <p class="facts">
        <span>{runId}</span>
        {factsOf(view).map((fact) => (
          <span key={fact}>{fact}</span>
        ))}
      </p>
      {failure !== null && (
        <p class="warn" role="alert">
          {failure.message} ({failure.code}). What to do: {failure.hint}.
        </p>
      )}
      {isWorthAWord(view) && <p class="warn">Waiting for {waitingFor}</p>}
      <div class="command">
        <code>{command}</code>
        <CopyButton text={command}>Copy the command that reproduces this</CopyButton>
      </div>
    </section>
  );
}

/** Who is at work is waited for all the time. */
function isWorthAWord({ status, peers, waitingFor }: RunView): boolean {
  return waitingFor !== '' && (status === 'assembling' || peers.some(({ state }) => state === 'suspect' || state === 'away'));
}

function factsOf({ agents, peers, seed, mode, elapsedMs, date, live }: RunView): string[] {
  const up = peers.filter(({ state }) => state === 'up' || state === 'done').length;
  const count = agents ?? peers.length;
  return [
    live ? `${up} of ${count} agents up` : `${count} agents`,
    ...(seed === null ? [] : [`seed ${seed}`]),
    ...(mode === null ? [] : [mode]),
    `${formatDuration(elapsedMs)} ${live ? 'so far' : 'in all'}`,
    `begun ${dateText(date)}`,
  ];
}
