import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createMemoryCheckpointStore } from '../../../agent/checkpoint-store.ts';
import { Memory } from '../../../agent/memory.ts';
import type { TakeSnapshot } from '../../../agent/memory.ts';
import { LIMITS } from '../../../core/limits.ts';
import { VirtualClock } from '../../../net/virtual-clock.ts';
import type { Welcome } from '../../../proto/messages.ts';

const EVERY_MS = 1_000;
const LATENCY_MS = 20;

const welcome = (change: Partial<Welcome> = {}): Welcome => ({
  type: 'welcome',
  run: 'run-1',
  agent: 4,
  agents: 9,
  seed: 1,
  incarnation: 1,
  session: 'session-1',
  linkSecret: 'secret',
  job: '{}',
  faults: '',
  elapsedMs: 0,
  neighbours: [],
  paused: false,
  ...change,
});

const at =
  (stage: number, step: number): TakeSnapshot =>
  () => ({ stage, step, vectors: new Map([['w', Float64Array.of(stage, step)]]) });
const insideAnIteration: TakeSnapshot = () => undefined;

/** A disk that a process after it finds again. */
function world() {
  const clock = new VirtualClock();
  const disk = { full: false };
  const store = createMemoryCheckpointStore({ clock, latencyMs: LATENCY_MS, failing: () => disk.full });
  const begin = (): Memory => new Memory(store, clock, EVERY_MS);
  const wait = (ms: number): void => {
    let isOver = false;
    clock.setTimer(ms, () => (isOver = true));
    clock.runUntil(() => isOver);
  };
  const save = (memory: Memory, take: TakeSnapshot): (Error | undefined)[] => {
    const done: (Error | undefined)[] = [];
    memory.save(take, (error) => done.push(error));
    wait(LATENCY_MS + 1);
    return done;
  };
  return { clock, store, disk, begin, wait, save };
}

describe('who it is', () => {
  test('nobody at first, and a new process until it was welcomed', () => {
    const memory = world().begin();
    assert.deepEqual([memory.session, memory.boot, memory.checkpoint], ['', true, undefined]);
    memory.welcomed(welcome(), at(0, 0));
    assert.deepEqual([memory.session, memory.boot], ['session-1', false]);
  });
  test('a new session is written down at once, the same one is not', () => {
    const { begin, wait } = world();
    const memory = begin();
    memory.welcomed(welcome(), at(0, 0));
    wait(LATENCY_MS + 1);
    const { session, agent, incarnation, run } = begin().checkpoint!;
    assert.deepEqual({ session, agent, incarnation, run }, { session: 'session-1', agent: 4, incarnation: 1, run: 'run-1' });
    memory.welcomed(welcome(), at(5, 5));
    wait(LATENCY_MS + 1);
    assert.equal(begin().checkpoint!.step, 0);
  });
  test('the next process shows the session of the one before it', () => {
    const { begin, wait } = world();
    begin().welcomed(welcome(), at(0, 0));
    wait(LATENCY_MS + 1);
    const next = begin();
    assert.deepEqual([next.session, next.boot], ['session-1', true]);
  });
});

