/** What the script does when agents come and go: whom it asks, what it learns from whom, and how arms begin again. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Experiment } from '../../../config/experiment.ts';
import { fromRows, trace } from '../../../core/linalg/matrix.ts';
import { laplacianOf } from '../../../core/relationship/relationship.ts';
import { CHEBYSHEV_ROUNDS } from '../../../core/strategy/filter.ts';
import { Epochs } from '../../../coordinator/epochs.ts';
import type { RunRecord } from '../../../coordinator/script.ts';
import { graphAmong, laplacianAmong, laplacianOfAll, principalPart } from '../../../coordinator/subset.ts';
import type { CooperateWork } from '../../../proto/messages.ts';
import { smallExperiment } from '../../support/experiments.ts';
import { Scripted } from './scripted.ts';

const K = 6;
const LOST = 3;
const OTHERS = [0, 1, 2, 4, 5];
const ARMS = ['multitask', '{strategy: multitask, relationship: complete}', '{strategy: multitask, relationship: permuted}', 'consensus', 'filter'];

function experiment(arms: readonly string[] = ARMS, rounds = 'bsp'): Experiment {
  const list = arms.map((arm) => (arm.startsWith('{') ? arm : `{strategy: ${arm}}`)).join(', ');
  return smallExperiment([`cooperate.arms=[${list}]`, `network.rounds=${rounds}`]);
}

type Recorded<Type extends RunRecord['type']> = Extract<RunRecord, { type: Type }>;

function recorded<Type extends RunRecord['type']>(script: Scripted, type: Type): Recorded<Type>[] {
  return script.records.filter((entry): entry is Recorded<Type> => entry.type === type);
}

const neighboursOf = (works: readonly CooperateWork[]): (readonly number[])[] => works.map(({ view }) => view.neighbours);
const isConnect = (script: Scripted): boolean => script.stage.works.some((work) => work.kind === 'connect');

/** The pairs that a connect stage opens. */
function pairsOf(script: Scripted): string[] {
  return script.stage.works.flatMap((work, k) => (work.kind === 'connect' ? work.neighbours.map(({ agent }) => `${k}-${agent}`) : []));
}

describe('the relationship is of those who told something', () => {
  const script = new Scripted(experiment()).lose(LOST).untilOver();
  const [{ relationship, contributors, relativeError, version, diagnostics }] = recorded(script, 'relationship');

  test('the estimator sees them only', () => {
    assert.deepEqual([version, contributors, relativeError], [1, OTHERS, null]);
    assert.equal(relationship.agents, K);
  });
  test('it is said who is missing from it', () => {
    const { message, value } = diagnostics.find(({ code }) => code === 'AGENTS_NOT_IN_ESTIMATE')!;
    assert.deepEqual([message, value], [`learned from 5 of 6 agents: ${LOST} told nothing and has no edges`, 1]);
  });
  test('the missing one has no edge, and every row sums to zero', () => {
    const laplacian = laplacianOf(relationship);
    for (let k = 0; k < K; k++) {
      const row = Array.from(laplacian.data.subarray(k * K, k * K + K));
      assert.equal(row[LOST], 0);
      assert.ok(Math.abs(row.reduce((sum, value) => sum + value, 0)) < 1e-9 * trace(laplacian));
    }
  });
  test('no arm talks to it, or about it', () => {
    const arms = recorded(script, 'arm').map(({ arm }) => arm);
    assert.equal(arms.length, ARMS.length);
    for (const arm of arms) {
      assert.deepEqual(arm.participants, OTHERS);
      assert.deepEqual(arm.errorByAgent, [1, 2, 3, null, 5, 6]);
      assert.equal(arm.steadyError, (1 + 2 + 3 + 5 + 6) / 5);
      assert.equal(arm.bytesSent, 500);
    }
    for (const stage of script.stages) {
      const works = stage.works.filter((work) => work.kind === 'cooperate');
      for (const [k, neighbours] of neighboursOf(works).entries()) assert.ok(k === LOST ? neighbours.length === 0 : !neighbours.includes(LOST));
    }
  });
  test('complete is over edges: a mean would count it', () => {
    const { works } = script.stages.find(({ label }) => label === 'multitask (complete)')!;
    assert.deepEqual(neighboursOf(works as CooperateWork[])[0], [1, 2, 4, 5]);
    assert.equal(new Scripted(experiment()).until(({ label }) => label === 'multitask (complete)').arm[0].view.kind, 'mean');
  });
  test('fewer than two are refused by the estimator', () => {
    const alone = new Scripted(experiment());
    for (const agent of [1, 2, 3, 4, 5]) alone.lose(agent);
    assert.throws(() => alone.untilOver(), { code: 'ESTIMATES_INVALID' });
  });
});

