/**
 * The options of an agent's process, which programs give it and `kindred agent` has checked for people: `--NAME VALUE`,
 * any of them several times. node:util's parseArgs takes longer to load than all of this to run.
 */
import { assert } from '../core/errors.ts';

const NAMES = ['join', 'token-file', 'index', 'host', 'advertise', 'state', 'data', 'modules'] as const;
type Name = (typeof NAMES)[number];

/** By name, in the order given; those that were not given are missing. */
export function processOptions(args: readonly string[]): Partial<Record<Name, string[]>> {
  const options: Partial<Record<Name, string[]>> = {};
  for (let at = 0; at < args.length; at += 2) {
    const name = NAMES.find((one) => args[at] === `--${one}`);
    const value = args[at + 1];
    assert(name !== undefined && value !== undefined, `an agent's process does not know ${args.slice(at).join(' ')}`);
    (options[name] ??= []).push(value);
  }
  return options;
}
