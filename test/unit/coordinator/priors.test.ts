/** Priors over the simulated network: the two forms, the guard, and who uses which estimator. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { digests, direct, simulated } from '../../support/experiments.ts';
import { tableExperiment } from '../../support/hierarchical-demand.ts';
import { smallTable } from '../../support/small-table.ts';

const of = (moments: string): string => `relationship={estimator: hierarchical, moments: ${moments}}`;

test('moments gathered and moments at home: the same prior and the same models, bit for bit', () => {
  const [gathered, home] = ['gathered', 'home'].map((moments) => simulated(smallTable('squared', [of(moments)])));
  assert.deepEqual(gathered.relationship!.prior, home.relationship!.prior);
  assert.deepEqual(digests(gathered), digests(home));
});

test('us_productivity, 6 rows: the prior of the golden values, over the network', () => {
  const { relationship, arms } = direct(tableExperiment('us_productivity', 6, 0));
  assert.deepEqual(
    relationship!.prior!.mean.map((value) => value.toFixed(4)),
    ['-0.0289', '0.0620', '0.0669', '-0.1468', '0.2014', '0.8406', '-0.0106'],
  );
  assert.deepEqual([relationship!.kind, relationship!.estimator, relationship!.laplacian], ['prior', 'hierarchical', null]);
  assert.deepEqual([arms[1].strategy, arms[1].relationship, arms[1].eta], ['hierarchical', 'learned', null]);
});

test('the guard says what it found, and leaves alone who is better off', () => {
  const guarded = 'cooperate.arms=[{ strategy: non-cooperative }, { strategy: hierarchical }]';
  const { arms, diagnostics } = direct(tableExperiment('us_productivity', 10, 1, [guarded]));
  const [found] = diagnostics;
  assert.equal(found.code, 'AGENTS_FALL_BACK');
  const alone = /agent ([\d, ]+)$/.exec(found.message)![1].split(', ').map(Number);
  assert.ok(alone.length > 0 && alone.length < 5, found.message);
  for (const agent of alone) assert.equal(arms[1].errorByAgent[agent], arms[0].errorByAgent[agent]);
  const same = arms[1].errorByAgent.filter((error, agent) => error === arms[0].errorByAgent[agent]);
  assert.equal(same.length, alone.length);
});

test('a graph and a prior in one run: each arm takes its own, and the section names one of them', () => {
  const arms = 'cooperate.arms=[{ strategy: multitask }, { strategy: hierarchical }]';
  const { relationship, diagnostics, arms: told } = simulated(smallTable('squared', [arms]));
  assert.deepEqual([relationship!.kind, relationship!.version, relationship!.laplacianVersion], ['prior', 2, 1]);
  assert.deepEqual(
    told.map(({ relationshipVersion }) => relationshipVersion),
    [1, 2],
  );
  assert.equal(relationship!.laplacian!.length, 4);
  assert.equal(relationship!.prior!.mean.length, 4);
  assert.ok(
    diagnostics.some(
      ({ code, message }) => code === 'ESTIMATOR_OF_STRATEGY' && message.startsWith('multitask cannot use what hierarchical learns; it takes cgl'),
    ),
  );
  const silent = direct(tableExperiment('irish_wind', 60, 0, [arms.replace('multitask', 'multitask, eta: 1')]));
  assert.ok(silent.diagnostics.every(({ code }) => code !== 'ESTIMATOR_OF_STRATEGY'));
});

test('labels told as numbers share one noise', () => {
  const { relationship } = simulated(smallTable('logistic', ['problem.loss=squared']));
  assert.ok(relationship!.diagnostics.every(({ code }) => code !== 'NOISE_NO_FAMILY'));
});

test('a graph on top, at home and gathered, gated: the same decision and the same models; the gate is reported', () => {
  const results = ['home', 'gathered'].map((moments) =>
    simulated(smallTable('squared', [`relationship={ estimator: hierarchical, graph: gated, moments: ${moments} }`])),
  );
  const [home, gathered] = results;
  assert.ok(home.relationship!.diagnostics.some(({ code }) => code === 'GRAPH_ADOPTED' || code === 'GRAPH_REFUSED'));
  assert.deepEqual(home.relationship, gathered.relationship);
  assert.deepEqual(digests(home), digests(gathered));
});

test('a graph that is used is part of the relationship, and its controls are other models', () => {
  const arms = ['learned', 'permuted', 'complete'].map((name) => `{ strategy: hierarchical, relationship: ${name}, guard: false }`);
  const section = 'relationship={ estimator: hierarchical, graph: always }';
  for (const loss of ['squared', 'logistic'] as const) {
    const result = simulated(smallTable(loss, [section, `cooperate.arms=[${arms.join(', ')}]`]));
    assert.equal(result.status, 'completed', result.error?.message);
    assert.deepEqual([result.relationship!.kind, result.relationship!.laplacian!.length], ['prior', 4]);
    assert.equal(new Set(digests(result)).size, 3);
    assert.ok(result.relationship!.diagnostics.some(({ code }) => code === 'GRAPH_FORCED' || code === 'GRAPH_ADOPTED'));
  }
});

test('an agent that is lost in the middle of the chain: the chain begins again without it; one that comes back in time changes nothing', () => {
  const lost = simulated(smallTable('squared', ['participation={ quorum: 3, wait: 1s }', 'faults=[{ at: estimating, kill: 1 }]']));
  assert.equal(lost.status, 'completed-with-missing');
  assert.deepEqual(lost.relationship!.contributors, [0, 2, 3]);
  assert.deepEqual(
    lost.arms.map(({ participants }) => participants),
    [
      [0, 1, 2, 3],
      [0, 2, 3],
    ],
  );
  const back = simulated(smallTable('squared', ['faults=[{ at: estimating, kill: 1, restartAfter: 2s }]']));
  assert.deepEqual(digests(back), digests(simulated(smallTable('squared'))));
});

test('columns in raw units, one of them a multiple of another, one constant: a prior all the same, and no worse than alone', () => {
  const columns = (line: string, i: number): string => {
    const [task, y, a, b, c] = line.split(',');
    return i === 0 ? 'task,y,a,b,c,d,e' : [task, 1e3 * Number(y), 1e6 * Number(a), b, 1e-4 * Number(c), 3e6 * Number(a), 7].join(',');
  };
  const raw = smallTable('squared', ['problem.standardize=none'], columns);
  const result = direct(raw);
  assert.ok(result.relationship!.prior!.mean.every(Number.isFinite));
  assert.ok(result.arms[1].steadyError < 1.1 * result.arms[0].steadyError, `${result.arms[1].steadyError}, alone ${result.arms[0].steadyError}`);
});

test('mini-batches beside exact posteriors: the run says that the solvers are not equal', () => {
  const found = (...overrides: string[]) => direct(smallTable('squared', overrides)).diagnostics.find(({ code }) => code === 'UNEQUAL_SOLVERS');
  const arms = 'cooperate.arms=[{ strategy: non-cooperative }, { strategy: hierarchical }]';
  assert.match(found(arms, 'problem.batch=4')!.message, /^hierarchical solves exactly, non-cooperative by mini-batches of 4 rows: /);
  assert.equal(found(arms), undefined);
  assert.equal(
    found('problem.batch=4', 'relationship={ estimator: cgl }', 'cooperate.arms=[{ strategy: non-cooperative }, { strategy: multitask }]'),
    undefined,
  );
});
