import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { reproduce, studyText } from '../../../cli/reproduce.ts';
import type { Study } from '../../../study/study.ts';
import { around, finding } from '../../../study/study.ts';

const TINY = `
name: tiny
agents: 4
problem: { kind: gmrf-regression, graph: ring, dimension: 12, batch: 4, noise: 12 }
explore: { stepSize: 0.02, steps: 20 }
relationship: { estimator: cgl }
cooperate: { stepSize: 0.02, steps: 10, arms: [{ strategy: non-cooperative }] }
`;

/** Runs that are really simulated, tiny ones. */
const study: Study = {
  name: 'tiny',
  title: 'a tiny study',
  claim: 'errors depend on the seed and on the step size',
  runsPerSeed: 2,
  findings: (seeds, run) =>
    [0.02, 0.03].map((mu) => {
      const errors = seeds.map((seed) => run(TINY, [`cooperate.stepSize=${mu}`], seed).arms[0].steadyError);
      return finding(`mu = ${mu}`, 'steady error', errors, around(100, 1));
    }),
};

describe('kindred reproduce', () => {
  test('runs the study on every seed, the same each time', () => {
    const [found] = reproduce([study], { seeds: '3..5', quiet: true });
    const [again] = reproduce([study], { seeds: '3..5', quiet: true });
    assert.deepEqual(found, again);
    assert.deepEqual(
      found.findings.map(({ seeds }) => seeds),
      [3, 3],
    );
    assert.ok(found.findings[0].standardError! > 0);
    assert.notEqual(found.findings[0].mean, found.findings[1].mean);
  });

  test('says what is off', () => {
    const text = studyText(reproduce([study], { seeds: '1..2', quiet: true })[0]);
    assert.match(text, /^a tiny study\n/);
    assert.match(text, /mu = 0\.02 +steady error +\S+ +\S+ +100\.0 +99\.00 +101\.0 +OFF/);
  });

  test('refuses seeds that are none', () => {
    assert.throws(() => reproduce([study], { seeds: '5..3', quiet: true }), /--seeds|whole numbers/);
  });
});
