/**
 * The live stream of one run's view: everybody gets the whole view first, then whatever of it changed, in whole keys.
 *
 * 1. A key is written out once for all viewers, and only when its value is another object.
 * 2. A viewer that does not read has one event in its socket and a set of keys here, however long it stays so; then it is let go.
 * 3. While nobody watches, nothing is looked at.
 */
import { LIMITS } from '../../core/limits.ts';
import type { Clock } from '../../net/clock.ts';
import type { SharedView } from './run-view.ts';

/** Where the events go. */
export interface Viewer {
  /** Goes with its first event: what only this asker may know. */
  readonly own: Readonly<Record<string, unknown>>;
  /** False: not before `ready`. */
  readonly write: (event: Buffer) => boolean;
  readonly end: () => void;
  /** It did not read for too long. */
  readonly drop: () => void;
}

export interface Watching {
  /** What was written is out. */
  ready(): void;
  leave(): void;
}

interface Seat {
  readonly viewer: Viewer;
  readonly stale: Set<string>;
  isNew: boolean;
  /** Since when it reads nothing. */
  blockedAt: number | undefined;
}

interface Part {
  readonly value: unknown;
  readonly text: string;
}

export interface FeedOptions {
  readonly clock: Clock;
  readonly look: () => SharedView;
}

export class ViewFeed {
  readonly #options: FeedOptions;
  readonly #parts = new Map<string, Part>();
  readonly #seats = new Set<Seat>();
  /** Events of this look, by what is in them. */
  readonly #events = new Map<string, Buffer>();
  #cancel = (): void => {};
  #isOver = false;

  constructor(options: FeedOptions) {
    this.#options = options;
  }

  get viewers(): number {
    return this.#seats.size;
  }

  watch(viewer: Viewer): Watching {
    const seat: Seat = { viewer, stale: new Set(), isNew: true, blockedAt: undefined };
    if (this.#seats.size === 0) this.#again();
    this.#look();
    this.#seats.add(seat);
    this.#tell(seat);
    return {
      ready: () => {
        seat.blockedAt = undefined;
        if (this.#seats.has(seat) && this.#isOver) this.#say(seat);
      },
      leave: () => this.#leave(seat),
    };
  }

  /** The last event for everybody. */
  finish(): void {
    if (this.#seats.size > 0) this.#look();
    this.#isOver = true;
    this.#cancel();
    for (const seat of this.#seats) if (seat.blockedAt === undefined) this.#say(seat);
  }

  #say(seat: Seat): void {
    this.#tell(seat);
    seat.viewer.end();
    this.#leave(seat);
  }

  #leave(seat: Seat): void {
    this.#seats.delete(seat);
    if (this.#seats.size === 0) this.#cancel();
  }

  #again(): void {
    this.#cancel = this.#options.clock.setTimer(LIMITS.viewEveryMs, () => {
      this.#again();
      this.#goOn();
    });
  }

  /** A record that cannot be read is no reason to harm the run. */
  #goOn(): void {
    try {
      this.#look();
      for (const seat of this.#seats) this.#serve(seat);
    } catch {
      for (const seat of this.#seats) this.#drop(seat);
    }
  }

  #serve(seat: Seat): void {
    const { blockedAt } = seat;
    if (blockedAt === undefined) return this.#tell(seat);
    if (this.#options.clock.now() - blockedAt < LIMITS.viewerStallMs) return;
    this.#drop(seat);
  }

  #drop(seat: Seat): void {
    this.#leave(seat);
    seat.viewer.drop();
  }

  #look(): void {
    this.#events.clear();
    for (const [key, value] of Object.entries(this.#options.look())) {
      const known = this.#parts.get(key);
      if (known !== undefined && Object.is(known.value, value)) continue;
      const text = JSON.stringify(value);
      this.#parts.set(key, { value, text });
      if (known?.text !== text) for (const { stale } of this.#seats) stale.add(key);
    }
  }

  #tell(seat: Seat): void {
    const { viewer, stale, isNew } = seat;
    if (!isNew && stale.size === 0) return;
    const event = isNew ? this.#event([...this.#parts.keys()], viewer.own) : this.#event([...stale], {});
    stale.clear();
    seat.isNew = false;
    if (!viewer.write(event)) seat.blockedAt = this.#options.clock.now();
  }

  #event(keys: readonly string[], own: Viewer['own']): Buffer {
    const name = `${keys.join(' ')} ${JSON.stringify(own)}`;
    const made = this.#events.get(name) ?? this.#written(keys, own);
    this.#events.set(name, made);
    return made;
  }

  #written(keys: readonly string[], own: Viewer['own']): Buffer {
    const fields = [...keys.map((key) => [key, this.#parts.get(key)!.text]), ...Object.entries(own).map(([key, value]) => [key, JSON.stringify(value)])];
    return Buffer.from(`data: {${fields.map(([key, text]) => `"${key}":${text}`).join(',')}}\n\n`);
  }
}
