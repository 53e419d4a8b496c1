/** What a coordinator's process is given to coordinate: a file of its own, whoever starts it and wherever it runs. */
import type { EngineEnacts } from '../core/fault/engine-faults.ts';
import type { Experiment } from './experiment.ts';

export interface CoordinatorJob {
  readonly experiment: Experiment;
  readonly hash: string;
  readonly runId: string;
  readonly mode: string;
  readonly directory: string;
  readonly tokenFile: string;
  readonly host: string;
  readonly port: number;
  readonly joinMs: number;
  /** 1 where it is not said. */
  readonly agentsPerProcess?: number;
  /** Whoever starts it wants the run to go on, even if it was paused when it ended. */
  readonly unpause?: boolean;
  /** What agents are not told of, since the engine of their containers enacts it. */
  readonly engine?: EngineEnacts;
}
