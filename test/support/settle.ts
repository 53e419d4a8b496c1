/** Promises in virtual time. */
import assert from 'node:assert/strict';
import type { VirtualClock } from '../../net/virtual-clock.ts';

/** Lets events of the clock happen until the promise settles; fails when it never will. */
export async function settleOn<T>(clock: VirtualClock, promise: Promise<T>): Promise<T> {
  let settled = false;
  promise.then(
    () => (settled = true),
    () => (settled = true),
  );
  clock.run();
  // A few microtasks, because promises may be chained; nothing else can settle it once no event is left.
  for (let i = 0; i < 10 && !settled; i++) await Promise.resolve();
  assert.ok(settled, 'no event is left and it did not happen');
  return promise;
}
