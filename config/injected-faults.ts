/** Faults that are injected into a run while it goes on, from the command line or over HTTP, read against its experiment. */
import type { Fault } from '../core/fault/plan.ts';
import type { ErrorCode } from '../core/errors.ts';
import { KindredError } from '../core/errors.ts';
import { refuse } from './complaints.ts';
import type { Complaint } from './complaints.ts';
import type { Experiment } from './experiment.ts';
import { FAULT } from './fault-schema.ts';
import type { FaultEntry } from './fault-schema.ts';
import { readFaults } from './faults.ts';
import { complaintsAgainst } from './validate.ts';

/** Without `at` it begins now. */
export type InjectedFault = Omit<Fault, 'at'> & Partial<Pick<Fault, 'at'>>;

/** Who gave them, and the code to refuse them with. */
export interface Giver {
  readonly name: string;
  readonly code: ErrorCode;
}

/** Throws the giver's code with everything that is wrong with them. */
export function injectedFaults(entries: readonly unknown[], experiment: Pick<Experiment, 'agents' | 'cooperate' | 'network'>, giver: Giver): InjectedFault[] {
  const complain = (complaints: readonly Complaint[]): void =>
    refuse(
      complaints.map((complaint) => ({ ...complaint, code: giver.code })),
      () => ({ text: giver.name, order: 0 }),
    );
  complain(entries.flatMap((entry, i) => complaintsAgainst(FAULT, entry).map((one) => ({ ...one, path: ['faults', i, ...one.path] }))));
  if (entries.length === 0) throw new KindredError(giver.code, 'there is no fault in it', { where: giver.name });
  const { agents, cooperate, network } = experiment;
  const { plan, complaints } = readFaults(entries as FaultEntry[], { agents, cooperate, rounds: network.rounds.kind });
  complain(complaints);
  return plan.map((fault, i) => ((entries as FaultEntry[])[i].at === undefined ? { for: fault.for, action: fault.action } : fault));
}
