/** What the operator of a run can do to it, checked before it is done. */
import type { Experiment } from '../config/experiment.ts';
import { injectedFaults } from '../config/injected-faults.ts';
import { refuseSharedFaults } from '../config/shared-process.ts';
import type { Fault, FaultPlan } from '../core/fault/plan.ts';
import type { FaultsNow, RunControl } from './routes/runs.ts';

/** The driver of the run. */
export interface Steered extends FaultsNow {
  setFaults(plan: FaultPlan): void;
  pause(): void;
  resume(): void;
  interrupt(): void;
}

const GIVER = { name: 'faults', code: 'CONFIG_INVALID' } as const;

export function controlOf(run: Steered, experiment: Experiment, agentsPerProcess: number): RunControl {
  return {
    now: () => ({ elapsedMs: run.elapsedMs, faults: run.faults, progress: run.progress, steps: run.steps }),
    inject(entries) {
      const given = injectedFaults(entries, experiment, GIVER);
      refuseSharedFaults(given, agentsPerProcess);
      const added: Fault[] = given.map((fault) => ({ at: { unit: 'ms', ms: run.elapsedMs }, ...fault }));
      run.setFaults([...run.faults, ...added]);
      return added;
    },
    clear: () => run.setFaults([]),
    pause: () => run.pause(),
    resume: () => run.resume(),
    stop: () => run.interrupt(),
  };
}
