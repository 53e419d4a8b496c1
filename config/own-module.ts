/**
 * Modules of one's own as an experiment carries them: compiled to plain scripts, with a digest over all of their files.
 * A process is given the files it may run before it joins a run (nobody sends code over a link), and brings of them what the
 * run names, by digest.
 */
import { createHash } from 'node:crypto';
import { compileFunction, runInNewContext } from 'node:vm';
import { KindredError } from '../core/errors.ts';
import * as library from '../core/library.ts';
import { LIMITS } from '../core/limits.ts';
import { bring } from '../core/own/brought.ts';
import type { Own } from '../core/own/define.ts';
import { canonicalJson } from './canonical-json.ts';
import { CARD_KEYS, checkKeys } from './own-keys.ts';

export interface ModuleFile {
  /** Relative to the folder of the first one, with slashes. */
  readonly path: string;
  /** A script that takes `require` and fills in `exports`. */
  readonly code: string;
}

export interface OwnModule {
  /** As the experiment file has it: its path. */
  readonly name: string;
  /** Absolute, of the source it was compiled from: for messages. */
  readonly source: string;
  readonly digest: string;
  /** The module first, then what it imports. */
  readonly files: readonly ModuleFile[];
}

/** The name of a module in a run, and which one is meant. */
export type ModuleReference = Pick<OwnModule, 'name' | 'digest'>;

const BRINGS = ['problem', 'strategy', 'estimator'];
const LIBRARY = 'kindred';
const held = new Map<string, Own>();
const sources = new Set<string>();

export function digestOf(files: readonly ModuleFile[]): string {
  return createHash('sha256').update(canonicalJson(files)).digest('hex');
}

/** From now on this process can bring it. Throws MODULE_INVALID where it is not what its digest says, or brings nothing. */
export function holdModule({ name, source, digest, files }: OwnModule): Own {
  if (digestOf(files) !== digest) throw new KindredError('MODULE_INVALID', 'it was changed after the run began', { where: name });
  const known = held.get(digest);
  if (known !== undefined) return known;
  const own = ownOf(
    evaluate(files[0], source, (path) => files.find((file) => file.path === path)),
    source,
  );
  held.set(digest, own);
  sources.add(source);
  return own;
}

/** Of an error that nobody foresaw: MODULE_FAILED, with file and line, where it comes out of a module of one's own. */
export function moduleFailure(error: unknown): KindredError | undefined {
  if (!(error instanceof Error) || error instanceof KindredError) return undefined;
  for (const frame of (error.stack ?? '').split('\n')) {
    const source = [...sources].find((path) => frame.includes(`${path}:`));
    if (source === undefined) continue;
    const line = /:(\d+):\d+\)?$/.exec(frame)?.[1];
    return new KindredError('MODULE_FAILED', String(error), { where: line === undefined ? source : `${source}:${line}`, cause: error });
  }
  return undefined;
}

/** By the names of this run. Throws MODULE_MISSING. */
export function bringModules(references: readonly ModuleReference[]): void {
  for (const { name, digest } of references) {
    const own = held.get(digest);
    if (own === undefined) throw new KindredError('MODULE_MISSING', `with the digest ${digest.slice(0, 12)}`, { where: name });
    bring(name, own);
  }
}

/** What a module throws here is told as the module's, with what it was asked for. */
export function called<T>(module: string, what: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (cause instanceof KindredError) throw cause;
    throw new KindredError('MODULE_FAILED', `${what}: ${String(cause)}`, { where: moduleFailure(cause)?.where ?? module, cause });
  }
}

/** What the entry exports; `find` has the files that it imports. */
export function evaluate(entry: ModuleFile, source: string, find: (path: string) => ModuleFile | undefined, deadlineMs: number = LIMITS.moduleLoadMs): unknown {
  const loaded = new Map<string, object>();
  const load = (file: ModuleFile): object => {
    const exports = {};
    loaded.set(file.path, exports);
    const run = compileFunction(file.code, ['require', 'exports'], { filename: file === entry ? source : file.path });
    run((specifier: string) => imported(specifier, file.path), exports);
    return exports;
  };
  const imported = (specifier: string, from: string): object => {
    if (specifier === LIBRARY) return library;
    const path = joined(from, specifier);
    const file = path === undefined ? undefined : find(path);
    if (path === undefined || file === undefined) throw refusedImport(specifier, from, source);
    return loaded.get(path) ?? load(file);
  };
  try {
    // The context is for its deadline: what is called runs where it was made.
    return runInNewContext('load()', { load: () => load(entry) }, { timeout: deadlineMs });
  } catch (cause) {
    if (cause instanceof KindredError) throw cause;
    if ((cause as NodeJS.ErrnoException).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT')
      throw new KindredError('MODULE_INVALID', `it was not loaded after ${deadlineMs / 1_000} s`, { where: source, cause });
    throw new KindredError('MODULE_INVALID', `it fails while it is loaded: ${String(cause)}`, { where: source, cause });
  }
}

function refusedImport(specifier: string, from: string, source: string): KindredError {
  const why = specifier.startsWith('.') ? 'there is no such file (endings are written out)' : "only 'kindred' and files beside it can be imported";
  return new KindredError('MODULE_UNREADABLE', `${from} imports "${specifier}": ${why}`, { where: source });
}

/** `../b.ts` seen from `a/c.ts`; undefined where that is no relative path. */
function joined(from: string, specifier: string): string | undefined {
  if (!specifier.startsWith('./') && !specifier.startsWith('../')) return undefined;
  const parts = from.split('/').slice(0, -1);
  for (const part of specifier.split('/')) {
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else if (part !== '.') parts.push(part);
  }
  return parts.join('/');
}

function ownOf(exports: unknown, source: string): Own {
  const own = (exports as { readonly default?: Partial<Own> }).default;
  if (own !== undefined && BRINGS.includes(String(own.brings))) checkKeys(`the ${own.brings!}`, cardOf(own as Own), CARD_KEYS[own.brings!], source);
  if (own?.brings === 'problem' && (own.problem?.table === undefined) === (own.problem?.stream === undefined))
    throw new KindredError('MODULE_INVALID', 'a problem has either table (a loss on rows) or stream (mini-batches), and not both', { where: source });
  if (BRINGS.includes(String(own?.brings))) return own as Own;
  const what = own === undefined ? 'it has no default export' : 'its default export was not made by defineProblem, defineStrategy or defineEstimator';
  throw new KindredError('MODULE_INVALID', what, { where: source });
}

function cardOf(own: Own): object {
  if (own.brings === 'problem') return own.problem;
  return own.brings === 'strategy' ? own.strategy : own.estimator;
}
