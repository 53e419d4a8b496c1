/**
 * In place of a coordinator: welcomes every agent that comes and never gives it anything to do, so that a measurement of
 * agents measures nobody else's work. A welcomed agent stays, idle, until it is ended.
 */
import { buildGraph } from '../core/graph.ts';
import { LIMITS } from '../core/limits.ts';
import type { GmrfJob } from '../config/job.ts';
import { systemClock } from '../net/clock.ts';
import { Heartbeat } from '../net/heartbeat.ts';
import type { Link } from '../net/link.ts';
import { createWebSocketTransport } from '../net/websocket-transport.ts';
import { decode, encode } from '../proto/codec.ts';
import type { Hello } from '../proto/messages.ts';

export interface WaitingRoom {
  /** What agents join. */
  readonly url: string;
  close(): void;
}

/** A small problem, whatever the number of agents that come: several may have the same index. */
const AGENTS = 8;
const SEED = 1;
const JOB = JSON.stringify({ kind: 'gmrf-regression', dimension: 16, batch: 8, noise: 40, edges: buildGraph('ring', AGENTS, SEED).edges } satisfies GmrfJob);
const HEARTBEAT = encode({ type: 'heartbeat', ask: 0, answer: 0 });

export function openWaitingRoom(token: string): Promise<WaitingRoom> {
  return new Promise((resolve, reject) =>
    createWebSocketTransport().listen(
      {
        authorize: (bearer) => (bearer === token ? 'an agent' : undefined),
        frameBytesMax: LIMITS.controlFrameBytesMax,
        onLink: (link) => receive(link),
      },
      (listener) => resolve({ url: listener.endpoint, close: () => listener.close() }),
      (reason) => reject(new Error(reason)),
    ),
  );
}

function receive(link: Link): void {
  const ended = (): void => link.terminate();
  const heartbeat = new Heartbeat({ link, clock: systemClock, frame: HEARTBEAT, onSuspect: () => {}, onLost: ended });
  link.onClose = () => heartbeat.stop();
  link.onFrame = (frame) => {
    heartbeat.received();
    const message = decode(frame);
    if (message.type === 'hello') link.send(welcome(message));
  };
}

function welcome({ agent }: Hello): Uint8Array {
  const own = { agent: agent % AGENTS, agents: AGENTS, seed: SEED, job: JOB, incarnation: 1, session: 'idle', linkSecret: 'idle' };
  return encode({ type: 'welcome', run: 'idle', ...own, faults: '', elapsedMs: 0, neighbours: [], paused: false });
}
