/** command.json in the run directory: what was typed to start the run, so that its report says how to run it again, after a resume too. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Typed } from '../figures/reproduce.ts';
import { typedProgram } from './own-package.ts';
import { writing } from './run-files.ts';

const COMMAND_FILE = 'command.json';

export function keepTyped(directory: string, typed: Typed): void {
  const path = join(directory, COMMAND_FILE);
  writing(path, () => {
    mkdirSync(directory, { recursive: true });
    writeFileSync(path, `${JSON.stringify({ ...typed, program: typedProgram() })}\n`);
  });
}

/** Undefined for a run that nothing was kept of. */
export function typedOf(directory: string): Typed | undefined {
  const path = join(directory, COMMAND_FILE);
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Typed) : undefined;
}
