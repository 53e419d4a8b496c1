/**
 * A supervised process by those who live in it: the coordinator, or one agent, or several. What happens to the process is
 * recorded and told of each of them.
 */
import type { ChildProcess } from 'node:child_process';
import { ERRORS } from '../core/errors.ts';
import type { Party } from '../core/fault/plan.ts';
import { systemClock } from '../net/clock.ts';
import type { ProcessesOptions } from './processes.ts';
import type { RunFiles } from './run-files.ts';
import { SupervisedProcess } from './supervised-process.ts';
import type { Ending } from './supervised-process.ts';

/** What only the owner of the process knows. */
export interface OwnProcess {
  readonly parties: readonly Party[];
  readonly spawn: () => ChildProcess;
  readonly isUnplanned: (ending: Ending) => boolean;
  readonly message: (message: unknown) => void;
  /** For good. */
  readonly gone: (why: string) => void;
}

/** The same for every process of a run. */
export interface ProcessRecord {
  readonly files: RunFiles;
  readonly onProcess: ProcessesOptions['onProcess'];
  readonly guarded: (action: () => void) => void;
  readonly tell: (line: string) => void;
  /** It runs again, as another process. */
  readonly restarted: (parties: readonly Party[]) => void;
}

/** How agents and the coordinator exit when they know why. */
const OWN_EXITS: ReadonlySet<number> = new Set([0, ...Object.values(ERRORS).map(({ exit }) => exit)]);

export function createPartyProcess({ parties, spawn, isUnplanned, message, gone }: OwnProcess, record: ProcessRecord): SupervisedProcess {
  const { files, onProcess, guarded, tell } = record;
  let starts = 0;
  const each = (action: (party: Party) => void): void => parties.forEach(action);
  return new SupervisedProcess({
    clock: systemClock,
    spawn,
    isUnplanned,
    guarded,
    events: {
      message,
      gone,
      started: (pid, count) => {
        starts = count;
        each((party) => onProcess?.({ party, pid, starts, event: 'started' }));
        if (starts === 1) return;
        each((party) => files.event('restarted', { party, starts }));
        record.restarted(parties);
      },
      ended: (pid, how) => each((party) => onProcess?.({ party, pid, starts, event: 'ended', how })),
      restarting: (how, delayMs) => {
        each((party) => files.event('process-lost', { party, detail: how }));
        tell(`${parties.map(nameOf).join(', ')}: ${how}; it is started again in ${delayMs / 1000} s`);
      },
    },
  });
}

export function isOwnExit({ code }: Ending): boolean {
  return code !== null && OWN_EXITS.has(code);
}

export function nameOf(party: Party): string {
  return party === 'coordinator' ? 'coordinator' : `agent ${party}`;
}
