/** Who ended a process decides whether, and when, there is another one. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SupervisedProcess } from '../../../cli/supervised-process.ts';
import type { Ending } from '../../../cli/supervised-process.ts';
import { LIMITS } from '../../../core/limits.ts';
import { VirtualClock } from '../../../net/virtual-clock.ts';
import { FakeChild } from '../../support/fake-child.ts';

const KILL = [null, 'SIGKILL'] as const;

/** A process whose children are fakes; everything it tells is in `told`. */
function supervised(isUnplanned: (ending: Ending) => boolean = () => true) {
  const clock = new VirtualClock();
  const children: FakeChild[] = [];
  const told: string[] = [];
  const one = new SupervisedProcess({
    clock,
    spawn: () => {
      children.push(new FakeChild(100 + children.length));
      return children.at(-1)!.process;
    },
    isUnplanned,
    guarded: (action) => action(),
    events: {
      started: (pid, starts) => told.push(`started ${pid} ${starts}`),
      message: (message) => told.push(`message ${String(message)}`),
      ended: (pid, how) => told.push(`ended ${pid}: ${how}`),
      restarting: (_, delayMs) => told.push(`restarting in ${delayMs}`),
      gone: (why) => told.push(`gone: ${why}`),
    },
  });
  one.start();
  return { one, clock, children, told, latest: () => children.at(-1)! };
}

test('an unplanned end is followed by a restart, ever later', () => {
  const { clock, latest, told } = supervised();
  for (let i = 0; i < LIMITS.restartsMax; i++) {
    latest().end(...KILL);
    clock.run();
  }
  const waits = told.flatMap((line) => /^restarting in (\d+)/.exec(line)?.[1] ?? []);
  assert.deepEqual(waits, ['100', '200', '400', '800', '1600']);
  assert.equal(told.at(-1), 'started 105 6');
});

test('one end too many within the window, and it is given up', async () => {
  const { one, clock, children, told, latest } = supervised();
  for (let i = 0; i <= LIMITS.restartsMax; i++) {
    latest().end(...KILL);
    clock.run();
  }
  assert.equal(children.length, LIMITS.restartsMax + 1);
  assert.match(told.at(-1)!, /^gone: it was ended by SIGKILL; it was started again 5 times within 60 s, in vain$/);
  one.start();
  assert.equal(children.length, LIMITS.restartsMax + 1, 'it was started after it was given up');
  await one.ended();
});

test('restarts of long ago do not count', () => {
  const { clock, children, latest, told } = supervised();
  for (let i = 0; i < 3 * LIMITS.restartsMax; i++) {
    latest().end(...KILL);
    clock.setTimer(LIMITS.restartsWindowMs + LIMITS.restartMaxMs, () => {});
    clock.run();
  }
  assert.equal(children.length, 3 * LIMITS.restartsMax + 1);
  assert.deepEqual(
    told.filter((line) => line.startsWith('restarting') && line !== 'restarting in 100'),
    [],
  );
});

test('an end of its own will is no reason to start it again', () => {
  const { clock, children, latest, told } = supervised(({ code }) => code !== 0);
  latest().end(0);
  clock.run();
  assert.deepEqual(told, ['started 100 1', 'ended 100: it ended with exit code 0', 'gone: it ended with exit code 0']);
  assert.equal(children.length, 1);
});

test('what the plan killed only the plan starts', () => {
  const { one, clock, children, latest } = supervised();
  one.obey('kill');
  assert.deepEqual(latest().signals, ['SIGKILL']);
  latest().end(...KILL);
  clock.run();
  assert.equal(children.length, 1);
  one.obey('start');
  assert.equal(children.length, 2);
});

test('a start that comes before the end was seen is not lost', () => {
  const { one, clock, children, latest } = supervised();
  one.obey('kill');
  one.obey('start');
  assert.equal(children.length, 1);
  latest().end(...KILL);
  assert.equal(children.length, 2);
  // The next end is a surprise again.
  latest().end(...KILL);
  clock.run();
  assert.equal(children.length, 3);
});

test('a planned kill while it waits for its restart: it stays dead', () => {
  const { one, clock, children, latest } = supervised();
  latest().end(...KILL);
  one.obey('kill');
  clock.run();
  assert.equal(children.length, 1);
  one.obey('start');
  assert.equal(children.length, 2);
});

test('a stop of the plan holds for the process after a surprise', () => {
  const { one, clock, latest } = supervised();
  one.obey('stop');
  latest().end(...KILL);
  clock.run();
  assert.deepEqual(latest().signals, ['SIGSTOP']);
  one.obey('continue');
  assert.deepEqual(latest().signals, ['SIGSTOP', 'SIGCONT']);
  assert.equal(one.isStopped, false);
});

test('a stopped process is woken before it is asked to end', () => {
  const { one, latest } = supervised();
  one.obey('stop');
  one.signal('SIGTERM');
  assert.deepEqual(latest().signals, ['SIGSTOP', 'SIGCONT', 'SIGTERM']);
});

test('retired: gone is told once, when it has ended', async () => {
  const { one, clock, children, latest, told } = supervised();
  one.retire('killed by the fault plan');
  one.retire('the run is over');
  assert.equal(told.length, 1);
  const ended = one.ended();
  latest().end(...KILL);
  clock.run();
  await ended;
  assert.deepEqual(told.slice(1), ['ended 100: it was ended by SIGKILL', 'gone: killed by the fault plan']);
  assert.equal(children.length, 1);
});

test('retired while it waits for a restart: there is none', () => {
  const { one, clock, children, latest, told } = supervised();
  latest().end(...KILL);
  one.retire('the run is over');
  clock.run();
  assert.equal(children.length, 1);
  assert.equal(told.at(-1), 'gone: the run is over');
});

test('a process that cannot be started ends like one that was', () => {
  const clock = new VirtualClock();
  const told: string[] = [];
  const child = new FakeChild(undefined);
  const tell = (line: string): void => void told.push(line);
  const events = { started: () => tell('started'), message: () => {}, ended: (_: number, how: string) => tell(how), restarting: () => {}, gone: tell };
  const one = new SupervisedProcess({ clock, spawn: () => child.process, isUnplanned: () => false, guarded: (action) => action(), events });
  one.start();
  child.emit('error', new Error('spawn EAGAIN'));
  assert.deepEqual(told, ['it could not be started: spawn EAGAIN', 'it could not be started: spawn EAGAIN']);
});
