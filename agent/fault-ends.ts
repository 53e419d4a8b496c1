/** An agent's own ends of its links, with what is broken on purpose in between: frames are counted per party, over all its links. */
import type { Party } from '../core/fault/plan.ts';
import type { Clock } from '../net/clock.ts';
import { streamOf, withFaults } from '../net/fault-link.ts';
import type { FrameCount } from '../net/fault-link.ts';
import type { Link } from '../net/link.ts';
import type { AgentFaults } from './agent-faults.ts';
import type { Protocol } from './protocol.ts';

export class FaultEnds {
  readonly #faults: AgentFaults;
  readonly #protocol: Protocol;
  readonly #clock: Clock;
  /** Kept when a link opens again: its first frame must not meet the same fault each time. */
  readonly #frames = new Map<Party, FrameCount>();
  /** Of the run, once it is known. */
  seed = 0;

  constructor(faults: AgentFaults, protocol: Protocol, clock: Clock) {
    this.#faults = faults;
    this.#protocol = protocol;
    this.#clock = clock;
  }

  decorate(link: Link, peer: Party): Link {
    const faults = this.#faults;
    const frames = this.#frames.get(peer) ?? { out: 0, in: 0 };
    this.#frames.set(peer, frames);
    return withFaults(link, {
      frames,
      seed: this.seed,
      stream: streamOf(this.#protocol.state.agent, peer),
      clock: this.#clock,
      conditions: () => faults.outgoing(peer),
      ...(peer === 'coordinator' ? { incoming: () => faults.incoming(peer) } : {}),
    });
  }
}
