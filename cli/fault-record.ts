/** What a run recorded in events.jsonl: by its coordinator, and by its supervisor about processes. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Fault } from '../core/fault/plan.ts';
import type { RunEvent } from '../core/run-event.ts';
import { EVENTS_FILE } from './run-files.ts';

/** In the order they were written; a last line that a kill cut off is left out. */
export function readEvents(directory: string): RunEvent[] {
  const path = join(directory, EVENTS_FILE);
  if (!existsSync(path)) return [];
  return readFileSync(path, 'utf8')
    .split('\n')
    .flatMap((line) => eventOf(line) ?? []);
}

/** The process faults that were begun, whoever supervised. */
export function begunFaults(directory: string): Fault[] {
  const begins = readEvents(directory).filter(({ type, order }) => type === 'fault' && (order === 'kill' || order === 'stop'));
  return begins.flatMap(({ of }) => (of === undefined ? [] : [of as Fault]));
}

/** How the run was begun: processes or simulated; undefined where nothing says so. */
export function recordedMode(directory: string): string | undefined {
  return readEvents(directory).find(({ type }) => type === 'started')?.['mode'] as string | undefined;
}

function eventOf(line: string): RunEvent | undefined {
  try {
    return JSON.parse(line) as RunEvent;
  } catch {
    return undefined;
  }
}
