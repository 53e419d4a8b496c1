/**
 * The simulator's clock: time jumps from event to event, nothing waits.
 * Events run in the order of (time, sequence of scheduling), so a run is a pure function of its inputs.
 */
import type { Clock } from './clock.ts';

interface Timer {
  readonly time: number;
  readonly sequence: number;
  /** Undefined once it was cancelled: it stays in the heap until it surfaces or the heap is swept. */
  callback: (() => void) | undefined;
}

const isBefore = (a: Timer, b: Timer): boolean => a.time < b.time || (a.time === b.time && a.sequence < b.sequence);

const SWEEP_FROM = 64;

export class VirtualClock implements Clock {
  #now = 0;
  #sequence = 0;
  /** Binary heap: the children of i are 2 i + 1 and 2 i + 2. */
  #heap: Timer[] = [];
  #cancelled = 0;

  now(): number {
    return this.#now;
  }

  setTimer(delayMs: number, callback: () => void): () => void {
    const timer: Timer = { time: this.#now + Math.max(0, delayMs), sequence: this.#sequence++, callback };
    this.#heap.push(timer);
    this.#rise(this.#heap.length - 1);
    return () => this.#cancel(timer);
  }

  defer(callback: () => void): void {
    this.setTimer(0, callback);
  }

  /** Runs events until none is left. A heartbeat never ends: use runUntil where one beats. */
  run(): void {
    while (this.step());
  }

  /** Runs events until the predicate holds; false when none is left and it still does not. */
  runUntil(predicate: () => boolean): boolean {
    while (!predicate()) if (!this.step()) return false;
    return true;
  }

  /** Runs the next event; false when there is none. */
  step(): boolean {
    for (let timer = this.#pop(); timer !== undefined; timer = this.#pop()) {
      const { callback } = timer;
      if (callback === undefined) {
        this.#cancelled--;
        continue;
      }
      timer.callback = undefined;
      this.#now = timer.time;
      callback();
      return true;
    }
    return false;
  }

  #cancel(timer: Timer): void {
    // Also true of a timer that has fired: cancelling it is harmless.
    if (timer.callback === undefined) return;
    timer.callback = undefined;
    this.#cancelled++;
    if (this.#cancelled > SWEEP_FROM && this.#cancelled > this.#heap.length / 2) this.#sweep();
  }

  /** Deadlines are renewed every round: without this the heap would grow with the length of the run. */
  #sweep(): void {
    this.#heap = this.#heap.filter((timer) => timer.callback !== undefined);
    this.#cancelled = 0;
    for (let i = (this.#heap.length >> 1) - 1; i >= 0; i--) this.#sink(i);
  }

  #pop(): Timer | undefined {
    const first = this.#heap[0];
    const last = this.#heap.pop();
    if (first === undefined || last === undefined || first === last) return first;
    this.#heap[0] = last;
    this.#sink(0);
    return first;
  }

  #rise(i: number): void {
    const heap = this.#heap;
    const timer = heap[i];
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!isBefore(timer, heap[parent])) break;
      heap[i] = heap[parent]!;
      i = parent;
    }
    heap[i] = timer;
  }

  #sink(i: number): void {
    const heap = this.#heap;
    const timer = heap[i];
    for (let child = 2 * i + 1; child < heap.length; child = 2 * i + 1) {
      if (child + 1 < heap.length && isBefore(heap[child + 1], heap[child])) child++;
      if (!isBefore(heap[child], timer)) break;
      heap[i] = heap[child]!;
      i = child;
    }
    heap[i] = timer;
  }
}
