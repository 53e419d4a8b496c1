/** Says when the page no longer hears of the run, since when, and that it keeps asking: what is shown is then old. */
import type { Following } from '../follow.ts';

export function Connection({ following: { connection, lostAt, problem } }: { following: Following }) {
  const isLost = connection === 'lost' && lostAt !== null;
  return (
    <div class={isLost ? 'lost' : 'hidden'} role="alert">
      {isLost && `Not connected since ${new Date(lostAt).toLocaleTimeString('en-GB')}: ${problem}. Asking again; what is shown is from before.`}
    </div>
  );
}
