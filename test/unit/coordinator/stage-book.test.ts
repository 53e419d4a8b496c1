/** How many cooperating steps lie behind a stage: the clock of faults for whoever is no agent. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StageBook } from '../../../coordinator/stage-book.ts';
import type { Stage } from '../../../coordinator/script.ts';
import type { Work } from '../../../proto/messages.ts';

const COOPERATE = { kind: 'cooperate' } as Work;
const EXPLORE = { kind: 'explore' } as Work;

const exploring: Stage = { phase: 'exploring', label: '', works: [EXPLORE, EXPLORE], until: 200 };
const connecting: Stage = { phase: 'estimating', label: '', works: [{ kind: 'connect', neighbours: [] }] };
const arm = (from: number | undefined, until: number): Stage => ({
  phase: 'cooperating',
  label: '',
  works: [COOPERATE, COOPERATE],
  ...(from === undefined ? {} : { from }),
  until,
});

function stepsAfter(...stages: readonly Stage[]): number {
  const book = new StageBook(2, () => false);
  for (const stage of stages) book.add(stage);
  return book.stepsBefore;
}

test('exploring counts no cooperating step', () => assert.equal(stepsAfter(exploring, connecting, arm(undefined, 60)), 0));
test('whole arms count their iterations', () => assert.equal(stepsAfter(exploring, connecting, arm(undefined, 60), connecting, arm(undefined, 60)), 60));
test('an arm that is continued stage by stage counts each part once', () => assert.equal(stepsAfter(arm(0, 10), arm(10, 20), arm(20, 25), arm(0, 10)), 25));

test('nobody knows how far an arm was that was broken off', () => {
  const book = new StageBook(2, () => false);
  book.add(arm(undefined, 60));
  book.breakOff();
  book.add(arm(undefined, 60));
  assert.equal(book.stepsBefore, 0);
});
