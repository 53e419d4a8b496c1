/**
 * `simulated` mode: the same agent and coordinator code in one process, on memory links and a virtual clock.
 * A run is a function of the experiment alone; its parameters are bitwise those of the processes.
 */
import { KindredError } from '../core/errors.ts';
import type { RunResult } from '../core/run-result.ts';
import { Simulation } from './simulation.ts';
import type { SimulationOptions } from './simulation.ts';

export function simulate(options: SimulationOptions): RunResult {
  const result = new Simulation(options).run();
  if (result === undefined) throw new KindredError('INTERNAL', 'the simulation came to rest before the run was over');
  return result;
}
