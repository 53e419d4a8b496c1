import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { LIMITS } from '../../../core/limits.ts';
import { Observed } from '../../../coordinator/observed.ts';
import type { LinkHealth } from '../../../proto/messages.ts';

const ALL = [0, 1, 2];
const link = (agent: number, change: Partial<LinkHealth> = {}): LinkHealth => ({ agent, open: true, lost: 0, staleness: 0, bytes: 0, ...change });

function observed(): { watched: Observed; errors: (agent: number, points: readonly (readonly [number, number])[], arm?: number, epoch?: number) => void } {
  const watched = new Observed(3, 2);
  return {
    watched,
    errors: (agent, points, arm = 0, epoch = 1) => {
      const one = { arm, epoch, iterations: points.map(([iteration]) => iteration), errors: points.map(([, error]) => error) };
      watched.heard(agent, { errors: [one], links: [] });
    },
  };
}

describe('curves', () => {
  test('a point is the mean of the participants, as soon as all of them have told it', () => {
    const { watched, errors } = observed();
    for (const agent of ALL) errors(agent, [[0, 6 * (agent + 1)]]);
    errors(0, [[10, 3], [20, 1]]); // prettier-ignore
    errors(2, [[10, 9], [20, 1]]); // prettier-ignore
    assert.deepEqual(watched.curve(0, ALL), { iteration: [0], error: [12] });
    errors(1, [[10, 3]]);
    assert.deepEqual(watched.curve(0, ALL), { iteration: [0, 10], error: [12, 5] });
    assert.deepEqual(watched.curve(0, [0, 2]), { iteration: [0, 10, 20], error: [12, 6, 1] });
  });

  test('points stand in order, whoever told them in which order, also twice', () => {
    const { watched, errors } = observed();
    for (const agent of ALL) errors(agent, [[20, 2], [10, 1]]); // prettier-ignore
    errors(1, [[10, 1]]);
    assert.deepEqual(watched.curve(0, ALL), { iteration: [10, 20], error: [1, 2] });
  });

  test('an arm that is begun again starts over, and its earlier attempt does not count', () => {
    const { watched, errors } = observed();
    for (const agent of ALL) errors(agent, [[0, 1], [10, 1]]); // prettier-ignore
    for (const agent of ALL) errors(agent, [[0, 2]], 0, 5);
    errors(0, [[20, 1]], 0, 1);
    assert.deepEqual(watched.curve(0, ALL), { iteration: [0], error: [2] });
    assert.deepEqual(watched.errors(0), [2, 2, 2]);
  });

  test("more points than an arm may have, or an arm that is none, are nobody's", () => {
    const { watched, errors } = observed();
    for (const agent of ALL)
      errors(
        agent,
        Array.from({ length: LIMITS.liveCurvePointsMax + 50 }, (_, i) => [i, 1]),
      );
    errors(0, [[0, 1]], 7);
    assert.equal(watched.curve(0, ALL).iteration.length, LIMITS.liveCurvePointsMax);
    assert.deepEqual(watched.curve(7, ALL), { iteration: [], error: [] });
  });

  test('errors of an agent are those of its newest iteration, arm by arm', () => {
    const { watched, errors } = observed();
    errors(1, [[0, 4], [10, 2]]); // prettier-ignore
    errors(1, [[0, 4]]);
    errors(1, [[0, 8]], 1);
    assert.deepEqual(watched.errors(0), [null, 2, null]);
    assert.deepEqual(watched.errors(1), [null, 8, null]);
    assert.deepEqual(watched.errors(7), [null, null, null]);
  });

  test('a curve is the same object until something of it is new', () => {
    const { watched, errors } = observed();
    for (const agent of ALL) errors(agent, [[0, 1]]);
    const curve = watched.curve(0, ALL);
    errors(1, [[0, 1]], 1);
    assert.equal(watched.curve(0, ALL), curve);
    errors(1, [[10, 1]]);
    assert.notEqual(watched.curve(0, ALL), curve);
  });
});

describe('links', () => {
  test('a link is as its receiver told last', () => {
    const { watched } = observed();
    watched.heard(2, { errors: [], links: [link(0, { lost: 0.5 }), link(1, { roundTrip: { p50: 1, p95: 3 }, staleness: 2, bytes: 800 })] });
    watched.heard(2, { errors: [], links: [link(0)] });
    assert.deepEqual(watched.links(() => true), [
      { from: 0, to: 2, open: true, roundTripMs: null, lost: 0, staleness: 0, bytes: 0 },
      { from: 1, to: 2, open: true, roundTripMs: { p50: 1, p95: 3 }, lost: 0, staleness: 2, bytes: 800 },
    ]); // prettier-ignore
  });

  test('it is not open while one of its ends is away, whatever was told', () => {
    const { watched } = observed();
    watched.heard(2, { errors: [], links: [link(0), link(1)] });
    assert.deepEqual(
      watched.links((agent) => agent !== 0).map(({ open }) => open),
      [false, true],
    );
    assert.deepEqual(
      watched.links((agent) => agent !== 2).map(({ open }) => open),
      [false, false],
    );
  });

  test('who is no agent of the run has no link', () => {
    const { watched } = observed();
    watched.heard(2, { errors: [], links: [link(3)] });
    assert.deepEqual(
      watched.links(() => true),
      [],
    );
  });
});
