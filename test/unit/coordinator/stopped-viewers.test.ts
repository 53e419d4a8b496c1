/**
 * Ten viewers of a hundred agents who stop reading cost the coordinator no more than 64 MiB, over real sockets and hundreds of
 * updates in which every key is new. What the process holds counts, not what its garbage or the kernel's socket buffers hold.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { newPageTokens } from '../../../coordinator/access.ts';
import { createApp } from '../../../coordinator/app.ts';
import { runRoutes } from '../../../coordinator/routes/runs.ts';
import type { OpenRun } from '../../../coordinator/routes/runs.ts';
import { ViewFeed } from '../../../coordinator/view/feed.ts';
import type { Viewer, Watching } from '../../../coordinator/view/feed.ts';
import type { SharedView } from '../../../coordinator/view/run-view.ts';
import { LIMITS } from '../../../core/limits.ts';
import { VirtualClock } from '../../../net/virtual-clock.ts';
import { viewFixture } from '../../support/view-fixture.ts';

const COST_BYTES_MAX = 64 * 1024 ** 2;
const AGENTS = 100;
const VIEWERS = 10;
/** Enough for every viewer to be cut off, and to come again, more than once. */
const UPDATES = (5 * LIMITS.viewerStallMs) / LIMITS.viewEveryMs;
const LOOK_EVERY = 20;

/** It writes whatever became of the event before: the socket of who does not read keeps all of them. */
class HeedlessFeed extends ViewFeed {
  override watch(viewer: Viewer): Watching {
    return super.watch({ ...viewer, write: (event) => viewer.write(event) || true });
  }
}

test('ten stopped viewers of 100 agents cost at most 64 MiB', async (context) => {
  const { cost, eventBytes } = await costOfStopped(context, ViewFeed);
  context.diagnostic(`${mebibytes(cost)} MiB at most over ${UPDATES} updates of ${mebibytes(eventBytes)} MiB`);
  assert.ok(eventBytes > 400_000, `an update of ${eventBytes} bytes is none of 100 agents`);
  assert.ok(cost <= COST_BYTES_MAX, `${mebibytes(cost)} MiB`);
});

test('the measurement finds a planted fault: events that are queued for each viewer', async (context) => {
  const { cost } = await costOfStopped(context, HeedlessFeed);
  context.diagnostic(`${mebibytes(cost)} MiB at most over ${UPDATES} updates`);
  assert.ok(cost > COST_BYTES_MAX, `${mebibytes(cost)} MiB`);
});

/** What the process holds at most beyond what it holds with one viewer who reads. */
async function costOfStopped(context: TestContext, Feed: typeof ViewFeed): Promise<{ readonly cost: number; readonly eventBytes: number }> {
  const clock = new VirtualClock();
  const views = [viewOf(0), viewOf(1)];
  let updates = 0;
  const feed = new Feed({ clock, look: () => views[updates++ % 2] });
  const { stop, turns } = await served(context, feed);
  const pass = async (): Promise<void> => {
    let isOver = false;
    clock.setTimer(LIMITS.viewEveryMs, () => (isOver = true));
    clock.runUntil(() => isOver);
    await turns();
  };
  let eventBytes = 0;
  const reads = feed.watch({ own: {}, write: (event) => (eventBytes = event.length) > 0, end: () => undefined, drop: () => undefined });
  for (let i = 0; i < LOOK_EVERY; i++) await pass();
  const before = heldBytes();
  let most = before;
  for (let i = 1; i <= UPDATES; i++) {
    // They come one by one, and again when they were cut off.
    if (feed.viewers <= VIEWERS) await stop();
    await pass();
    if (i % LOOK_EVERY === 0) most = Math.max(most, heldBytes());
  }
  reads.leave();
  return { cost: most - before, eventBytes };
}

/** Every key of two views is different, matrices too. */
function viewOf(nth: number): SharedView {
  const made = viewFixture(AGENTS);
  const moved = (rows: readonly (readonly number[])[]): number[][] => rows.map((row) => row.map((_, j) => (j + 1) * (0.123_456_789 + nth)));
  return {
    ...made,
    elapsedMs: nth,
    peers: made.peers.map((peer) => ({ ...peer, iteration: nth })),
    links: made.links.map((link) => ({ ...link, bytes: nth })),
    curves: made.curves.map((curve) => ({ ...curve, steadyError: nth })),
    truth: moved(made.truth!),
    relationships: made.relationships.map((one) => ({ ...one, laplacian: moved(one.laplacian!) })),
  };
}

async function served(context: TestContext, feed: ViewFeed) {
  const run: OpenRun = { view: () => viewOf(0), feed, control: undefined, plan: () => '' };
  const app = createApp('127.0.0.1');
  const tokens = newPageTokens();
  runRoutes(app, { list: () => [], open: () => run, finish: () => feed.finish() }, tokens);
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  const sockets: Socket[] = [];
  context.after(async () => {
    for (const socket of sockets) socket.destroy();
    await app.close();
  });
  return {
    /** One more, who has the beginning of its stream and reads no further. */
    stop: async (): Promise<void> => {
      const socket = connect({ host: '127.0.0.1', port });
      socket.on('error', () => undefined);
      sockets.push(socket);
      socket.write(`GET /api/runs/r/stream HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAuthorization: Bearer ${tokens.watch}\r\n\r\n`);
      await once(socket, 'readable');
    },
    /** For what is under way in the sockets. */
    turns: async (): Promise<void> => {
      for (let i = 0; i < 3; i++) await turn();
    },
  };
}

/** After its garbage is gone. */
function heldBytes(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

function mebibytes(bytes: number): string {
  return (bytes / 1024 ** 2).toFixed(1);
}
