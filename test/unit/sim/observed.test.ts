/** What agents tell of a run while it goes on is what happened in it: curves as in its result, links as they were made to be. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import type { LinkView } from '../../../core/run-view.ts';
import type { RunResult } from '../../../core/run-result.ts';
import type { LiveCurve, Observed } from '../../../coordinator/observed.ts';
import type { RunStore } from '../../../coordinator/run-store.ts';
import { Simulation } from '../../../sim/simulation.ts';
import { digests, direct, example, smallExperiment } from '../../support/experiments.ts';

const DELAY_MS = 20;
const ALL = [0, 1, 2, 3, 4, 5];
const SMALL = ['explore.steps=100', 'cooperate.steps=600', 'cooperate.arms=[{strategy: consensus}, {strategy: multitask}]'];

interface Seen {
  readonly result: RunResult;
  readonly observed: Observed;
  /** Second by second. */
  readonly links: readonly (readonly LinkView[])[];
}

/** The learned relationship joins everybody with everybody. */
function watched(experiment = smallExperiment(SMALL)): Seen {
  const nothing = (): void => {};
  const store: RunStore = { directory: '', event: nothing, metrics: nothing, relationship: nothing, parameters: nothing, result: nothing };
  const readFile = (path: string): string => readFileSync(path, 'utf8');
  const simulation: Simulation = new Simulation({ experiment, runId: 'seen', store, readFile, stopwatch: () => 0, delayMs: () => DELAY_MS });
  const links: LinkView[][] = [];
  const look = (): void => {
    links.push(simulation.observed?.links(() => true) ?? []);
    simulation.clock.setTimer(1_000, look);
  };
  look();
  const result = simulation.run();
  assert.equal(result?.status, 'completed', result?.error?.message);
  return { result, observed: simulation.observed!, links };
}

/** Of what was told: the same numbers, and all but what the arm's end cut off. */
function assertToldOf({ iteration, error }: LiveCurve, { curve }: RunResult['arms'][number]): void {
  const byIteration = new Map(curve!.iteration.map((at, i) => [at, curve!.error[i]]));
  iteration.forEach((at, i) => assert.ok(Math.abs(error[i] - byIteration.get(at)!) <= 1e-12 * error[i], `${error[i]} at ${at}`));
  assert.ok(iteration[0] === 0 && iteration.length > 0.8 * curve!.iteration.length, `${iteration.length} of ${curve!.iteration.length} points`);
}

describe('curves', () => {
  test('are those of the result, as far as they were told', () => {
    const { result, observed } = watched();
    result.arms.forEach((arm, index) => assertToldOf(observed.curve(index, ALL), arm));
  });

  test('of agents that learn by themselves too, and of arms that are over', () => {
    const settings = ['relationship.estimator=neighbourhood', 'agents=6', 'problem.graph=ring', ...SMALL, 'problem.dimension=24', 'explore.stepSize=0.02'];
    const { result, observed } = watched(example('paper', settings));
    assert.equal(result.arms.length, 2);
    result.arms.forEach((arm, index) => assertToldOf(observed.curve(index, ALL), arm));
  });

  test('telling them, and asking for round trips, changes no bit', () => {
    assert.deepEqual(digests(watched().result), digests(direct(smallExperiment(SMALL))));
  });
});

describe('links', () => {
  const of = (links: readonly LinkView[], from: number, to: number): LinkView | undefined => links.find((one) => one.from === from && one.to === to);
  const late = ({ links }: Seen, seconds = 7): (readonly LinkView[])[] => links.slice(-1 - seconds, -1);

  test('every link of the plan is told by both of its ends, open, with its round trip and bytes', () => {
    const seen = watched();
    const [links] = late(seen);
    assert.equal(links.length, 30);
    for (const { open, roundTripMs, lost, staleness, bytes } of links) {
      assert.deepEqual([open, lost], [true, 0]);
      assert.ok(Math.abs(roundTripMs!.p50 - 2 * DELAY_MS) < 1 && Math.abs(roundTripMs!.p95 - 2 * DELAY_MS) < 1, JSON.stringify(roundTripMs));
      assert.ok(staleness <= 1 && bytes > 10_000);
    }
  });

  test('a delay is in the round trip of its own link, both ways, and in no other', () => {
    const links = late(watched(smallExperiment([...SMALL, 'faults=[{ at: cooperating, link: "2->3", delay: 60ms }]']))).at(-1)!;
    for (const [from, to] of [[2, 3], [3, 2]] as const) assert.ok(Math.abs(of(links, from, to)!.roundTripMs!.p50 - 2 * DELAY_MS - 60) < 1); // prettier-ignore
    assert.ok(Math.abs(of(links, 4, 5)!.roundTripMs!.p95 - 2 * DELAY_MS) < 1);
    assert.ok(links.every(({ lost }) => lost === 0));
  });

  for (const percent of [10, 20, 40])
    test(`loss: ${percent} % of the frames are told as such, at their receiver only`, (context) => {
      const looks = late(watched(smallExperiment([...SMALL, 'cooperate.steps=1200', `faults=[{ at: cooperating, link: "2->3", loss: ${percent}% }]`])), 40);
      const shares = looks.map((links) => of(links, 2, 3)!.lost);
      const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
      context.diagnostic(`told as ${(100 * mean).toFixed(1)} %`);
      assert.ok(Math.abs(mean - percent / 100) < 0.05, shares.join(', '));
      assert.ok(looks.every((links) => links.every(({ from, to, lost }) => (from === 2 && to === 3) || lost === 0)));
    });

  test('a damaged frame is lost', () => {
    const looks = late(watched(smallExperiment([...SMALL, 'faults=[{ at: cooperating, link: "2->3", corrupt: 20% }]'])));
    const shares = looks.map((links) => of(links, 2, 3)!.lost);
    assert.ok(Math.abs(shares.reduce((sum, share) => sum + share, 0) / shares.length - 0.2) < 0.08, shares.join(', '));
  });

  test('a link that is cut is not open', () => {
    const { links } = watched(smallExperiment([...SMALL, 'faults=[{ at: cooperating, for: 6s, link: "2<->3", blackhole: true }]']));
    assert.ok(links.some((look) => of(look, 2, 3)?.open === false && of(look, 3, 2)?.open === false && of(look, 4, 5)?.open === true));
    assert.equal(of(links.at(-2)!, 2, 3)?.open, true);
  });
});
