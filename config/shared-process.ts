/**
 * Several agents in one process: which ones share it, and what cannot be asked for then. A signal hits a process, so the
 * fault plan can kill or stop one agent alone only where each has a process of its own.
 */
import { KindredError } from '../core/errors.ts';
import type { Fault } from '../core/fault/plan.ts';

/** Agents with neighbouring indices, `perProcess` of them in each group but the last. */
export function groupsOf(agents: number, perProcess: number): number[][] {
  const groups = Math.ceil(agents / perProcess);
  return Array.from({ length: groups }, (_, group) =>
    Array.from({ length: Math.min(perProcess, agents - group * perProcess) }, (__, nth) => group * perProcess + nth),
  );
}

/** The option --agents-per-process. Throws USAGE. */
export function agentsPerProcessOf(text: string, mode: string): number {
  const refuse = (detail: string): never => {
    throw new KindredError('USAGE', detail, { where: '--agents-per-process' });
  };
  const count = Number(text);
  if (!/^[1-9]\d{0,5}$/.test(text)) return refuse(`must be a whole number from 1 on (got "${text}")`);
  return count > 1 && mode !== 'processes' ? refuse(`is of the mode processes only, not of ${mode}`) : count;
}

/** Throws PROCESS_SHARED at the first fault that would hit other agents too. */
export function refuseSharedFaults(faults: readonly Pick<Fault, 'action'>[], perProcess: number): void {
  if (perProcess === 1) return;
  for (const { action } of faults) {
    if ((action.kind !== 'kill' && action.kind !== 'pause') || action.target === 'coordinator') continue;
    throw new KindredError('PROCESS_SHARED', `${action.kind} agent ${action.target}, in a run with ${perProcess} agents per process`);
  }
}
