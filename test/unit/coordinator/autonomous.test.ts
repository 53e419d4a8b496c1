/** What the script does where agents learn the relationship themselves: one stage, and what comes of it when somebody is lost. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AutonomousWork } from '../../../proto/messages.ts';
import type { RunRecord } from '../../../coordinator/script.ts';
import { smallExperiment } from '../../support/experiments.ts';
import { Scripted } from './scripted.ts';

const LOST = 3;
const OTHERS = [0, 1, 2, 4, 5];
const ARMS = '[{strategy: non-cooperative}, {strategy: multitask}, {strategy: filter}, {strategy: multitask, relationship: known}]';

const scripted = (...overrides: string[]): Scripted =>
  new Scripted(smallExperiment(['relationship={estimator: neighbourhood}', `cooperate.arms=${ARMS}`, ...overrides]));
const isAutonomous = (script: Scripted): boolean => script.stage.works.some(({ kind }) => kind === 'autonomous');
const untilAutonomous = (script: Scripted): Scripted => script.until(({ works }) => works.some(({ kind }) => kind === 'autonomous'));
const worksOf = (script: Scripted): AutonomousWork[] => script.stage.works.filter((work) => work.kind === 'autonomous');

type Recorded<Type extends RunRecord['type']> = Extract<RunRecord, { type: Type }>;

function recorded<Type extends RunRecord['type']>(script: Scripted, type: Type): Recorded<Type>[] {
  return script.records.filter((entry): entry is Recorded<Type> => entry.type === type);
}

test('no average is reported, and nothing is learned before the stage; then one stage holds everything', () => {
  const script = scripted();
  const evidence = script.until(({ works }) => works.some(({ kind }) => kind === 'evidence')).stage.works[0];
  assert.deepEqual(evidence, { kind: 'evidence', needs: [], ridge: 0 });
  untilAutonomous(script);
  assert.deepEqual(recorded(script, 'relationship'), []);
  const [work] = worksOf(script);
  assert.deepEqual(work.neighbours, [1, 5]);
  assert.deepEqual([work.pairs, work.rounds, script.stage.until], [6, 3, 240]);
  assert.deepEqual(work.arms.map(({ learned }) => learned), [false, true, true, false]); // prettier-ignore
  assert.deepEqual(work.arms[1].work.etas, [], 'the agents choose eta');
  assert.ok(work.arms[3].work.etas[0] > 0, 'of what is known the coordinator chooses it');
  const epochs = [work.epoch, ...work.arms.map((arm) => arm.work.epoch)];
  assert.deepEqual(epochs, [1, 2, 3, 4, 5]);
  script.end();
  assert.deepEqual(recorded(script, 'relationship').map(({ contributors }) => contributors), [[0, 1, 2, 3, 4, 5]]); // prettier-ignore
  assert.deepEqual(recorded(script, 'arm').map(({ arm }) => arm.eta), [null, 0.1, null, 0.1]); // prettier-ignore
});

test('links of the network and of the known relationship are opened before, and none afterwards', () => {
  const script = scripted('network.graph=star');
  script.until(({ works }) => works.some(({ kind }) => kind === 'connect'));
  const pairs = script.stage.works.flatMap((work, k) => (work.kind === 'connect' ? work.neighbours.map(({ agent }) => `${k}-${agent}`) : []));
  for (const pair of ['0-1', '0-3', '2-3', '4-5']) assert.ok(pairs.includes(pair), pair);
  assert.ok(isAutonomous(script.end()));
  assert.deepEqual(worksOf(script)[1].neighbours, [0]);
});

test('somebody is lost: those who remain learn again and begin every arm again, in new epochs, beyond every step of before', () => {
  const script = untilAutonomous(scripted());
  const [before] = worksOf(script);
  script.lose(LOST).breakOff();
  assert.ok(isAutonomous(script));
  const [again, , neighbour] = worksOf(script);
  assert.ok(again.epoch > before.arms.at(-1)!.work.epoch && again.firstStep > 0);
  assert.deepEqual([again.pairs, again.rounds], [4, 4]);
  assert.deepEqual(neighbour.neighbours, [1]);
  script.end();
  const [{ contributors, relationship, diagnostics }] = recorded(script, 'relationship');
  assert.deepEqual(contributors, OTHERS);
  assert.ok(relationship.agents === 6);
  assert.ok(diagnostics.some(({ code, message }) => code === 'LEARNED_BY_AGENTS' && message.includes('4 of 10 pairs')));
  assert.equal(recorded(script, 'arm').length, 4);
});

test('who comes back in time takes part when it begins again', () => {
  const script = untilAutonomous(scripted().lose(LOST));
  script.comeBack(LOST).lose(1).breakOff();
  untilAutonomous(script).end();
  assert.deepEqual(recorded(script, 'relationship')[0].contributors, [0, 2, 3, 4, 5]);
});

test('a network in parts learns in parts, and says so', () => {
  const script = untilAutonomous(scripted('network.graph=star').lose(0)).end();
  const [{ diagnostics }] = recorded(script, 'relationship');
  assert.match(diagnostics.find(({ code }) => code === 'NETWORK_DISCONNECTED')!.message, /5 parts/);
});
