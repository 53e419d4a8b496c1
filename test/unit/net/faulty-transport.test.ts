/** Links through proxies meet the conditions of their own peer and direction. That they are links is in link.test.ts. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import test, { type TestContext } from 'node:test';
import { connect } from 'node:net';
import { type LinkConditions, NO_CONDITIONS } from '../../../core/fault/plan.ts';
import { type FaultyTransport, throughProxies } from '../../../net/faulty-transport.ts';
import type { Link, Transport } from '../../../net/link.ts';
import { createWebSocketTransport } from '../../../net/websocket-transport.ts';

type Way = 'out' | 'in';
type Dialled = { readonly link: Link } | { readonly reason: string; readonly refused: boolean };

class Scene {
  readonly asked = new Set<string>();
  readonly dialledUrls: string[] = [];
  readonly transport: FaultyTransport;
  readonly conditions: Record<Way, LinkConditions> = { out: NO_CONDITIONS, in: NO_CONDITIONS };
  endpoint = '';
  readonly #accepted: Link[] = [];

  constructor() {
    const direct = createWebSocketTransport();
    const watched: Transport = {
      listen: (...options) => direct.listen(...options),
      dial: (endpoint, options) => {
        this.dialledUrls.push(endpoint);
        direct.dial(endpoint, options);
      },
    };
    const conditions = (peer: string, way: Way): LinkConditions => {
      this.asked.add(`${peer} ${way}`);
      return this.conditions[way];
    };
    this.transport = throughProxies(watched, { conditions });
  }

  listen(context: TestContext): Promise<this> {
    return new Promise((resolve, reject) => {
      const onLink = (link: Link): void => {
        this.#accepted.push(link);
        link.onFrame = (frame) => void link.send(frame);
      };
      const authorize = (bearer: string): string | undefined => (bearer === 'right' ? 'dialler' : undefined);
      this.transport.listen(
        { authorize, frameBytesMax: 1_000, onLink },
        (listener) => {
          this.endpoint = listener.endpoint;
          context.after(() => {
            this.transport.close();
            listener.close();
          });
          resolve(this);
        },
        (reason) => reject(new Error(reason)),
      );
    });
  }

  dial(bearer = 'right', endpoint = this.endpoint): Promise<Dialled> {
    return new Promise((resolve) => {
      this.transport.dial(endpoint, {
        bearer,
        peer: 'agent 3',
        frameBytesMax: 1_000,
        onOpen: (link) => resolve({ link }),
        onFailed: (reason, refused) => resolve({ reason, refused }),
      });
    });
  }

  async open(): Promise<Link> {
    const dialled = await this.dial();
    assert.ok('link' in dialled, 'the dial failed');
    return dialled.link;
  }
}

const closeOf = (link: Link): Promise<number> => new Promise((resolve) => (link.onClose = (code) => resolve(code)));

/** Sends one frame and waits for its echo. */
function echo(link: Link): Promise<number> {
  const start = performance.now();
  return new Promise((resolve) => {
    link.onFrame = () => resolve(performance.now() - start);
    link.send(Uint8Array.of(1));
  });
}

test('conditions are those of the peer, per direction, and may change under an open link', async (context) => {
  const scene = await new Scene().listen(context);
  const link = await scene.open();
  scene.conditions.out = { ...NO_CONDITIONS, delayMs: 40 };
  scene.conditions.in = { ...NO_CONDITIONS, delayMs: 30 };
  const ms = await echo(link);
  assert.ok(ms >= 70, `${ms} ms`);
  assert.deepEqual([...scene.asked].toSorted(), ['agent 3 in', 'agent 3 out']);
});

test('a reset closes the link abnormally at the next frame', async (context) => {
  const scene = await new Scene().listen(context);
  const link = await scene.open();
  scene.conditions.in = { ...NO_CONDITIONS, reset: true };
  const closed = closeOf(link);
  link.send(Uint8Array.of(1));
  assert.equal(await closed, 1_006);
});

test('failures name the endpoint and not the proxy, and keep what they mean', async (context) => {
  const scene = await new Scene().listen(context);
  const wrong = await scene.dial('wrong');
  assert.ok('refused' in wrong && wrong.refused && wrong.reason.startsWith('WIRE_TOKEN'), JSON.stringify(wrong));
  const nobody = await scene.dial('right', 'ws://127.0.0.1:1/link');
  assert.ok('refused' in nobody && !nobody.refused && nobody.reason.startsWith('ws://127.0.0.1:1/link: '), JSON.stringify(nobody));
});

test('a proxy is gone when its link is over, and all are when the transport closes', async (context) => {
  const scene = await new Scene().listen(context);
  const isGone = async (url: string): Promise<void> => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException];
    assert.equal(error.code, 'ECONNREFUSED');
  };
  const first = await scene.open();
  const over = closeOf(first);
  first.close(1_000, '');
  assert.equal(await over, 1_000);
  await isGone(scene.dialledUrls[0]);
  const cut = closeOf(await scene.open());
  scene.transport.close();
  assert.equal(await cut, 1_006);
  await isGone(scene.dialledUrls[1]);
  const late = await scene.dial();
  assert.ok('refused' in late && !late.refused);
});
