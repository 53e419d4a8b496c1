/**
 * A process as it is noted down in a file. Ids are used again, so its start is noted with it, where the system tells it:
 * a note is never taken for another process.
 */
import { readFileSync } from 'node:fs';

export interface ProcessNote {
  readonly pid: number;
  /** When it began, in the system's own terms; empty where the system does not tell. */
  readonly born: string;
}

interface Status {
  readonly state: string;
  readonly born: string;
  readonly processorTime: number;
}

export function noteOf(pid: number): ProcessNote {
  return { pid, born: statusOf(pid)?.born ?? '' };
}

/** A zombie is dead: nobody waits for it. */
export function isAlive({ pid, born }: ProcessNote): boolean {
  if (!exists(pid)) return false;
  const status = statusOf(pid);
  return status === undefined || (status.state !== 'Z' && (born === '' || status.born === born));
}

/** Processor time it has used, in the system's own units; undefined where the system does not tell. It grows while a process computes. */
export function processorTimeOf(pid: number): number | undefined {
  return statusOf(pid)?.processorTime;
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It lives and is somebody else's.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Linux: the fields of /proc/PID/stat behind the name, which may hold anything but ends with the last parenthesis. */
function statusOf(pid: number): Status | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0], born: fields[19], processorTime: Number(fields[11]) + Number(fields[12]) };
  } catch {
    return undefined;
  }
}
