/**
 * What five viewers of the live page cost a run (T17): one run whose arms are watched in turn, every second one by five streams
 * over HTTP that are read, on the same machine. Each watched arm is divided by the mean of its two unwatched neighbours, since
 * nothing else lasts as long, on the same processes, with the same warm-up.
 */
import { readFileSync, watch } from 'node:fs';
import { get } from 'node:http';
import type { ClientRequest } from 'node:http';
import { join } from 'node:path';
import type { NewRun } from '../cli/new-run.ts';
import { keptPageTokens } from '../coordinator/access.ts';
import { runRing } from './kindred-ring.ts';
import { medianErrorOf, spreadOf } from './row.ts';
import type { Row } from './row.ts';

/** Few points of many arms: as much to show as of a run of a few arms. */
const RING = { agents: 10, dimension: 1_000, rounds: 1_000, every: 100 };
const WARM_UP_ARMS = 2;
const VIEWERS = 5;
const PAIRS = 40;
/** What a whole view and a few changes of it are at least: less was not watched. */
const BYTES_MIN = 5_000;

export async function measureViewers(): Promise<Row[]> {
  const arms = WARM_UP_ARMS + 2 * PAIRS + 1;
  let audience: Audience | undefined;
  const result = await runRing({ ...RING, arms }, (run, url) => (audience = new Audience(run, url)));
  const read = audience?.read ?? [];
  if (read.length !== PAIRS || read.some((bytes) => bytes < BYTES_MIN)) throw new Error(`not every second arm was watched: ${read.join(', ')} bytes`);
  const speed = result.arms.map(({ roundsPerSecond }) => roundsPerSecond);
  const ratios = read.map((_, pair) => {
    const at = WARM_UP_ARMS + 2 * pair + 1;
    return (2 * speed[at]) / (speed[at - 1] + speed[at + 1]);
  });
  const name = `rounds/s of a run, ring of 10, M = 1,000, while ${VIEWERS} viewers follow its page, against the same run without them`;
  return [{ id: 'T17', name, ratio: spreadOf(ratios), pairs: PAIRS, standardError: medianErrorOf(ratios), hold: { atLeast: 0.95 } }];
}

/** Comes for every second arm after the warm-up, and leaves at its end. */
class Audience {
  /** Bytes that each viewer read, by watched arm. */
  readonly read: number[] = [];
  readonly #events: string;
  readonly #stream: string;
  readonly #token: string;
  readonly #watcher: ReturnType<typeof watch>;
  #ended = 0;
  #viewers: readonly ClientRequest[] = [];

  constructor({ runId, directory }: NewRun, url: string) {
    this.#events = join(directory, 'events.jsonl');
    this.#stream = `${url}/api/runs/${runId}/stream`;
    this.#token = keptPageTokens(directory).watch;
    this.#watcher = watch(this.#events, () => this.#look());
  }

  close(): void {
    this.#watcher.close();
    this.#leave();
  }

  #look(): void {
    const ended = readFileSync(this.#events, 'utf8').split('"type":"arm"').length - 1;
    if (ended === this.#ended) return;
    this.#ended = ended;
    this.#leave();
    const nth = ended - WARM_UP_ARMS;
    if (nth > 0 && nth < 2 * PAIRS && nth % 2 === 1) this.#come();
    // What comes now is the end, and the files go.
    if (nth > 2 * PAIRS) this.close();
  }

  #come(): void {
    const arm = this.read.push(0) - 1;
    this.#viewers = Array.from({ length: VIEWERS }, () => this.#viewer((bytes) => (this.read[arm] += bytes / VIEWERS)));
  }

  #viewer(onRead: (bytes: number) => void): ClientRequest {
    const request = get(this.#stream, { agent: false, headers: { authorization: `Bearer ${this.#token}` } }, (answer) => {
      answer.on('data', (part: Buffer) => onRead(part.length));
      answer.on('error', () => {});
    });
    // Whoever leaves does not mind.
    return request.on('error', () => {});
  }

  #leave(): void {
    for (const viewer of this.#viewers) viewer.destroy();
    this.#viewers = [];
  }
}
