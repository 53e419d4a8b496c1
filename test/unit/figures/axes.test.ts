import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { linearAxis, logAxis, logTicks, spread, tickText } from '../../../figures/axes.ts';

test('a logarithmic axis maps equal ratios to equal lengths', () => {
  const axis = logAxis(0.1, 10, 400, 0);
  const [a, b, c] = [0.1, 1, 10].map((x) => axis.position(x)) as [number, number, number];
  assert.ok(Math.abs(a - b - (b - c)) < 1e-9 && a > b);
  assert.ok(a < 400 && c > 0, 'a margin at both ends');
});

test('ticks suit the span', () => {
  assert.deepEqual(logTicks(0.14, 0.37).ticks, [0.15, 0.2, 0.25, 0.3, 0.35]);
  assert.deepEqual(logTicks(0.23, 2.1).ticks, [0.3, 0.5, 1, 2]);
  assert.deepEqual(logTicks(0.03, 1.1).ticks, [0.05, 0.1, 0.2, 0.5, 1]);
  assert.deepEqual(logTicks(1e-4, 10).ticks, [1e-4, 1e-3, 1e-2, 0.1, 1, 10]);
  assert.ok(logTicks(1e-40, 1).ticks.length <= 8);
});

test('every span has two to twelve ticks, all inside', () => {
  fc.assert(
    fc.property(fc.double({ min: -12, max: 12, noNaN: true }), fc.double({ min: 0.02, max: 20, noNaN: true }), (exponent, decades) => {
      const [low, high] = [10 ** exponent, 10 ** (exponent + decades)];
      const { ticks, minor } = logTicks(low, high);
      assert.ok(ticks.length >= 1 && ticks.length <= 12, `${ticks.length} ticks`);
      assert.ok([...ticks, ...minor].every((x) => x >= low && x <= high));
    }),
    { seed: 1, numRuns: 300 },
  );
});

test('a linear axis without length still has places', () => {
  const axis = linearAxis(3, 3, 0, 100);
  assert.ok(Number.isFinite(axis.position(3)));
});

test('tick labels', () => {
  assert.deepEqual([0, 0.15, 300, 12000, 1e-4, 2e6, -5].map(tickText), ['0', '0.15', '300', '12,000', '10⁻⁴', '2·10⁶', '−5']);
});

test('labels are spread apart, inside, in order, and stay where there is room', () => {
  assert.deepEqual(spread([100, 200], 30, 0, 300), [100, 200]);
  fc.assert(
    fc.property(fc.array(fc.double({ min: -50, max: 450, noNaN: true }), { maxLength: 12 }), (wishes) => {
      const places = spread(wishes, 34, 0, 400);
      const sorted = wishes.map((wish, i) => [wish, places[i]] as const).sort((a, b) => a[0] - b[0] || a[1] - b[1]);
      sorted.forEach(([, place], i) => {
        assert.ok(place >= -1e-9 && place <= 400 + 1e-9, `outside: ${place}`);
        if (i > 0) assert.ok(place - sorted[i - 1][1] >= 34 - 1e-9, 'overlap');
      });
    }),
    { seed: 2, numRuns: 500 },
  );
});