describe('where it is', () => {
  test('a process goes on where the last checkpoint of the run stands', () => {
    const { begin, save } = world();
    const memory = begin();
    memory.welcomed(welcome(), insideAnIteration);
    memory.cooperatingStep = 11;
    memory.history.record(6, [1, 3], Uint8Array.of(6));
    memory.history.record(7, [1], Uint8Array.of(7));
    assert.deepEqual(save(memory, at(2, 7)), [undefined]);
    const next = begin();
    const resumed = next.resume('run-1')!;
    assert.deepEqual([resumed.stage, resumed.step, [...resumed.vectors.get('w')!]], [2, 7, [2, 7]]);
    assert.deepEqual([next.cooperatingStep, next.durableStep], [11, 7]);
    assert.deepEqual(next.history.all(), memory.history.all());
  });
  test('of another run nothing is remembered', () => {
    const { begin, save } = world();
    const memory = begin();
    memory.welcomed(welcome(), insideAnIteration);
    memory.cooperatingStep = 11;
    memory.history.record(6, [1], Uint8Array.of(6));
    save(memory, at(2, 7));
    const next = begin();
    assert.equal(next.resume('run-2'), undefined);
    assert.deepEqual([next.cooperatingStep, next.durableStep, next.history.bytes], [0, 0, 0]);
  });
  test('a step is durable only once its checkpoint is', () => {
    const { begin, wait } = world();
    const memory = begin();
    memory.welcomed(welcome(), insideAnIteration);
    memory.save(at(2, 7), () => {});
    wait(LATENCY_MS - 1);
    assert.equal(memory.durableStep, 0);
    wait(1);
    assert.equal(memory.durableStep, 7);
  });
  test('a kill in the middle leaves the checkpoint before it', () => {
    const { begin, save, store, wait } = world();
    const memory = begin();
    memory.welcomed(welcome(), insideAnIteration);
    save(memory, at(2, 7));
    memory.save(at(3, 9), () => assert.fail('it was killed'));
    store.crash();
    wait(LATENCY_MS + 1);
    assert.equal(begin().checkpoint!.step, 7);
  });
  test('a full disk leaves the last good one, says so, and the next one is tried in its time', () => {
    const { begin, save, disk, wait } = world();
    const memory = begin();
    memory.welcomed(welcome(), insideAnIteration);
    save(memory, at(2, 7));
    disk.full = true;
    assert.match(String(save(memory, at(3, 9))[0]), /ENOSPC/);
    assert.deepEqual([memory.durableStep, begin().checkpoint!.step], [7, 7]);
    assert.equal(memory.isDue, false);
    wait(EVERY_MS);
    assert.equal(memory.isDue, true);
    disk.full = false;
    assert.deepEqual(save(memory, at(3, 9)), [undefined]);
    assert.equal(memory.durableStep, 9);
  });
});

describe('when a checkpoint is due', () => {
  test('not before the agent knows who it is, then every so often', () => {
    const { begin, wait } = world();
    const memory = begin();
    wait(5 * EVERY_MS);
    assert.equal(memory.isDue, false);
    memory.welcomed(welcome(), at(0, 0));
    wait(EVERY_MS - 1);
    assert.equal(memory.isDue, false);
    wait(1);
    assert.equal(memory.isDue, true);
  });
  test('not while one is being written: there is one at a time', () => {
    const { begin, wait } = world();
    const memory = begin();
    memory.welcomed(welcome(), at(0, 0));
    wait(EVERY_MS);
    memory.save(at(1, 1), () => {});
    for (let i = 0; i < 3; i++) memory.save(at(9, 9), () => assert.fail('two at a time'));
    memory.history.record(1, [1], new Uint8Array(LIMITS.historyBytesMax / 2));
    assert.equal(memory.isDue, false);
    wait(EVERY_MS);
    assert.deepEqual([memory.isDue, begin().checkpoint!.step], [true, 1]);
  });
  test('earlier when the history has grown long: neighbours drop theirs by it', () => {
    const { begin, wait } = world();
    const memory = begin();
    memory.welcomed(welcome(), at(0, 0));
    wait(LATENCY_MS + 1);
    memory.history.record(1, [1], new Uint8Array(LIMITS.historyBytesMax / 4));
    assert.equal(memory.isDue, false);
    memory.history.record(2, [1], new Uint8Array(1));
    assert.equal(memory.isDue, true);
  });
  test('inside an iteration nothing can be written, and it stays due', () => {
    const { begin, save, wait } = world();
    const memory = begin();
    memory.welcomed(welcome(), at(0, 0));
    wait(EVERY_MS);
    assert.deepEqual(save(memory, insideAnIteration), []);
    assert.equal(memory.isDue, true);
  });
});

describe('before leaving', () => {
  test('it saves where it can', () => {
    const { begin, wait } = world();
    const memory = begin();
    memory.welcomed(welcome(), insideAnIteration);
    let left = 0;
    memory.saveNow(at(2, 7), () => left++);
    assert.equal(left, 0);
    wait(LATENCY_MS + 1);
    assert.deepEqual([left, begin().checkpoint!.step], [1, 7]);
  });
  test('it leaves in any case, once', () => {
    const { begin, wait, disk } = world();
    const memory = begin();
    const left: string[] = [];
    memory.saveNow(at(0, 0), () => left.push('a stranger'));
    memory.welcomed(welcome(), insideAnIteration);
    memory.saveNow(insideAnIteration, () => left.push('inside'));
    memory.save(at(1, 1), () => {});
    memory.saveNow(at(1, 1), () => left.push('saving'));
    wait(LATENCY_MS + 1);
    disk.full = true;
    memory.saveNow(at(1, 1), () => left.push('full'));
    wait(LATENCY_MS + 1);
    assert.deepEqual(left, ['a stranger', 'inside', 'saving', 'full']);
  });
});
