import assert from 'node:assert/strict';
import { test } from 'node:test';
import { meanViews } from '../../../coordinator/views.ts';
import { Exchange } from '../../../agent/exchange.ts';
import type { LocalView } from '../../../core/relationship/local-view.ts';

const K = 4;

/** All agents' exchanges in lock step, delivering what each step sends. */
function gatherMean(vectors: readonly Float64Array[]): Float64Array[] {
  const exchanges = meanViews(K, 1).map((view, k) => new Exchange(view, k, K, 2));
  for (let part = 0; part < 2; part++) {
    const steps = exchanges.map((exchange, k) => exchange.next(vectors[k])!);
    const inboxes = steps.map(({ receiveFrom }, k) => receiveFrom.map((from) => (steps[from].sendTo.includes(k) ? steps[from].vector : assert.fail('nobody sends')))); // prettier-ignore
    exchanges.forEach((exchange, k) => exchange.received(vectors[k], inboxes[k]));
  }
  exchanges.forEach((exchange, k) => assert.equal(exchange.next(vectors[k]), undefined));
  return exchanges.map((exchange) => exchange.mean!);
}

test('a mean takes two steps and 2 (K - 1) messages, and is the same bits at every agent', () => {
  const vectors = [0.1, 0.2, 0.3, 0.7].map((value) => Float64Array.of(value, -value));
  const means = gatherMean(vectors);
  const expected = (0.1 + 0.2 + 0.3 + 0.7) / 4;
  for (const mean of means) assert.deepEqual([...mean], [expected, -expected]);
});

test('the hub averages what is there, its own vector included; an agent that the mean does not reach has none', () => {
  const [hub, leaf] = meanViews(K, 1).map((view, k) => new Exchange(view, k, K, 1));
  hub.received(Float64Array.of(1), [undefined, Float64Array.of(4), undefined]);
  assert.deepEqual(hub.mean, Float64Array.of(2.5));
  leaf.received(Float64Array.of(2), []);
  leaf.received(Float64Array.of(2), [Float64Array.of(2.5)]);
  assert.deepEqual(leaf.mean, Float64Array.of(2.5));
  leaf.restart();
  leaf.received(Float64Array.of(2), []);
  leaf.received(Float64Array.of(2), [undefined]);
  assert.equal(leaf.mean, undefined);
});

test('an exchange along edges is one step with the neighbours, again after a restart', () => {
  const view: LocalView = { kind: 'edges', neighbours: [0, 3], weights: [1, 1], strength: 0, hub: 0 };
  const exchange = new Exchange(view, 1, K, 2);
  const own = Float64Array.of(1, 2);
  assert.deepEqual(exchange.next(own), { sendTo: [0, 3], receiveFrom: [0, 3], vector: own });
  exchange.received(own, []);
  assert.equal(exchange.next(own), undefined);
  exchange.restart();
  assert.notEqual(exchange.next(own), undefined);
});
