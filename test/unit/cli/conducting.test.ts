/** The plan of a live run: told again, changed, cleared, and gone on with by another supervisor. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Conducting } from '../../../cli/conducting.ts';
import type { Fault, FaultAction, Trigger } from '../../../core/fault/plan.ts';
import { VirtualClock } from '../../../net/virtual-clock.ts';

const RUN = { unit: 'run' } as const;
const step = (n: number): Trigger => ({ unit: 'step', step: n });
const ms = (n: number): Trigger => ({ unit: 'ms', ms: n });
const kill = (target: number, at: Trigger, restartAfterMs: number | null = null): Fault => ({ at, for: RUN, action: { kind: 'kill', target, restartAfterMs } });
const pause = (target: number | 'coordinator', at: Trigger, forMs: number): Fault => ({
  at,
  for: { unit: 'ms', ms: forMs },
  action: { kind: 'pause', target } satisfies FaultAction,
});
const LOSS: Fault = { at: ms(0), for: RUN, action: { kind: 'link', links: 'all', conditions: { loss: 0.1 } } };

function conducting(begun: readonly Fault[] = []) {
  const clock = new VirtualClock();
  const orders: string[] = [];
  const perform = (kind: string, target: number | string, fault: Fault | undefined): void =>
    void orders.push(`${clock.now()} ${kind} ${target}${fault === undefined ? ' cleared' : ''}`);
  return { clock, orders, one: new Conducting({ clock, begun, perform, guarded: (action) => action() }) };
}

test('steps, times and phases, in run time', () => {
  const { one, clock, orders } = conducting();
  one.replace([LOSS, kill(1, step(5), 100), pause('coordinator', ms(50), 20), kill(2, { unit: 'phase', phase: 'cooperating' })]);
  clock.setTimer(1_000, () => one.phase('exploring', 0));
  clock.setTimer(1_500, () => one.phase('cooperating', 500));
  clock.setTimer(1_600, () => one.reached(1, 5));
  clock.run();
  assert.deepEqual(orders, ['1050 stop coordinator', '1070 continue coordinator', '1500 kill 2', '1600 kill 1', '1700 start 1']);
});

test('a plan that is told again changes nothing', () => {
  const { one, clock, orders } = conducting();
  const plan = [kill(1, step(5)), kill(1, step(5))];
  one.phase('cooperating', 0);
  one.replace(plan);
  one.reached(1, 5);
  one.replace(plan);
  clock.run();
  assert.deepEqual(orders, ['0 kill 1']);
});

test('a live fault: past means now', () => {
  const { one, clock, orders } = conducting();
  one.phase('cooperating', 0);
  one.reached(3, 10);
  one.replace([kill(3, step(4))]);
  clock.run();
  assert.deepEqual(orders, ['0 kill 3']);
});

test('cleared: the stopped go on, the dead that were to come back do now, and nothing else happens', () => {
  const { one, clock, orders } = conducting();
  one.phase('cooperating', 0);
  one.replace([pause(0, ms(0), 9_000), kill(1, ms(0), 9_000), kill(2, ms(0)), kill(3, ms(500))]);
  clock.setTimer(100, () => one.replace([]));
  clock.run();
  assert.deepEqual(orders, ['0 stop 0', '0 kill 1', '0 kill 2', '100 continue 0 cleared', '100 start 1 cleared']);
});

test('after a clear the same fault may be injected again, and knows where the run is', () => {
  const { one, clock, orders } = conducting();
  one.phase('cooperating', 0);
  one.replace([kill(1, step(5), 10)]);
  one.reached(1, 7);
  clock.run();
  one.replace([]);
  one.replace([kill(1, step(5), 10)]);
  clock.run();
  assert.deepEqual(orders, ['0 kill 1', '10 start 1', '10 kill 1', '20 start 1']);
});

test('what an earlier supervisor began does not begin again', () => {
  const { one, clock, orders } = conducting([kill(1, step(5))]);
  one.replace([kill(1, step(5)), kill(2, step(5))]);
  one.phase('cooperating', 3_000);
  one.reached(1, 5);
  one.reached(2, 5);
  clock.run();
  assert.deepEqual(orders, ['0 kill 2']);
});

test('run time never goes back when a restarted coordinator counts less', () => {
  const { one, clock, orders } = conducting();
  one.replace([kill(1, ms(2_000))]);
  one.phase('exploring', 0);
  clock.setTimer(1_500, () => one.phase('exploring', 200));
  clock.run();
  assert.deepEqual(orders, ['2000 kill 1']);
});

test('stopped, it orders nothing', () => {
  const { one, clock, orders } = conducting();
  one.replace([kill(1, ms(10)), kill(2, step(1))]);
  one.phase('exploring', 0);
  one.stop();
  one.reached(2, 1);
  one.phase('cooperating', 0);
  clock.run();
  assert.deepEqual(orders, []);
});
