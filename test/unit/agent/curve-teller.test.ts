import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CurveTeller } from '../../../agent/curve-teller.ts';
import type { ErrorsSoFar } from '../../../agent/curve-teller.ts';
import { curveIteration, isCurvePoint, isLivePoint } from '../../../core/arm-schedule.ts';
import { LIMITS } from '../../../core/limits.ts';

const arm = (points: number, change: Partial<ErrorsSoFar> = {}): ErrorsSoFar => ({
  arm: 1,
  epoch: 4,
  schedule: { lastIteration: 95, every: 10 },
  curve: Array.from({ length: points }, (_, point) => 100 - point),
  ...change,
});

test('what is new is told, and once', () => {
  const teller = new CurveTeller();
  assert.deepEqual(teller.next([arm(3)]), [{ arm: 1, epoch: 4, iterations: [0, 10, 20], errors: [100, 99, 98] }]);
  assert.deepEqual(teller.next([arm(3)]), []);
  assert.deepEqual(teller.next([arm(4)]), [{ arm: 1, epoch: 4, iterations: [30], errors: [97] }]);
});

test('the last point is at the last iteration', () => {
  const [{ iterations }] = new CurveTeller().next([arm(11)]);
  assert.deepEqual(iterations.slice(-2), [90, 95]);
});

test('a coordinator that is new is told everything, arm after arm', () => {
  const teller = new CurveTeller();
  const arms = [0, 1, 2].map((index) => arm(2, { arm: index, epoch: index }));
  const told = (): number[] => teller.next(arms).map((one) => one.arm);
  assert.deepEqual([told(), told(), told()], [[0, 1], [2], []]);
  teller.startOver();
  assert.deepEqual([told(), told(), told()], [[0, 1], [2], []]);
});

test('a long curve is told in points that are the same however it is cut, ends included, and few enough', () => {
  for (const { lastIteration, every } of [
    { lastIteration: 300, every: 1 },
    { lastIteration: 100_000, every: 10 },
    { lastIteration: 1_991, every: 10 },
    { lastIteration: 7, every: 10 },
  ]) {
    const schedule = { lastIteration, every };
    const points = 1 + Array.from({ length: lastIteration }, (_, i) => i + 1).filter((iteration) => isCurvePoint(iteration, schedule)).length;
    const live = Array.from({ length: points }, (_, point) => point).filter((point) => isLivePoint(point, schedule));
    const iterations = live.map((point) => curveIteration(point, schedule));
    assert.ok(live.length <= LIMITS.liveCurvePointsMax && live.length >= Math.min(points, LIMITS.liveCurvePointsMax / 2), `${live.length} of ${points}`);
    assert.deepEqual([iterations[0], iterations.at(-1)], [0, lastIteration]);
    const teller = new CurveTeller();
    const curve = new Float64Array(points);
    const cut = [5, 77, points].flatMap((until) => teller.next([arm(0, { schedule, curve: curve.subarray(0, until) })]));
    assert.deepEqual(cut.flatMap((one) => one.iterations), iterations); // prettier-ignore
  }
});
