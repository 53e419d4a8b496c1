/**
 * What a run without a network would send: every assignment and report of its stages and every vector between agents, as long as
 * their frames are on a wire. Greetings, signs of life and what is repeated after a loss are not among it.
 */
import { encode } from '../proto/codec.ts';
import type { Work } from '../proto/messages.ts';
import { vectorFrameBytes } from '../proto/vector-frame.ts';

type Values = ReadonlyMap<string, Float64Array>;

interface Sent {
  readonly epoch: number;
  readonly step: { readonly sendTo: readonly number[]; readonly vector: Float64Array };
}

export class WireMeter {
  /** Of vectors between agents. */
  vectorBytes = 0;
  /** Between agents and coordinator, both ways. */
  stageBytes = 0;
  #exchanges = 0;

  stage(stage: number, works: readonly Work[], values: readonly Values[]): void {
    works.forEach((work, agent) => {
      this.stageBytes += encode({ type: 'assign', stage, abandon: false, work }).length;
      this.stageBytes += encode({ type: 'report', stage, values: values[agent] }).length;
    });
  }

  exchange(sent: readonly Sent[]): void {
    const step = ++this.#exchanges;
    for (const {
      epoch,
      step: { sendTo, vector },
    } of sent)
      this.vectorBytes += sendTo.length * vectorFrameBytes({ epoch, step, durableStep: step }, vector.length);
  }
}
