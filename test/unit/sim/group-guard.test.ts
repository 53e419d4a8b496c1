/** The guard of groups in whole runs: groups that interpolate, covers, and deaths in the stage in which who is harmed falls back. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import type { Experiment } from '../../../config/experiment.ts';
import type { RunResult } from '../../../core/run-result.ts';
import { nowhere } from '../../../sim/nowhere.ts';
import { Simulation } from '../../../sim/simulation.ts';
import { digests, direct, simulated } from '../../support/experiments.ts';
import { groupedExperiment, TEN_ROWS } from '../../support/grouped-table.ts';

const verdicts = ({ diagnostics }: RunResult): string[] =>
  diagnostics.filter(({ code }) => /^(GROUPS_HELP|GROUPS_HARM|AGENTS_FALL_BACK)$/.test(code)).map(({ message }) => message);

test('two agents of five rows each and eight features are fitted whatever they say, and learn alone', () => {
  const together = 'relationship={ estimator: task-grouping, groups: 1 }';
  const arms = 'cooperate.arms=[{ strategy: non-cooperative }, { strategy: grouped }, { strategy: grouped, guard: false }]';
  const result = direct(groupedExperiment({ tasks: 2, train: 5, features: 8 }, [together, arms]));
  assert.deepEqual(result.relationship!.groups, [[0, 1]]);
  assert.deepEqual(verdicts(result), [
    'grouped: leave-one-out error of all rows +0.0 % against learning alone; the groups do not help, all who were judged learn alone',
  ]);
  const [alone, guarded, inGroup] = digests(result);
  assert.equal(guarded, alone);
  assert.notEqual(inGroup, alone);
});

test('a cover of which some fall back: simulated over links and without a network the same verdict and the same bits', () => {
  const asked = groupedExperiment({ seed: 3, ...TEN_ROWS }, ['relationship={ estimator: task-grouping, groups: 4, cover: cover }']);
  const [found, expected] = [simulated(asked), direct(asked)];
  assert.equal(found.status, 'completed', found.error?.message);
  assert.ok(found.relationship!.groups!.flat().length > asked.agents, 'no agent is in two groups');
  assert.match(verdicts(found)[0], /left alone: agent/);
  assert.deepEqual(verdicts(found), verdicts(expected));
  assert.deepEqual(digests(found), digests(expected));
});

describe('whoever dies while the harmed fall back, and comes back: the same verdict and the same bits', () => {
  const DELAY_MS = 10;
  const table = (overrides: readonly string[] = []): Experiment => groupedExperiment({ tasks: 6, seed: 2, ...TEN_ROWS }, overrides);

  interface Told {
    readonly type: string;
    readonly atMs: number;
    readonly label: unknown;
  }

  /** With everything that was told, in milliseconds since work was first assigned. */
  function told(experiment: Experiment): { result: RunResult; events: readonly Told[] } {
    const events: Told[] = [];
    const event = (type: string, { label }: Readonly<Record<string, unknown>>): void => void events.push({ type, label, atMs: simulation.clock.now() });
    const parts = {
      experiment,
      runId: 'fallen',
      store: { ...nowhere, event },
      stopwatch: () => 0,
      readFile: (path: string) => readFileSync(path, 'utf8'),
      delayMs: () => DELAY_MS,
    };
    const simulation: Simulation = new Simulation(parts);
    const result = simulation.run();
    assert.equal(result?.status, 'completed', result?.error?.message);
    const begun = events.find(({ type }) => type === 'stage')!.atMs;
    return { result, events: events.map((one) => ({ ...one, atMs: one.atMs - begun })) };
  }

  const isFallingBack = ({ type, label }: Told): boolean => type === 'stage' && label === 'grouped: falling back';
  const whole = told(table());
  const began = whole.events.find(isFallingBack)!.atMs;

  // An agent has its work after one delay, and the coordinator its report after two.
  for (const [target, afterMs, sign] of [
    ['coordinator', 5, 'resumed'],
    ['coordinator', 15, 'resumed'],
    ['4', 5, 'rejoined'],
  ] as const)
    test(`${target}, after ${afterMs} ms of it`, () => {
      const { result, events } = told(table([`faults=[{ at: ${began + afterMs}ms, kill: ${target}, restartAfter: 2s }]`]));
      const stage = events.findIndex(isFallingBack);
      const back = events.slice(stage).find(({ type }) => type === sign);
      assert.ok(stage > 0 && back!.atMs >= began + afterMs + 2_000, `it is back at ${back?.atMs} ms`);
      assert.ok(!events.slice(0, stage).some(({ type }) => type === sign), 'it died before');
      assert.match(verdicts(result)[0], /left alone: agent 0, 1, 3, 4$/);
      assert.deepEqual(verdicts(result), verdicts(whole.result));
      assert.deepEqual(digests(result), digests(whole.result));
    });
});
