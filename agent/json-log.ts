/**
 * The log of an agent's process: one JSON line per event, with pino's keys and levels. pino itself, with its workers and
 * transports, would be a fifth of everything that an agent loads.
 */
import { writeSync } from 'node:fs';

export type LogFields = Readonly<Record<string, unknown>>;

export interface JsonLog {
  info(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
  fatal(fields: LogFields, message: string): void;
}

const LEVELS = { info: 30, error: 50, fatal: 60 } as const;
const STDOUT = 1;

/** `base` is in every line. */
export function createJsonLog(base: LogFields, write: (line: string) => void = toStdout): JsonLog {
  const at = (level: number) => (fields: LogFields, message: string) =>
    write(`${JSON.stringify({ level, time: Date.now(), ...base, ...fields, msg: message })}\n`);
  return { info: at(LEVELS.info), error: at(LEVELS.error), fatal: at(LEVELS.fatal) };
}

/** At once, also on the way out of a crash. */
function toStdout(line: string): void {
  try {
    writeSync(STDOUT, line);
  } catch (error) {
    // A full disk, or a reader that is gone or slow: work goes on without the line.
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
  }
}
