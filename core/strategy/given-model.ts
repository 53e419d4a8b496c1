/** The run of a strategy whose parameters are known from the start: it delivers them, and needs no neighbours. */
import type { StrategyRun } from './strategy.ts';

export function givenModel(model: Float64Array): StrategyRun {
  const w = new Float64Array(model.length);
  return {
    state: [w],
    outgoing: new Float64Array(0),
    adapt: (iteration) => {
      if (iteration === 1) w.set(model);
    },
    hops: () => 0,
    combine: () => {},
    output: () => w,
  };
}
