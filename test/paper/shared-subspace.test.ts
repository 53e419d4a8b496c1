/** Shared linear representation: the acceptance list of algorithms-2, C4, line by line. The study has all sweeps and more seeds. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { atBase, exponents, roundCounts, withoutNoise } from '../../study/shared-subspace.ts';
import type { Finding } from '../../study/study.ts';

const LINES: readonly (readonly [title: string, measure: () => Finding[]])[] = [
  ['C4, first line: the constant, the error against oracle and alone, at most 12 rounds (4 seeds)', () => atBase([1, 2, 3, 4])],
  ['C4, second line: the slopes over T and sigma (2 seeds)', () => exponents([1, 2]).slice(0, 2)],
  ['C4, third line: rounds do not grow with d at T = 8d; the preconditioner takes a quarter of the rounds (2 seeds)', () => roundCounts([1, 2])],
  ['C4, fourth line: without noise linear, sub at most 1e-12 after 20 rounds (4 seeds)', () => withoutNoise([1, 2, 3, 4])],
];

for (const [title, measure] of LINES)
  test(title, (context) => {
    const found = measure();
    for (const { quantity, mean, standardError } of found) context.diagnostic(`${quantity}: ${mean.toPrecision(3)} +- ${(standardError ?? 0).toPrecision(1)}`);
    const off = found.filter(({ holds }) => holds === false);
    assert.deepEqual(off, []);
  });
