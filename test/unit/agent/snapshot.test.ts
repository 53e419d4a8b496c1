import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { GmrfTrainer } from '../../../agent/gmrf-trainer.ts';
import { MlpTrainer } from '../../../agent/mlp-trainer.ts';
import { TableTrainer } from '../../../agent/table-trainer.ts';
import type { Trainer } from '../../../agent/trainer.ts';
import type { TableProblem } from '../../../config/experiment.ts';
import type { GmrfJob } from '../../../config/job.ts';
import { laplacianViews, meanViews } from '../../../coordinator/views.ts';
import { buildGraph, laplacian, neighbours } from '../../../core/graph.ts';
import { MovingTask } from '../../../core/problem/drift.ts';
import { createGmrfTask } from '../../../core/problem/gmrf-regression.ts';
import type { Rows } from '../../../core/problem/rows.ts';
import { draw } from '../../../core/random.ts';
import { EVIDENCE_NAMES } from '../../../core/relationship/estimator.ts';
import { AGENT_HOSTED } from '../../../core/relationship/agent-hosted.ts';
import type { LocalView } from '../../../core/relationship/local-view.ts';
import { STRATEGIES } from '../../../core/strategy/index.ts';
import type { CooperateWork, Work } from '../../../proto/messages.ts';
import { continueFrom, record } from './lockstep.ts';
import type { Stages } from './lockstep.ts';

const K = 4;
const VIEWS = { edges: laplacianViews(laplacian(buildGraph('ring', K, 1))), mean: meanViews(K, 1) };
const ARM: Omit<CooperateWork, 'view'> = {
  kind: 'cooperate',
  arm: 0,
  epoch: 1,
  firstStep: 0,
  strategy: '',
  stepSize: 0.05,
  etas: [],
  noise: 0.2,
  spectrumMax: 3,
  ridge: 0.7,
  rounds: 'bsp',
  staleness: 0,
  heldOut: false,
  fallBack: false,
  untilIteration: 7,
  lastIteration: 7,
  every: 2,
  needs: [],
};

/** A quarter of all vectors get lost, and never the same ones. */
const lossy = (exchange: number, from: number, to: number): boolean => (7 * exchange + 3 * from + to) % 4 !== 0;

describe('a learner that is stopped anywhere and continued by a new one ends in the same bits', () => {
  test('exploring, and the evidence of it', () => {
    const stages = [explore(12, Infinity), explore(24, 13), { kind: 'evidence', needs: EVIDENCE_NAMES, ridge: 0 } as const];
    const stops = stopEverywhere((agent) => gmrf(agent, 20_000), forAll(stages));
    assert.ok(stops.filter((kind) => kind === 'pause').length === 4);
  });
  for (const kind of ['edges', 'mean'] as const) {
    const arms = STRATEGIES.flatMap(({ name }, arm) => stagesOf({ ...ARM, strategy: name, epoch: arm + 1, etas: [0.4] }, VIEWS[kind]));
    test(`arms of gmrf-regression over ${kind}`, () => void stopEverywhere((agent) => gmrf(agent, 6), arms));
    test(`arms of gmrf-regression over ${kind}, where vectors are missing`, () => void stopEverywhere((agent) => gmrf(agent, 6), arms, lossy));
  }
  for (const strategy of ['multitask', 'filter'])
    test(`${strategy}, its relationship renewed on the way, on tasks that drift`, () => void stopEverywhere(drifting, renewedArm(strategy)));
  for (const estimator of Object.keys(AGENT_HOSTED)) {
    test(`learning by ${estimator} and every arm, without a coordinator`, () => {
      const stops = stopEverywhere((agent) => gmrf(agent, 20), [...forAll([explore(12, Infinity), explore(24, 13)]), autonomousStage(estimator)]);
      assert.ok(stops.includes('part'));
    });
  }
  for (const [name, problem] of Object.entries<SmallTable>({ squared: {}, 'squared with batches': { batch: 8 }, logistic: { loss: 'logistic' } })) {
    const stages = [...tableStages(), ...tableArms(VIEWS.edges, 0), ...tableArms(VIEWS.mean, 100)];
    test(`a table, ${name}`, () => void stopEverywhere((agent) => table(agent, problem), stages));
    test(`a table, ${name}, where vectors are missing`, () => void stopEverywhere((agent) => table(agent, problem), stages, lossy));
  }
  test('groups with a guard, and falling back', () => {
    const work = { ...ARM, strategy: 'grouped', etas: [2], stepSize: 0, needs: ['gain'] };
    const stages = [...tableStages(), ...stagesOf(work, VIEWS.edges), ...stagesOf({ ...work, needs: [], fallBack: true }, VIEWS.edges).slice(1)];
    stopEverywhere((agent) => table(agent, {}), stages);
    const [judged, alone] = record(
      trainersOf((agent) => table(agent, {})),
      stages,
    )[1].reports.slice(-2);
    assert.equal(judged.get('gain')?.length, 5);
    assert.deepEqual([...alone.keys()].includes('gain'), false);
    assert.notDeepEqual(alone.get('parameters'), judged.get('parameters'));
  });
  for (const kind of ['edges', 'mean'] as const) {
    const arms = ['non-cooperative', 'consensus'].flatMap((strategy, arm) => stagesOf({ ...ARM, strategy, epoch: arm + 1 }, VIEWS[kind]));
    const gains = stagesOf({ ...ARM, strategy: 'grouped', epoch: 3, needs: ['gradient', 'heldOut'], heldOut: true }, VIEWS[kind]);
    const stages = [...forAll([{ kind: 'moments' }, { kind: 'standardize', shift: [], scale: [], ridges: [] }]), ...arms, ...gains];
    test(`networks over ${kind}`, () => void stopEverywhere(network, stages));
    test(`networks over ${kind}, where vectors are missing`, () => void stopEverywhere(network, stages, lossy));
  }
});

