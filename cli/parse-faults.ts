/** Faults as a person gives them on the command line. */
import { refuse } from '../config/complaints.ts';
import type { Complaint } from '../config/complaints.ts';
import type { Experiment } from '../config/experiment.ts';
import { FAULT } from '../config/fault-schema.ts';
import type { FaultEntry } from '../config/fault-schema.ts';
import { readFaults } from '../config/faults.ts';
import { parseValue } from '../config/source.ts';
import { complaintsAgainst } from '../config/validate.ts';
import { KindredError } from '../core/errors.ts';
import type { Fault } from '../core/fault/plan.ts';

/** A fault to inject; without `at` it begins now. */
export type InjectedFault = Omit<Fault, 'at'> & Partial<Pick<Fault, 'at'>>;

/** One entry or a list, as YAML. Throws USAGE with everything that is wrong with it. */
export function parseFaults(text: string, experiment: Experiment): InjectedFault[] {
  const value = valueOf(text);
  const entries = Array.isArray(value) ? value : [value];
  complain(entries.flatMap((entry, i) => complaintsAgainst(FAULT, entry).map((one) => ({ ...one, path: ['faults', i, ...one.path] }))));
  if (entries.length === 0) throw new KindredError('USAGE', 'there is no fault in it', { where: 'FAULTS' });
  const { agents, cooperate, network } = experiment;
  const { plan, complaints } = readFaults(entries as FaultEntry[], { agents, cooperate, rounds: network.rounds.kind });
  complain(complaints);
  return plan.map((fault, i) => ((entries as FaultEntry[])[i].at === undefined ? { for: fault.for, action: fault.action } : fault));
}

function valueOf(text: string): unknown {
  try {
    return parseValue(text);
  } catch (cause) {
    throw new KindredError('USAGE', `is not YAML: ${cause instanceof KindredError ? cause.detail : String(cause)}`, { where: 'FAULTS' });
  }
}

function complain(complaints: readonly Complaint[]): void {
  refuse(
    complaints.map((complaint) => ({ ...complaint, code: 'USAGE' })),
    () => ({ text: 'FAULTS', order: 0 }),
  );
}
