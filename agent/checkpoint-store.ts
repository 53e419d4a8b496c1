/**
 * Where an agent's checkpoints are kept. At any moment, a kill or a full disk leaves a whole one behind:
 *  1. A checkpoint is written under a name of its own, to its full length and to the disk, before it takes over.
 *  2. The one before it is kept; `done` comes only after the folder is on the disk too.
 *  3. A damaged one is set aside when it is found, so that it never takes the place of a good one.
 */
import {
  close as closeFile,
  fsync as fsyncFile,
  mkdirSync,
  open as openFile,
  readdirSync,
  readFileSync,
  rename as renameFile,
  renameSync,
  rm as rmFile,
  rmSync,
  write as writeFile,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { callbackify, promisify } from 'node:util';
import { assert, KindredError } from '../core/errors.ts';
import { type Clock, systemClock } from '../net/clock.ts';
import { type Checkpoint, decodeCheckpoint } from './checkpoint.ts';

export interface Loaded {
  readonly checkpoint: Checkpoint | undefined;
  /** What was found damaged, for people. */
  readonly notes: string[];
}

export interface CheckpointStore {
  /** One at a time; `bytes` must stay as they are until `done`. An error (CHECKPOINT_UNWRITABLE) leaves the last good one in place. */
  save(bytes: Uint8Array, done: (error: Error | undefined) => void): void;
  /** The newest whole checkpoint. Not while a save is under way. */
  load(): Loaded;
}

// Not node:fs/promises: with everything that it loads, an agent would start a twentieth slower.
const [open, close, fsync, rename, rm] = [promisify(openFile), promisify(closeFile), promisify(fsyncFile), promisify(renameFile), promisify(rmFile)];
const write = promisify(writeFile);

const CURRENT = 'current.checkpoint';
const PREVIOUS = 'previous.checkpoint';
const PART = '.part';

/** In a folder of its own, which is made where it is missing. */
export function createFileCheckpointStore(directory: string): CheckpointStore {
  guarded(directory, () => mkdirSync(directory, { recursive: true, mode: 0o700 }));
  let saving = false;
  // The folder may be new itself: its own entry is made durable with the first checkpoint.
  let folders = [directory, dirname(directory)];
  const finish = (done: (error: Error | undefined) => void, error: Error | undefined): void => {
    saving = false;
    if (error === undefined) folders = [directory];
    done(error);
  };
  return {
    save(bytes, done) {
      assert(!saving, 'a checkpoint is being saved already');
      saving = true;
      // Not in the promise: what `done` throws must end the process, not be a rejection.
      replaceInFolder(directory, bytes, folders, (error) => finish(done, error === null ? undefined : unwritable(directory, error)));
    },
    load() {
      assert(!saving, 'a checkpoint is being saved');
      return guarded(directory, () => loadFrom(directory));
    },
  };
}

/** Invariants 1 and 2. The name holds the process: two that believe to be the same agent do not write into one file. */
async function replaceCurrent(directory: string, bytes: Uint8Array, folders: readonly string[]): Promise<void> {
  const part = join(directory, `${process.pid}${PART}`);
  try {
    await writeDurably(part, bytes);
    await renameIfThere(join(directory, CURRENT), join(directory, PREVIOUS));
    await rename(part, join(directory, CURRENT));
  } catch (error) {
    // A full disk needs the room.
    await rm(part, { force: true });
    throw error;
  }
  for (const folder of folders) await syncFolder(folder);
}

const replaceInFolder = callbackify(replaceCurrent);

async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'w', 0o600);
  try {
    for (let at = 0; at < bytes.length;) {
      // A full disk shows as a short count first.
      const { bytesWritten } = await write(file, bytes, at, bytes.length - at, at);
      if (bytesWritten === 0) throw new Error(`ENOSPC: only ${at} of ${bytes.length} bytes could be written`);
      at += bytesWritten;
    }
    await fsync(file);
  } finally {
    await close(file);
  }
}

/** Missing at first, and after a kill between the two renames. */
async function renameIfThere(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await fsync(folder);
  } finally {
    await close(folder);
  }
}

function loadFrom(directory: string): Loaded {
  for (const name of readdirSync(directory)) if (name.endsWith(PART)) rmSync(join(directory, name));
  const notes: string[] = [];
  const current = readOrSetAside(join(directory, CURRENT), notes);
  const previous = readOrSetAside(join(directory, PREVIOUS), notes);
  return { checkpoint: current ?? previous, notes };
}

/** Invariant 3. */
function readOrSetAside(path: string, notes: string[]): Checkpoint | undefined {
  try {
    return decodeCheckpoint(readFileSync(path));
  } catch (error) {
    if (isMissing(error)) return undefined;
    renameSync(path, `${path}.damaged`);
    notes.push(`${path}: ${messageOf(error)}; it was set aside as ${path}.damaged`);
    return undefined;
  }
}

export interface MemoryCheckpointStoreOptions {
  readonly clock: Clock;
  /** From save to done. */
  readonly latencyMs: number;
  readonly failing?: () => boolean;
}

/** For the simulator. `crash` is a kill: the save under way is lost, as if it never was, and its `done` never comes. */
export function createMemoryCheckpointStore({ clock, latencyMs, failing }: MemoryCheckpointStoreOptions): CheckpointStore & { crash(): void } {
  let durable: Uint8Array | undefined;
  let cancel: (() => void) | undefined;
  return {
    save(bytes, done) {
      assert(cancel === undefined, 'a checkpoint is being saved already');
      const saved = new Uint8Array(bytes);
      cancel = clock.setTimer(latencyMs, () => {
        cancel = undefined;
        if (failing?.()) return done(noSpace());
        durable = saved;
        done(undefined);
      });
    },
    load() {
      assert(cancel === undefined, 'a checkpoint is being saved');
      return { checkpoint: durable && decodeCheckpoint(durable), notes: [] };
    },
    crash() {
      cancel?.();
      cancel = undefined;
    },
  };
}

/** The fault disk-full: while it is, saves fail and leave the last good checkpoint in place. */
export function failingStore(store: CheckpointStore, isFull: () => boolean, clock: Pick<Clock, 'defer'> = systemClock): CheckpointStore {
  return {
    save(bytes, done) {
      if (isFull()) clock.defer(() => done(noSpace()));
      else store.save(bytes, done);
    },
    load: () => store.load(),
  };
}

function guarded<T>(where: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw unwritable(where, error);
  }
}

const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';
const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
const unwritable = (where: string, cause: unknown): KindredError => new KindredError('CHECKPOINT_UNWRITABLE', messageOf(cause), { where, cause });
const noSpace = (): KindredError => new KindredError('CHECKPOINT_UNWRITABLE', 'ENOSPC: no space left on device');
