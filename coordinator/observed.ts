/**
 * What agents tell of a run while it goes on, put together for who watches: a curve per arm, every agent's errors, every
 * link as its receiver sees it. It is gone when the coordinator restarts, and told again; nothing is decided by it.
 *
 *  1. A point of a curve is the mean over the participants, and there only when all of them have told it.
 *  2. An arm that was begun again starts over; what is told of an earlier epoch of it does not count.
 */
import { LIMITS } from '../core/limits.ts';
import type { LinkView } from '../core/run-view.ts';
import type { ArmErrors, LinkHealth, Progress } from '../proto/messages.ts';

export interface LiveCurve {
  readonly iteration: readonly number[];
  readonly error: readonly number[];
}

interface LiveArm {
  readonly epoch: number;
  /** By iteration and agent; NaN where it was not told. */
  readonly points: Map<number, Float64Array>;
  /** By agent: at which iteration it was last, and its error there. */
  readonly last: Map<number, { readonly iteration: number; readonly error: number }>;
  /** How often something was told. */
  told: number;
  /** What was asked for last. */
  shown?: { readonly key: string; readonly curve: LiveCurve };
}

const NO_CURVE: LiveCurve = { iteration: [], error: [] };

export class Observed {
  readonly #agents: number;
  /** By index in the experiment. */
  readonly #arms: (LiveArm | undefined)[];
  /** By receiver, then by sender. */
  readonly #links: readonly Map<number, LinkHealth>[];

  constructor(agents: number, arms: number) {
    this.#agents = agents;
    this.#arms = Array.from({ length: arms }, () => undefined);
    this.#links = Array.from({ length: agents }, () => new Map());
  }

  heard(agent: number, { errors, links }: Pick<Progress, 'errors' | 'links'>): void {
    for (const one of errors) this.#heardErrors(agent, one);
    for (const link of links) if (link.agent < this.#agents) this.#links[agent].set(link.agent, link);
  }

  /** What is known of the curve of this arm; the same object while nothing is new. `of` are the participants. */
  curve(arm: number, of: readonly number[]): LiveCurve {
    const live = this.#arms[arm];
    if (live === undefined) return NO_CURVE;
    const key = `${live.told} ${of.join()}`;
    if (live.shown?.key !== key) live.shown = { key, curve: curveOf(live, of) };
    return live.shown.curve;
  }

  /** The newest error of every agent in this arm; null where none was told. */
  errors(arm: number): (number | null)[] {
    return Array.from({ length: this.#agents }, (_, agent) => this.#arms[arm]?.last.get(agent)?.error ?? null);
  }

  /** Every link that its receiver told of. Open is what has both of its ends there. */
  links(isThere: (agent: number) => boolean): LinkView[] {
    return this.#links.flatMap((links, to) => Array.from(links.values(), (link) => viewOf(link, to, isThere)));
  }

  #heardErrors(agent: number, { arm, epoch, iterations, errors }: ArmErrors): void {
    const live = this.#armOf(arm, epoch);
    if (live === undefined) return;
    live.told++;
    iterations.forEach((iteration, i) => this.#heardPoint(live, agent, iteration, errors[i]));
  }

  #armOf(arm: number, epoch: number): LiveArm | undefined {
    const known = this.#arms[arm];
    if (arm >= this.#arms.length || (known !== undefined && epoch < known.epoch)) return undefined;
    if (known?.epoch === epoch) return known;
    return (this.#arms[arm] = { epoch, points: new Map(), last: new Map(), told: 0 });
  }

  #heardPoint({ points, last }: LiveArm, agent: number, iteration: number, error: number): void {
    if (iteration >= (last.get(agent)?.iteration ?? 0)) last.set(agent, { iteration, error });
    let errors = points.get(iteration);
    if (errors === undefined) {
      // Agents tell of the same iterations: more of them are nobody's curve.
      if (points.size === LIMITS.liveCurvePointsMax) return;
      points.set(iteration, (errors = new Float64Array(this.#agents).fill(Number.NaN)));
    }
    errors[agent] = error;
  }
}

function curveOf({ points }: LiveArm, of: readonly number[]): LiveCurve {
  const told = [...points].filter(([, errors]) => of.every((agent) => !Number.isNaN(errors[agent]))).sort(([a], [b]) => a - b);
  const mean = (errors: Float64Array): number => of.reduce((sum, agent) => sum + errors[agent], 0) / of.length;
  return { iteration: told.map(([iteration]) => iteration), error: told.map(([, errors]) => mean(errors)) };
}

function viewOf({ agent: from, open, roundTrip, lost, staleness, bytes }: LinkHealth, to: number, isThere: (agent: number) => boolean): LinkView {
  return { from, to, open: open && isThere(from) && isThere(to), roundTripMs: roundTrip ?? null, lost, staleness, bytes };
}
