import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { type CheckpointStore, createFileCheckpointStore, createMemoryCheckpointStore, failingStore } from '../../../agent/checkpoint-store.ts';
import { KindredError } from '../../../core/errors.ts';
import { VirtualClock } from '../../../net/virtual-clock.ts';
import { assertIntact, bytesOfStep, checkpointOf } from '../../support/checkpoints.ts';

const DIMENSION = 8;
const save = (store: CheckpointStore, step: number): Promise<Error | undefined> => new Promise((done) => store.save(bytesOfStep(step, DIMENSION), done));
const stepOf = (store: CheckpointStore): number | undefined => store.load().checkpoint?.step;
const isUnwritable = (error: unknown): boolean => error instanceof KindredError && error.code === 'CHECKPOINT_UNWRITABLE';

describe('in a folder', () => {
  let root: string;
  let directory: string;
  const path = (name: string): string => join(directory, name);
  const damage = (name: string): void => writeFileSync(path(name), readFileSync(path(name)).subarray(0, -1));

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'kindred-checkpoints-'));
    directory = join(root, 'agent-3', 'checkpoints');
  });
  afterEach(() => rmSync(root, { recursive: true }));

  test('a new folder is empty', () => {
    assert.deepEqual(createFileCheckpointStore(directory).load(), { checkpoint: undefined, notes: [] });
  });

  test('the last one saved is loaded, by another process too, and nobody else may read it', async () => {
    const store = createFileCheckpointStore(directory);
    for (const step of [1, 2, 3]) assert.equal(await save(store, step), undefined);
    const { checkpoint, notes } = createFileCheckpointStore(directory).load();
    assert.deepEqual([checkpoint, notes], [checkpointOf(3, DIMENSION), []]);
    assert.deepEqual(readdirSync(directory).sort(), ['current.checkpoint', 'previous.checkpoint']);
    for (const name of readdirSync(directory)) assert.equal(statSync(path(name)).mode & 0o777, 0o600);
    assert.equal(statSync(directory).mode & 0o777, 0o700);
  });

  test('saving does not block the event loop, and goes one at a time', async () => {
    const store = createFileCheckpointStore(directory);
    let isDone = false;
    const saved = save(store, 1).then(() => (isDone = true));
    assert.equal(isDone, false);
    assert.throws(() => store.save(bytesOfStep(2, DIMENSION), () => {}), /being saved/);
    assert.throws(() => store.load(), /being saved/);
    await saved;
    assert.equal(await save(store, 2), undefined);
  });

  test('a damaged one is named, set aside, and the one before it is loaded and not lost', async () => {
    const store = createFileCheckpointStore(directory);
    for (const step of [1, 2]) await save(store, step);
    damage('current.checkpoint');
    const { checkpoint, notes } = store.load();
    assertIntact(checkpoint!, DIMENSION);
    assert.equal(checkpoint!.step, 1);
    assert.match(notes.join(), /^[^,]*current\.checkpoint: a checkpoint was refused: its checksum is wrong; it was set aside/);
    assert.deepEqual(readdirSync(directory).sort(), ['current.checkpoint.damaged', 'previous.checkpoint']);
    await save(store, 3);
    rmSync(path('current.checkpoint'));
    assert.equal(stepOf(store), 1);
  });

  test('both damaged: two notes and no checkpoint', async () => {
    const store = createFileCheckpointStore(directory);
    for (const step of [1, 2]) await save(store, step);
    damage('current.checkpoint');
    damage('previous.checkpoint');
    const { checkpoint, notes } = store.load();
    assert.deepEqual([checkpoint, notes.length], [undefined, 2]);
  });

  test('a kill between the two renames leaves the previous one, and saving goes on', async () => {
    const store = createFileCheckpointStore(directory);
    for (const step of [1, 2]) await save(store, step);
    renameSync(path('current.checkpoint'), path('previous.checkpoint'));
    writeFileSync(path('4711.part'), bytesOfStep(3, DIMENSION));
    assert.equal(stepOf(store), 2);
    assert.deepEqual(readdirSync(directory), ['previous.checkpoint']);
    assert.equal(await save(store, 4), undefined);
    assert.equal(stepOf(store), 4);
  });

  test('a save that fails says so and leaves the last good one; the next may succeed', async () => {
    const store = createFileCheckpointStore(directory);
    await save(store, 1);
    mkdirSync(path(`${process.pid}.part`));
    const error = await save(store, 2);
    assert.ok(isUnwritable(error), String(error));
    assert.match(error!.message, /EISDIR/);
    rmSync(path(`${process.pid}.part`), { recursive: true });
    assert.equal(stepOf(store), 1);
    assert.equal(await save(store, 3), undefined);
    assert.equal(stepOf(store), 3);
  });

  test('the fault disk-full: saves fail while it is, and only then', async () => {
    let isFull = false;
    const store = failingStore(createFileCheckpointStore(directory), () => isFull);
    assert.equal(await save(store, 1), undefined);
    isFull = true;
    const error = await save(store, 2);
    assert.ok(isUnwritable(error));
    assert.match(error!.message, /ENOSPC/);
    assert.equal(stepOf(store), 1);
    isFull = false;
    assert.equal(await save(store, 3), undefined);
    assert.equal(stepOf(store), 3);
  });
});

