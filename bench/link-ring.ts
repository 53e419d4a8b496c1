/**
 * The ring exchange of raw-tcp-ring.ts over Kindred's own links: WebSocket, token, vector frames with all their checks,
 * but no agent. The ratio of the two is what the wire costs. RING_TRUSTED=1 masks with zeros.
 *
 *   node dist/bench/link-ring.js --agents 10 --dimension 1000 --rounds 1000
 */
import type { Link, Listener } from '../net/link.ts';
import { createWebSocketTransport } from '../net/websocket-transport.ts';
import type { VectorHeader } from '../proto/messages.ts';
import { linkFrameBytesMax, readVectorFrame, readVectorHeader, VectorFrameWriter } from '../proto/vector-frame.ts';
import { leftOf, meanInIdOrder, rightOf, type RingNode, type RingSize, runRing } from './ring-processes.ts';

const BEARER = 'ring';

interface Neighbour {
  readonly agent: number;
  readonly link: Link;
  /** By parity of the step: a neighbour is at most one round ahead. */
  readonly vectors: readonly [Float64Array, Float64Array];
  readonly steps: [number, number];
}

function createNode(index: number, { agents, dimension }: RingSize): RingNode {
  const transport = createWebSocketTransport({ trustedNetwork: process.env['RING_TRUSTED'] === '1' });
  const frameBytesMax = linkFrameBytesMax(dimension);
  const writer = new VectorFrameWriter(dimension);
  const header: VectorHeader = { epoch: 0, step: 0, durableStep: 0 };
  const own = new Float64Array(dimension).fill(index);
  const neighbours: Neighbour[] = [];
  let listener: Listener;
  let advance = (): void => undefined;
  let complete = (): void => undefined;

  const receive = (neighbour: Neighbour, frame: Uint8Array): void => {
    readVectorHeader(frame, header);
    const { step } = header;
    readVectorFrame(frame, dimension, header, neighbour.vectors[step % 2]);
    neighbour.steps[step % 2] = step;
    advance();
  };
  const join = (agent: number, link: Link): void => {
    const neighbour: Neighbour = { agent, link, vectors: [new Float64Array(dimension), new Float64Array(dimension)], steps: [0, 0] };
    link.onFrame = (frame) => receive(neighbour, frame);
    neighbours.push(neighbour);
    if (neighbours.length === 2) complete();
  };
  const send = (step: number): void => {
    const frame = writer.encode({ epoch: 1, step, durableStep: 0 }, own);
    for (const { link } of neighbours) link.send(frame);
  };
  const combine = (step: number): void => {
    const inOrder = [{ agent: index, vector: own }, ...neighbours.map(({ agent, vectors }) => ({ agent, vector: vectors[step % 2] }))];
    meanInIdOrder(
      inOrder.sort((a, b) => a.agent - b.agent).map(({ vector }) => vector),
      own,
    );
  };

  return {
    listen: () =>
      new Promise((resolve, reject) => {
        const options = {
          authorize: (bearer: string) => (bearer === BEARER ? 'left' : undefined),
          frameBytesMax,
          onLink: (link: Link) => join(leftOf(index, agents), link),
        };
        const ready = (ours: Listener): void => {
          listener = ours;
          resolve(ours.endpoint);
        };
        transport.listen(options, ready, (reason) => reject(new Error(reason)));
      }),
    connect: (right) =>
      new Promise((resolve, reject) => {
        complete = resolve;
        const onOpen = (link: Link): void => join(rightOf(index, agents), link);
        transport.dial(right, { bearer: BEARER, peer: 'right', frameBytesMax, onOpen, onFailed: (reason) => reject(new Error(reason)) });
      }),
    run(first, last, done) {
      let step = first;
      advance = () => {
        while (step <= last && neighbours.every(({ steps }) => steps[step % 2] === step)) {
          combine(step);
          if (++step <= last) send(step);
          else done();
        }
      };
      send(step);
      advance();
    },
    close() {
      for (const { link } of neighbours) link.close(1_000, 'done');
      listener.close();
    },
  };
}

await runRing(import.meta.url, createNode);