test('a learner that has done nothing has nothing to remember, and nothing to be told', () => {
  for (const trainer of [gmrf(0, 6), table(0, {}), network(0)]) {
    assert.equal(trainer.snapshot()?.size, 0);
    trainer.restore(new Map());
    assert.equal(trainer.snapshot()?.size, 0);
  }
});

test('what was restored is still there before the next work: a second stop loses nothing', () => {
  const { stops } = record(
    trainersOf((agent) => gmrf(agent, 6)),
    stagesOf({ ...ARM, strategy: 'multitask' }, VIEWS.edges),
  )[0];
  const fresh = gmrf(0, 6);
  fresh.restore(stops[3].snapshot);
  assert.deepEqual(fresh.snapshot(), stops[3].snapshot);
});

test('an arm of another epoch begins anew', () => {
  const create = (agent: number): Trainer => gmrf(agent, 6);
  const { stops } = record(trainersOf(create), stagesOf({ ...ARM, strategy: 'multitask' }, VIEWS.edges))[0];
  const fresh = create(0);
  fresh.restore(stops.at(-1)!.snapshot);
  assert.equal(fresh.begin({ ...ARM, strategy: 'consensus', epoch: 9, view: VIEWS.edges[0] }).iteration, 0);
});

test('a snapshot of another shape is refused', () => {
  const { stops } = record(
    trainersOf((agent) => gmrf(agent, 6)),
    stagesOf({ ...ARM, strategy: 'multitask' }, VIEWS.edges),
  )[0];
  const fresh = gmrf(0, 7);
  fresh.restore(stops[0].snapshot);
  assert.throws(() => fresh.begin({ ...ARM, strategy: 'multitask', view: VIEWS.edges[0] }), { code: 'SNAPSHOT_MISMATCH' });
  assert.throws(() => table(0, {}).restore(new Map([['table:shift', new Float64Array(9)]])), { code: 'SNAPSHOT_MISMATCH' });
});

function trainersOf(create: (agent: number) => Trainer): Trainer[] {
  return Array.from({ length: K }, (_, agent) => create(agent));
}

function explore(untilStep: number, tailFromStep: number): Work {
  return { kind: 'explore', stepSize: 0.05, untilStep, windowSteps: 7, tailFromStep };
}

/** On a ring; every second arm over what was learned. */
function autonomousStage(estimator: string): Stages[number] {
  const ring = buildGraph('ring', K, 1);
  return (agent) => ({
    kind: 'autonomous',
    estimator,
    options: '{}',
    epoch: 1,
    firstStep: 0,
    neighbours: neighbours(ring, agent),
    pairs: ring.edges.length,
    rounds: 2,
    arms: STRATEGIES.map(({ name }, arm) => ({
      learned: arm % 2 === 0,
      work: { ...ARM, strategy: name, arm, epoch: arm + 2, view: VIEWS.edges[agent] },
    })),
  });
}

function forAll(works: readonly Work[]): Stages {
  return works.map((work) => () => work);
}

/** An arm in two stages, as a table's is continued until it has settled. */
function stagesOf(work: Omit<CooperateWork, 'view'>, views: readonly LocalView[]): Stages {
  return [3, work.lastIteration].map((untilIteration) => (agent: number) => ({ ...work, untilIteration, view: views[agent] }));
}

/** Three stages, each with another relationship; what is told between them is of the shadow. */
function renewedArm(strategy: string): Stages {
  const views = [VIEWS.edges, laplacianViews(laplacian(buildGraph('complete', K, 1))), VIEWS.edges];
  const work = { ...ARM, strategy, needs: ['average', 'noise'] };
  return [3, 5, 7].map((untilIteration, leg) => (agent: number) => ({ ...work, untilIteration, etas: [0.4 + 0.1 * leg], view: views[leg][agent] }));
}

