/**
 * `simulated` mode: the same agent and coordinator code in one process, on memory links and a virtual clock.
 * A run is a function of the experiment alone; its parameters are bitwise those of the processes.
 */
import { Agent } from '../agent/agent.ts';
import { createTrainer, dataSource, sharedDataSource } from '../agent/create-trainer.ts';
import type { DataSource } from '../agent/create-trainer.ts';
import { KindredError } from '../core/errors.ts';
import type { RunResult } from '../core/run-result.ts';
import type { Experiment } from '../config/experiment.ts';
import { RunDriver } from '../coordinator/run-driver.ts';
import type { RunProgress } from '../coordinator/run-driver.ts';
import type { RunStore } from '../coordinator/run-store.ts';
import { MemoryNetwork } from '../net/memory-link.ts';
import type { MemoryNetworkOptions } from '../net/memory-link.ts';
import { VirtualClock } from '../net/virtual-clock.ts';

export interface SimulationOptions {
  readonly experiment: Experiment;
  readonly runId: string;
  readonly store: RunStore;
  readonly stopwatch: () => number;
  readonly readFile: (path: string) => string;
  readonly onProgress?: (progress: RunProgress) => void;
  readonly network?: MemoryNetworkOptions;
}

/** Nobody else can reach a memory network. */
const TOKEN = 'simulated';

export function simulate(options: SimulationOptions): RunResult {
  const { experiment, runId, store, stopwatch } = options;
  const clock = new VirtualClock();
  const network = new MemoryNetwork(clock, options.network);
  const { readFile } = options;
  let result: RunResult | undefined;
  const driver = new RunDriver({
    experiment,
    runId,
    mode: 'simulated',
    token: TOKEN,
    clock,
    stopwatch,
    store,
    readFile,
    onProgress: options.onProgress ?? (() => {}),
    onEnd: (ended) => (result = ended),
  });
  const listening = {
    authorize: (bearer: string) => (bearer === TOKEN ? 'an agent' : undefined),
    frameBytesMax: Number.MAX_SAFE_INTEGER,
    onLink: driver.accept.bind(driver),
  };
  network.listen(listening, ({ endpoint }) => startAgents(experiment, endpoint, network, clock, sharedDataSource(dataSource(readFile))));
  clock.runUntil(() => result !== undefined);
  if (result === undefined) throw new KindredError('INTERNAL', 'the simulation came to rest before the run was over');
  return result;
}

function startAgents(experiment: Experiment, coordinator: string, network: MemoryNetwork, clock: VirtualClock, source: DataSource): void {
  for (let agent = 0; agent < experiment.agents; agent++) {
    new Agent({
      agent,
      coordinator,
      token: TOKEN,
      transport: network,
      clock,
      createTrainer: (job, own, agents, seed) => createTrainer(job, own, agents, seed, source),
      log: () => {},
      onEnd: () => {},
    }).start();
  }
}
