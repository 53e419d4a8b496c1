/**
 * A run as it goes on: the whole of it once, then its stream, in which every update replaces what changed. A connection that
 * breaks is asked for again, ever more seldom, and at once when the browser is on the net again. A run that is over is left alone.
 */
import { useEffect, useState } from 'preact/hooks';
import type { RunUpdate, RunView } from '../core/run-view.ts';
import { fetchRun, openStream, Refusal, wordsOf } from './api.ts';
import { backoffMs } from './model/backoff.ts';
import { eventReader } from './model/event-reader.ts';

export interface Following {
  readonly view: RunView | null;
  readonly connection: 'loading' | 'live' | 'lost' | 'over' | 'refused';
  /** When it was lost. */
  readonly lostAt: number | null;
  readonly problem: string;
}

const START: Following = { view: null, connection: 'loading', lostAt: null, problem: '' };

export function useRun(runId: string): Following {
  const [state, setState] = useState(START);
  useEffect(() => {
    const stop = new AbortController();
    setState(START);
    void follow(runId, stop.signal, (change) => setState((old) => ({ ...old, ...change(old) })));
    return () => stop.abort();
  }, [runId]);
  return state;
}

type Change = (change: (old: Following) => Partial<Following>) => void;

async function follow(runId: string, signal: AbortSignal, change: Change): Promise<void> {
  let failures = 0;
  const onView = (view: RunView): void => {
    failures = 0;
    change(() => ({ view, connection: view.live ? 'live' : 'over', lostAt: null, problem: '' }));
  };
  while (!signal.aborted) {
    try {
      if (!(await followOnce(runId, signal, onView))) return;
      lose('the connection ended');
    } catch (error) {
      if (signal.aborted) return;
      if (isFinal(error)) return change(() => ({ connection: 'refused', problem: wordsOf(error) }));
      lose(wordsOf(error));
    }
    failures++;
    await rest(backoffMs(failures), signal);
  }
  function lose(problem: string): void {
    change((old) => ({ connection: 'lost', problem, lostAt: old.lostAt ?? Date.now() }));
  }
}

/** Whether there is more to follow. */
async function followOnce(runId: string, signal: AbortSignal, onView: (view: RunView) => void): Promise<boolean> {
  let view = await fetchRun(runId);
  onView(view);
  if (!view.live) return false;
  const reader = eventReader((data) => onView((view = { ...view, ...(JSON.parse(data) as RunUpdate) })));
  for await (const piece of piecesOf(await openStream(runId, signal))) reader(piece);
  return view.live;
}

async function* piecesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const texts = stream.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>).getReader();
  for (let next = await texts.read(); !next.done; next = await texts.read()) yield next.value;
}

/** Asking again would not help. */
function isFinal(error: unknown): boolean {
  return error instanceof Refusal && [401, 403, 404].includes(error.status);
}

/** Until it is time, the browser is on the net again, or nobody wants it any more. */
function rest(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    addEventListener('online', done);
    signal.addEventListener('abort', done);
    function done(): void {
      clearTimeout(timer);
      removeEventListener('online', done);
      signal.removeEventListener('abort', done);
      resolve();
    }
  });
}
