import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keep, NO_RULES, refusal, standIn } from '../../../agent/held-vectors.ts';
import type { ExchangeRules, Held } from '../../../agent/held-vectors.ts';

const nothing = (): Held => ({ steps: [0, 0], epochs: [0, 0], published: 0 });
const header = (step: number, epoch = 1) => ({ step, epoch, durableStep: 0 });
const bounded: ExchangeRules = { epoch: 1, rounds: 'bounded', staleness: 4, hops: 2 };

function holding(...vectors: ReturnType<typeof header>[]): Held {
  const held = nothing();
  for (const vector of vectors) keep(held, vector);
  return held;
}

test('bsp keeps the current step and the next one, each once', () => {
  const held = holding(header(7));
  assert.deepEqual(
    [5, 6, 7, 8, 9].map((step) => refusal(held, header(step), NO_RULES, 7)),
    ['stale', 'stale', 'duplicate', undefined, 'ahead'],
  );
});

test('bsp takes the step itself and nothing else', () => {
  const held = holding(header(7));
  assert.deepEqual([standIn(held, 7, NO_RULES), standIn(held, 8, NO_RULES), standIn(held, 9, NO_RULES)], [7, 0, 0]);
});

test('rounds that do not wait refuse what is older than what is held, and an earlier epoch', () => {
  const held = holding(header(8));
  assert.deepEqual(
    [
      refusal(held, header(6), bounded, 9),
      refusal(held, header(8), bounded, 9),
      refusal(held, header(12), bounded, 9),
      refusal(held, header(9, 0), bounded, 9),
    ],
    ['stale', 'duplicate', undefined, 'stale'],
  );
});

test('the last one known stands in: of this epoch, of the same hop, young enough', () => {
  const held = holding(header(8), header(9));
  assert.deepEqual([9, 10, 12, 13, 14].map((step) => standIn(held, step, bounded)), [9, 8, 8, 9, 0]); // prettier-ignore
  assert.equal(standIn(held, 10, { ...bounded, epoch: 2 }), 0);
});
