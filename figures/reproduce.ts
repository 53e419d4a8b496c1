/** The command that repeats a run, from what was typed to start it. */
import type { RunResult } from '../core/run-result.ts';

/** What a person typed to start a run, beside its seed and mode. */
export interface Typed {
  /** The experiment file. */
  readonly file: string;
  /** `path=value` each, after -c. */
  readonly overrides: readonly string[];
  /** After --out. */
  readonly out?: string;
  /** What stood before `run`; a clone's when it is not there. */
  readonly program?: string;
}

/** Where nothing was kept of it. */
export const UNKNOWN: Typed = { file: 'FILE', overrides: [] };

/** The command that repeats the run. */
export function reproduceCommand(
  { seed, mode }: Pick<RunResult, 'seed' | 'mode'>,
  { file, overrides, out, program = 'npm run --silent kindred --' }: Typed,
): string {
  const flags = [...overrides.flatMap((text) => ['-c', text]), ...(out === undefined ? [] : ['--out', out]), '--seed', String(seed), '--mode', mode];
  return `${program} run ${[file, ...flags].map(shellWord).join(' ')}`;
}

/** As a POSIX shell reads it. */
function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replace(/'/g, "'\\''")}'`;
}
