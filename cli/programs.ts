/**
 * The programs that Kindred starts as processes of their own: bundled and with V8's code cache where the set-up made them
 * so, in half the processor time; else as they were compiled, with the same behaviour.
 */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export type Program = 'agent' | 'coordinator' | 'cli';

/** The file to start it with. */
export function programOf(program: Program): string {
  const bundled = fileURLToPath(new URL(`../bundle/${program}.cjs`, import.meta.url));
  return existsSync(bundled) ? bundled : fileURLToPath(new URL(`../${program}/main.js`, import.meta.url));
}