describe('an arm that was broken off', () => {
  test('begins again in a new epoch, without the one that was lost, beyond every exchange of the old one', () => {
    const script = new Scripted(experiment(['multitask', 'filter'])).untilArm('multitask');
    const before = script.arm;
    script.lose(LOST).breakOff();
    assert.ok(!isConnect(script), 'what is left needs no new link');
    const after = script.arm;
    assert.equal(after[0].strategy, 'multitask');
    assert.ok(after[0].epoch > before[0].epoch);
    assert.equal(before[0].firstStep, 0);
    assert.equal(after[0].firstStep, 2 * CHEBYSHEV_ROUNDS * before[0].lastIteration + 1);
    assert.ok(neighboursOf(after).every((neighbours) => !neighbours.includes(LOST)));
    script.end();
    assert.deepEqual([script.arm[0].strategy, script.arm[0].firstStep], ['filter', 0], 'they count alike again');
    assert.equal(recorded(script, 'arm').length, 1, 'what was broken off is no result');
  });
  test('a mean becomes edges, whose links are opened first', () => {
    const script = new Scripted(experiment(['{strategy: multitask, relationship: complete}'])).untilArm('multitask');
    script.lose(LOST).breakOff();
    const apart = [1, 2, 4, 5];
    assert.deepEqual(
      pairsOf(script),
      apart.flatMap((k) => apart.filter((l) => l !== k).map((l) => `${k}-${l}`)),
      'those with the hub are open',
    );
  });
  test('so does the opening of links, with the pairs that remain', () => {
    const script = new Scripted(experiment(['consensus'])).until(({ label }) => label === 'opening links');
    const before = pairsOf(script);
    script.lose(LOST).breakOff();
    assert.deepEqual(
      pairsOf(script),
      before.filter((pair) => !pair.includes(String(LOST))),
    );
  });
  test('epochs ascend and are never used twice', () => {
    const script = new Scripted(experiment()).untilArm('consensus').breakOff().breakOff().untilOver();
    const epochs = script.stages.flatMap(({ works }) => (works[0].kind === 'cooperate' ? [works[0].epoch] : []));
    assert.deepEqual(
      epochs,
      Array.from(epochs, (_, i) => i + 1),
    );
  });
});

describe('who comes late', () => {
  test('is taken in before the next arm: its evidence is learned from, its links are opened, its exchanges are counted anew', () => {
    const script = new Scripted(experiment(['multitask', 'consensus', 'filter'])).lose(LOST).untilArm('consensus');
    script.comeBack(LOST).end();
    const relationships = recorded(script, 'relationship');
    assert.deepEqual(
      relationships.map(({ version, contributors }) => [version, contributors.length]),
      [
        [1, 5],
        [2, 6],
      ],
    );
    assert.notEqual(relationships[1].relativeError, null);
    assert.ok(isConnect(script));
    assert.ok(pairsOf(script).some((pair) => pair.includes(String(LOST))));
    script.end();
    assert.equal(script.arm[0].strategy, 'filter');
    assert.ok(script.arm[0].firstStep > 0);
    assert.ok(script.arm[LOST].view.neighbours.length > 0);
    assert.deepEqual(
      recorded(script.untilOver(), 'arm').map(({ arm }) => arm.participants.length),
      [5, 5, 6],
    );
  });
  test('is not asked for what it told before', () => {
    const script = new Scripted(experiment(['multitask', 'filter'])).untilArm('multitask').lose(LOST).breakOff();
    script.comeBack(LOST).untilOver();
    assert.equal(recorded(script, 'relationship').length, 1);
    assert.deepEqual(
      recorded(script, 'arm').map(({ arm }) => arm.participants.length),
      [5, 6],
    );
  });
});

test('an arm that is lost from in the middle is predicted by nobody', () => {
  const script = new Scripted(experiment(['multitask', 'filter'], '{bounded: 2}')).untilArm('multitask').lose(LOST).untilOver();
  const [multitask, filter] = recorded(script, 'arm').map(({ arm }) => arm);
  assert.deepEqual([multitask.predictedError, multitask.curve!.predicted], [null, null]);
  assert.ok(filter.predictedError! > 0);
});

test('epochs: agents that part meet again beyond every exchange that anybody can have counted', () => {
  const epochs = new Epochs();
  assert.deepEqual(epochs.next(10), { epoch: 1, firstStep: 0 });
  assert.deepEqual(epochs.next(5), { epoch: 2, firstStep: 0 });
  epochs.part();
  assert.deepEqual(epochs.next(5), { epoch: 3, firstStep: 15 * 2 * CHEBYSHEV_ROUNDS + 1 });
  assert.deepEqual(epochs.next(1), { epoch: 4, firstStep: 0 });
});

describe('matrices of some of the agents', () => {
  const path = fromRows([
    [1, -1, 0],
    [-1, 3, -2],
    [0, -2, 2],
  ]);
  test('where nobody is missing they are what they were', () => {
    const graph = { agents: 3, edges: [] };
    assert.equal(laplacianAmong(path, [0, 1, 2]), path);
    assert.equal(laplacianOfAll(path, [0, 1, 2], 3), path);
    assert.equal(principalPart(path, [0, 1, 2]), path);
    assert.equal(graphAmong(graph, [0, 1, 2]), graph);
  });
  test('edges to the missing go, and the diagonal is summed again', () => {
    const rows = [
      [2, -2],
      [-2, 2],
    ];
    assert.deepEqual(laplacianAmong(path, [1, 2]), fromRows(rows));
    assert.deepEqual(
      laplacianAmong(path, [0, 2]),
      fromRows([
        [0, 0],
        [0, 0],
      ]),
    );
    assert.deepEqual(
      laplacianOfAll(fromRows(rows), [0, 2], 3),
      fromRows([
        [2, 0, -2],
        [0, 0, 0],
        [-2, 0, 2],
      ]),
    );
    assert.deepEqual(
      principalPart(path, [1, 2]),
      fromRows([
        [3, -2],
        [-2, 2],
      ]),
    );
  });
  test('a graph keeps the edges between those who are there', () => {
    const edge = (source: number, target: number, weight: number) => ({ source, target, weight });
    const graph = { agents: 4, edges: [edge(0, 1, 1), edge(1, 3, 2), edge(2, 3, 3)] };
    assert.deepEqual(graphAmong(graph, [1, 2, 3]), { agents: 3, edges: [edge(0, 2, 2), edge(1, 2, 3)] });
  });
});
