/** Time as an input, so that the simulator can own it. `now` is monotonic milliseconds, never wall-clock time. */
export interface Clock {
  now(): number;
  /** Calls back once after delayMs; the returned function cancels. */
  setTimer(delayMs: number, callback: () => void): () => void;
  /** Calls back after the events already waiting: lets a long computation breathe. */
  defer(callback: () => void): void;
}

export const systemClock: Clock = {
  // Not performance.now(): it comes with six modules, and an agent's start is measured.
  now: () => process.uptime() * 1_000,
  setTimer(delayMs, callback) {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
  defer: (callback) => void setImmediate(callback),
};