test('a folder that cannot be made is refused by name', () => {
  assert.throws(
    () => createFileCheckpointStore('/dev/null/checkpoints'),
    (error) => isUnwritable(error) && /\/dev\/null\/checkpoints/.test(String(error)),
  );
});

describe('in memory', () => {
  const latencyMs = 10;

  /** Saves and runs the clock until `ms` later; tells what `done` said, 'nothing' if it did not come. */
  function saveFor(clock: VirtualClock, store: CheckpointStore, step: number, ms: number): Error | undefined | 'nothing' {
    let said: Error | undefined | 'nothing' = 'nothing';
    let isOver = false;
    const bytes = bytesOfStep(step, DIMENSION);
    store.save(bytes, (error) => (said = error));
    bytes.fill(0);
    clock.setTimer(ms, () => (isOver = true));
    clock.runUntil(() => isOver);
    return said;
  }

  test('a save is durable after the latency; a crash before it keeps the previous one', () => {
    const clock = new VirtualClock();
    const store = createMemoryCheckpointStore({ clock, latencyMs });
    assert.equal(stepOf(store), undefined);
    assert.equal(saveFor(clock, store, 1, latencyMs), undefined);
    assert.equal(saveFor(clock, store, 2, latencyMs - 1), 'nothing');
    assert.throws(() => store.save(bytesOfStep(3, DIMENSION), () => {}), /being saved/);
    store.crash();
    assert.equal(stepOf(store), 1);
    clock.run();
    assert.equal(stepOf(store), 1);
    assert.equal(saveFor(clock, store, 3, latencyMs), undefined);
    assertIntact(store.load().checkpoint!, DIMENSION);
    assert.equal(stepOf(store), 3);
  });

  test('failing keeps the last good one', () => {
    const clock = new VirtualClock();
    let failing = false;
    const store = createMemoryCheckpointStore({ clock, latencyMs, failing: () => failing });
    saveFor(clock, store, 1, latencyMs);
    failing = true;
    assert.ok(isUnwritable(saveFor(clock, store, 2, latencyMs)));
    assert.equal(stepOf(store), 1);
    failing = false;
    assert.equal(saveFor(clock, store, 3, latencyMs), undefined);
    assert.equal(stepOf(store), 3);
  });

  test('the fault disk-full needs no real time', () => {
    const clock = new VirtualClock();
    const store = failingStore(createMemoryCheckpointStore({ clock, latencyMs }), () => true, clock);
    assert.ok(isUnwritable(saveFor(clock, store, 1, 1)));
    assert.equal(stepOf(store), undefined);
  });
});
