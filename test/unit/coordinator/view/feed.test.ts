/** The stream of a view: whole first, then what changed; nobody who does not read costs more than one event. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ViewFeed } from '../../../../coordinator/view/feed.ts';
import type { Viewer } from '../../../../coordinator/view/feed.ts';
import type { SharedView } from '../../../../coordinator/view/run-view.ts';
import { LIMITS } from '../../../../core/limits.ts';
import { VirtualClock } from '../../../../net/virtual-clock.ts';

function scene() {
  const clock = new VirtualClock();
  const state: Record<string, unknown> = { runId: 'r-1', elapsedMs: 0, events: [] };
  let looks = 0;
  const feed = new ViewFeed({
    clock,
    look: () => {
      looks++;
      return { ...state } as unknown as SharedView;
    },
  });
  const pass = (ms: number = LIMITS.viewEveryMs): void => {
    let isOver = false;
    clock.setTimer(ms, () => (isOver = true));
    clock.runUntil(() => isOver);
  };
  return { state, feed, looks: () => looks, pass };
}

function viewer(reads = true) {
  const events: Buffer[] = [];
  const ends: string[] = [];
  const as: Viewer = {
    own: { steerable: true },
    write: (event) => events.push(event) > 0 && reads,
    end: () => ends.push('end'),
    drop: () => ends.push('drop'),
  };
  return { as, ends, events, told: () => events.splice(0).map((event) => JSON.parse(event.toString().slice('data: '.length)) as Record<string, unknown>) };
}

test('the whole view first, with what is the asker’s own; then the keys that changed', () => {
  const { feed, state, pass } = scene();
  const one = viewer();
  feed.watch(one.as);
  assert.deepEqual(one.told(), [{ runId: 'r-1', elapsedMs: 0, events: [], steerable: true }]);
  pass();
  assert.deepEqual(one.told(), []);
  state['elapsedMs'] = 250;
  // Another object that says the same is no news.
  state['events'] = [];
  pass();
  assert.deepEqual(one.told(), [{ elapsedMs: 250 }]);
});

test('an event is written out once for all who are told the same', () => {
  const { feed, state, pass } = scene();
  const [one, other] = [viewer(), viewer()];
  feed.watch(one.as);
  feed.watch(other.as);
  state['elapsedMs'] = 250;
  pass();
  assert.equal(one.events.at(-1), other.events.at(-1));
});

test('who reads nothing is told once, later all that changed meanwhile, and is cut off in the end', () => {
  const { feed, state, pass } = scene();
  const slow = viewer(false);
  const watching = feed.watch(slow.as);
  for (let ms = 250; ms <= 2_000; ms += 250) {
    state['elapsedMs'] = ms;
    pass();
  }
  assert.equal(slow.told().length, 1);
  watching.ready();
  pass();
  assert.deepEqual(slow.told(), [{ elapsedMs: 2_000 }]);
  pass(LIMITS.viewerStallMs + LIMITS.viewEveryMs);
  assert.deepEqual(slow.ends, ['drop']);
  assert.equal(feed.viewers, 0);
});

test('while nobody watches, nothing is looked at', () => {
  const { feed, pass, looks } = scene();
  pass(10_000);
  assert.equal(looks(), 0);
  feed.watch(viewer().as).leave();
  const before = looks();
  pass(10_000);
  assert.equal(looks(), before);
});

test('at the end everybody hears the last of it', () => {
  const { feed, state } = scene();
  const [quick, slow] = [viewer(), viewer(false)];
  feed.watch(quick.as);
  const watching = feed.watch(slow.as);
  state['status'] = 'completed';
  feed.finish();
  assert.deepEqual(quick.told().at(-1), { status: 'completed' });
  assert.deepEqual([quick.ends, slow.ends], [['end'], []]);
  watching.ready();
  assert.deepEqual(slow.told().at(-1), { status: 'completed' });
  assert.deepEqual(slow.ends, ['end']);
});
