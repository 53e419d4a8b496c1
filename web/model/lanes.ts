/** Bands in as few lanes as let none cover another: each takes the first lane that is free when it begins. */
export interface Span {
  readonly fromMs: number;
  /** null: it goes on. */
  readonly untilMs: number | null;
}

/** The lane of every span, in the order of the input. */
export function lanesOf(spans: readonly Span[], nowMs: number): number[] {
  const freeAt: number[] = [];
  const lanes = spans.map(() => 0);
  const order = spans.map((_, i) => i).sort((a, b) => spans[a].fromMs - spans[b].fromMs || a - b);
  for (const i of order) {
    const free = freeAt.findIndex((ms) => ms <= spans[i].fromMs);
    lanes[i] = free >= 0 ? free : freeAt.length;
    freeAt[lanes[i]] = Math.max(spans[i].untilMs ?? nowMs, spans[i].fromMs + 1);
  }
  return lanes;
}

/** Round times from 0 to the end, about `count` of them. */
export function timeTicks(untilMs: number, count: number): number[] {
  const steps = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 15e3, 3e4, 6e4, 12e4, 3e5, 6e5, 12e5, 18e5, 36e5, 72e5, 144e5, 864e5];
  const step = steps.find((size) => untilMs / size <= count) ?? untilMs / count;
  return Array.from({ length: Math.floor(untilMs / step) + 1 }, (_, i) => i * step);
}
