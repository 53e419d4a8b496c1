/** Faults as a person gives them on the command line. */
import type { Experiment } from '../config/experiment.ts';
import { injectedFaults } from '../config/injected-faults.ts';
import { parseValue } from '../config/source.ts';
import { KindredError } from '../core/errors.ts';

const GIVER = { name: 'FAULTS', code: 'USAGE' } as const;

/** One entry or a list, as YAML: the entries as the coordinator takes them. Throws USAGE with everything that is wrong with them. */
export function parseFaults(text: string, experiment: Experiment): unknown[] {
  const value = valueOf(text);
  const entries: unknown[] = Array.isArray(value) ? value : [value];
  injectedFaults(entries, experiment, GIVER);
  return entries;
}

function valueOf(text: string): unknown {
  try {
    return parseValue(text);
  } catch (cause) {
    throw new KindredError('USAGE', `is not YAML: ${cause instanceof KindredError ? cause.detail : String(cause)}`, { where: GIVER.name });
  }
}
