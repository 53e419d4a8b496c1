/**
 * The bound inside Node: the ring exchange over plain TCP with a fixed 16-byte header and nothing else -
 * no handshake, no framing layer, no checks. Prints JSON { agents, dimension, rounds, roundsPerSecond }.
 *
 *   node dist/bench/raw-tcp-ring.js --agents 10 --dimension 1000 --rounds 1000
 */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { leftOf, localStep, meanInIdOrder, rightOf, type RingNode, type RingSize, runRing } from './ring-processes.ts';

const HEADER_BYTES = 16;
const STEP_OFFSET = 4;

/** Cuts a byte stream into frames of one length; a neighbour is at most one round ahead, so two slots by parity do. */
class FrameStream {
  readonly vectors: readonly [Float64Array, Float64Array];
  readonly steps = [0, 0];
  readonly #frame: Buffer;
  readonly #onFrame: () => void;
  #filled = 0;

  constructor(socket: Socket, dimension: number, onFrame: () => void) {
    this.vectors = [new Float64Array(dimension), new Float64Array(dimension)];
    this.#frame = Buffer.alloc(HEADER_BYTES + 8 * dimension);
    this.#onFrame = onFrame;
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
  }

  #take(chunk: Buffer): void {
    for (let at = 0; at < chunk.length;) {
      const copied = chunk.copy(this.#frame, this.#filled, at);
      at += copied;
      this.#filled += copied;
      if (this.#filled === this.#frame.length) this.#finish();
    }
  }

  #finish(): void {
    this.#filled = 0;
    const step = this.#frame.readUInt32LE(STEP_OFFSET);
    const vector = this.vectors[step % 2];
    Buffer.from(vector.buffer).set(this.#frame.subarray(HEADER_BYTES));
    this.steps[step % 2] = step;
    this.#onFrame();
  }
}

function createNode(index: number, size: RingSize): RingNode {
  const { agents, dimension } = size;
  const adapt = localStep(index, size);
  const own = new Float64Array(dimension).fill(index);
  // Two, by parity: both neighbours have taken a round's frame before the next but one is written.
  const frames = [0, 1].map(() => Buffer.alloc(HEADER_BYTES + 8 * dimension));
  const server = createServer({ noDelay: true });
  const sockets: Socket[] = [];
  const streams: { readonly agent: number; readonly stream: FrameStream }[] = [];
  let advance = (): void => undefined;
  let complete = (): void => undefined;
  const join = (agent: number, socket: Socket): void => {
    sockets.push(socket);
    streams.push({ agent, stream: new FrameStream(socket, dimension, () => advance()) });
    if (streams.length === 2) complete();
  };

  const send = (step: number): void => {
    adapt(own, step);
    const frame = frames[step % 2];
    frame.writeUInt32LE(step, STEP_OFFSET);
    frame.set(Buffer.from(own.buffer), HEADER_BYTES);
    for (const socket of sockets) socket.write(frame);
  };

  const combine = (step: number): void => {
    const inOrder = [{ agent: index, vector: own }, ...streams.map(({ agent, stream }) => ({ agent, vector: stream.vectors[step % 2] }))];
    meanInIdOrder(
      inOrder.sort((a, b) => a.agent - b.agent).map(({ vector }) => vector),
      own,
    );
  };

  return {
    async listen() {
      server.on('connection', (socket) => join(leftOf(index, agents), socket));
      await once(server.listen(0, '127.0.0.1'), 'listening');
      return String((server.address() as AddressInfo).port);
    },
    connect: (right) =>
      new Promise((resolve) => {
        complete = resolve;
        const socket = connect(Number(right), '127.0.0.1', () => join(rightOf(index, agents), socket)).setNoDelay();
      }),
    run(first, last, done) {
      let step = first;
      advance = () => {
        while (step <= last && streams.every(({ stream }) => stream.steps[step % 2] === step)) {
          combine(step);
          if (++step <= last) send(step);
          else done();
        }
      };
      send(step);
      advance();
    },
    close() {
      for (const socket of sockets) socket.end();
      server.close();
    },
  };
}

await runRing(import.meta.url, createNode);