test('the stages of an arm whose relationship stays the same are one arm: cutting it changes nothing', () => {
  const whole = record(trainersOf(drifting), [(agent) => ({ ...ARM, strategy: 'multitask', etas: [0.4], view: VIEWS.edges[agent] })]);
  const cut = record(trainersOf(drifting), stagesOf({ ...ARM, strategy: 'multitask', etas: [0.4], needs: ['average'] }, VIEWS.edges));
  assert.deepEqual(cut[1].reports[1], whole[1].reports[0]);
  assert.deepEqual([...cut[1].reports[0].keys()], ['average']);
  assert.notDeepEqual(record(trainersOf(drifting), renewedArm('multitask'))[1].reports[2].get('parameters'), whole[1].reports[0].get('parameters'));
});

function tableStages(): Stages {
  return forAll([{ kind: 'moments' }, { kind: 'standardize', shift: [], scale: [], ridges: [0.1, 1] }, { kind: 'evidence', needs: ['average'], ridge: 0.7 }]);
}

/** Learning together to see who gains by whom, then every strategy once with a bank of candidates on the fitting rows, once on all rows. */
function tableArms(views: readonly LocalView[], epoch: number): Stages {
  const together = { ...ARM, strategy: 'grouped', epoch: epoch + 99, heldOut: true, needs: ['gradient', 'heldOut'] };
  const arms = STRATEGIES.flatMap(({ name, usesEta }, arm) => [
    ...(usesEta ? stagesOf({ ...ARM, strategy: name, epoch: epoch + 2 * arm, etas: [0.5, 2, 8], heldOut: true }, views) : []),
    ...stagesOf({ ...ARM, strategy: name, epoch: epoch + 2 * arm + 1, etas: usesEta ? [2] : [], stepSize: 0 }, views),
  ]);
  return [...stagesOf(together, views), ...arms];
}

/** The first agent (the hub) and another one are stopped at every place there is; which kinds of places there were. */
function stopEverywhere(create: (agent: number) => Trainer, stages: Stages, arrives?: (...of: [number, number, number]) => boolean): string[] {
  const recordings = record(trainersOf(create), stages, arrives);
  for (const agent of [0, 2]) {
    const works = stages.map((work) => work(agent));
    for (const stop of recordings[agent].stops) continueFrom(stop, create(agent), works, recordings[agent]);
  }
  return recordings[0].stops.map(({ kind }) => kind);
}

function gmrf(agent: number, dimension: number): Trainer {
  const truth = new Float64Array(dimension);
  draw(3, agent, 'truth', 0).fillGaussian(truth);
  const task = createGmrfTask({ truth, batch: 2, noise: 1, seed: 3, agent });
  return new GmrfTrainer({ exploring: task, cooperating: task }, { batch: 2 } as GmrfJob, agent, K);
}

function drifting(agent: number): Trainer {
  const law = { laplacian: laplacian(buildGraph('ring', K, 1)) };
  const truth = new MovingTask(law, { coherence: 5 }, 6, 3, agent);
  const stream = { batch: 2, noise: 1, seed: 3, agent };
  const tasks = { exploring: createGmrfTask({ ...stream, truth: truth.at(0).slice() }), cooperating: createGmrfTask({ ...stream, truth }) };
  return new GmrfTrainer(tasks, { batch: 2 } as GmrfJob, agent, K);
}

type SmallTable = Omit<Partial<TableProblem>, 'loss'> & { readonly loss?: 'squared' | 'logistic' };

function table(agent: number, problem: SmallTable): Trainer {
  const loss = problem.loss ?? 'squared';
  const data = { training: rows(agent, 30, loss), heldOut: 6, test: rows(agent + K, 12, loss) };
  return new TableTrainer({ kind: 'csv-table', loss, standardize: 'per-agent', ...problem } as TableProblem, data, agent, K, 5);
}

function network(agent: number): Trainer {
  const data = { training: rows(agent, 30, 'squared'), heldOut: 6, test: rows(agent + K, 12, 'squared') };
  return new MlpTrainer({ kind: 'mlp', family: 'easy', hidden: 2, batch: 5 }, data, agent, K, 5);
}

function rows(agent: number, count: number, loss: 'squared' | 'logistic'): Rows {
  const x = new Float64Array(3 * count);
  draw(1, agent, 'truth', count).fillGaussian(x);
  const noise = new Float64Array(count);
  draw(1, agent, 'truth', count + 1).fillGaussian(noise);
  const y = noise.map((error, i) => x[3 * i] - 0.5 * x[3 * i + 1] + 0.3 * agent + error);
  return { count, features: 3, x, y: loss === 'squared' ? y : y.map((value) => Number(value > 0)) };
}
