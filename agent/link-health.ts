/**
 * What comes over an agent's links, as their receiver sees it: round trips, loss, bytes. For who watches: nothing is decided
 * by it. It costs little: one question per look, and two counters per frame.
 *
 * A round trip is from question to answer as the two processes see it: their own computing is part of it.
 * Questions and answers say how many frames were sent before them. Frames come in order, so between two of them
 *     lost = (sent - received) / sent,
 * the two themselves left out of both: they came. Every other frame counts, whatever it carried.
 */
import { LIMITS } from '../core/limits.ts';
import type { LinkHealth } from '../proto/messages.ts';

/** Frames of one connection, in one direction. */
export interface FrameCounts {
  readonly sent: number;
  readonly received: number;
}

/** What the agent knows about its links itself. */
export interface LinkFacts {
  readonly isOpen: (agent: number) => boolean;
  /** Bytes that came from it so far. */
  readonly bytesFrom: (agent: number) => number;
  /** Exchanges since its newest vector. */
  readonly stalenessOf: (agent: number) => number;
}

export class LinkMeters {
  readonly #meters = new Map<number, LinkMeter>();
  #questions = 0;
  #askedLast = -1;
  #toldLast = -1;

  /** A new connection to it: frames are counted from here. */
  opened(agent: number, now: number): void {
    this.#meterOf(agent).opened(now);
  }

  /** It said how many frames it had sent; so many of them had come. Both with the one that said it. */
  counted(agent: number, counts: FrameCounts, now: number): void {
    this.#meterOf(agent).counted(counts, now);
  }

  answered(agent: number, question: number, now: number): void {
    this.#meterOf(agent).answered(question, now);
  }

  /** Whom to ask now, in turn, and the number of the question; undefined where nobody is to be asked. */
  nextQuestion(neighbours: readonly number[], now: number): { readonly agent: number; readonly ask: number } | undefined {
    const agent = inTurn(neighbours, this.#askedLast).find((one) => this.#meterOf(one).mayAsk(now));
    if (agent === undefined) return undefined;
    this.#askedLast = agent;
    this.#questions = (this.#questions % 0xffffffff) + 1;
    this.#meterOf(agent).asked(this.#questions, now);
    return { agent, ask: this.#questions };
  }

  /** Of some links, in turn. */
  tell(neighbours: readonly number[], facts: LinkFacts, now: number): LinkHealth[] {
    const told = inTurn(neighbours, this.#toldLast).slice(0, LIMITS.progressLinksMax);
    this.#toldLast = told.at(-1) ?? -1;
    return told.map((agent) => ({
      agent,
      open: facts.isOpen(agent),
      ...this.#meterOf(agent).measured(now),
      staleness: facts.stalenessOf(agent),
      bytes: facts.bytesFrom(agent),
    }));
  }

  #meterOf(agent: number): LinkMeter {
    let meter = this.#meters.get(agent);
    if (meter === undefined) this.#meters.set(agent, (meter = new LinkMeter()));
    return meter;
  }
}

class LinkMeter {
  /** Those without an answer, oldest first: by their number, when. */
  readonly #questions = new Map<number, number>();
  #roundTrips: { readonly at: number; readonly ms: number }[] = [];
  /** Oldest first; the first one is from before the last seconds, if there is such. */
  #counts: (FrameCounts & { readonly at: number })[] = [];
  #lost = 0;

  opened(now: number): void {
    this.#counts = [{ at: now, sent: 0, received: 0 }];
  }

  counted(counts: FrameCounts, at: number): void {
    // Nobody makes this list long by saying it often.
    if (this.#counts.length > 2 && at - this.#counts.at(-2)!.at < LIMITS.heartbeatMs) this.#counts.pop();
    this.#counts.push({ at, ...counts });
  }

  /** One question at a time, but not after one that seems lost; in the end nobody waits for its answer any more. */
  mayAsk(now: number): boolean {
    for (const [number, at] of this.#questions) if (now - at >= LIMITS.linkWindowMs) this.#questions.delete(number);
    const [newest] = [...this.#questions.values()].slice(-1);
    return newest === undefined || now - newest >= LIMITS.suspectMs;
  }

  asked(number: number, at: number): void {
    this.#questions.set(number, at);
  }

  answered(number: number, now: number): void {
    const at = this.#questions.get(number);
    if (at === undefined) return;
    this.#questions.delete(number);
    this.#roundTrips.push({ at: now, ms: now - at });
  }

  measured(now: number): Pick<LinkHealth, 'roundTrip' | 'lost'> {
    this.#roundTrips = recent(this.#roundTrips, now);
    const lost = this.#lostShare(now);
    const sorted = this.#roundTrips.map(({ ms }) => ms).sort((a, b) => a - b);
    return sorted.length === 0 ? { lost } : { roundTrip: { p50: quantile(sorted, 0.5), p95: quantile(sorted, 0.95) }, lost };
  }

  /** Doubled frames hide lost ones: never below 0. Without news the last share stays. */
  #lostShare(now: number): number {
    const before = this.#counts.findLastIndex(({ at }) => now - at > LIMITS.linkWindowMs);
    this.#counts = this.#counts.slice(Math.max(0, before));
    const [first, last] = [this.#counts.at(0), this.#counts.at(-1)];
    if (first === last) return this.#lost;
    const [sent, received] = [last!.sent - first!.sent - 1, last!.received - first!.received - 1];
    return (this.#lost = sent <= 0 ? 0 : Math.max(0, (sent - received) / sent));
  }
}

/** Those of the last seconds; where there are none, the newest one. */
function recent<T extends { readonly at: number }>(list: readonly T[], now: number): T[] {
  const first = list.findIndex(({ at }) => now - at <= LIMITS.linkWindowMs);
  return first < 0 ? list.slice(-1) : list.slice(first);
}

/** The smallest value that at least this share is not above. */
function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.ceil(share * sorted.length) - 1];
}

/** All of them, beginning behind `last`. */
function inTurn(agents: readonly number[], last: number): number[] {
  return [...agents.filter((agent) => agent > last), ...agents.filter((agent) => agent <= last)];
}
