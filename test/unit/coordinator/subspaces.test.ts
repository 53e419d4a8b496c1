/** Shared representation over the simulated network: as good as promised, as cheap as specified, and what befalls it. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { toRows } from '../../../core/linalg/matrix.ts';
import { splitRows } from '../../../core/problem/csv-table.ts';
import { Random } from '../../../core/random.ts';
import { subspaceChain } from '../../../core/subspace/chain.ts';
import { halfMoments, headAnswer, scatterOf } from '../../../core/subspace/local.ts';
import { digests, direct, simulated } from '../../support/experiments.ts';
import { meteredRounds } from '../../support/metered-rounds.ts';
import { errorInBasis, plantedTable } from '../../support/planted-table.ts';
import { smallTable } from '../../support/small-table.ts';

const SETTING = { d: 20, k: 2, T: 60, N: 76, sigma: 0.5 };
/** Fewer than twice as many rows as features. */
const TRAIN = 16;
/** Gives these agents slopes of their own, as long as those of all others. */
function turnAway(path: string, agents: readonly number[]): void {
  const lines = readFileSync(path, 'utf8').split('\n');
  const random = new Random();
  const turned = lines.map((line, i) => {
    const [task, , ...x] = line.split(',');
    const agent = Number(task.slice(1));
    if (i === 0 || !agents.includes(agent)) return line;
    random.rekey(1, agent, 'truth', 2);
    const y = x.reduce((sum, value) => sum + random.gaussian() * Math.sqrt(SETTING.k / SETTING.d) * Number(value), 0);
    return [task, y + SETTING.sigma * random.rekey(1, i, 'batch', 2).gaussian(), ...x].join(',');
  });
  writeFileSync(path, turned.join('\n'));
}

const SMALL = { d: 6, k: 2, T: 8, N: 30, sigma: 0.3 };

for (const seed of [1, 2, 3])
  test(`a planted subspace, ${TRAIN} rows for ${SETTING.d} features: within 12 % of the true subspace, at most .6 of alone (draw ${seed})`, (context) => {
    const table = plantedTable(SETTING, TRAIN, seed);
    const { arms, relationship, diagnostics } = direct(table.experiment);
    const [alone, shared] = arms.map(({ steadyError }) => steadyError);
    const oracle = errorInBasis(table, table.planted.basis);
    context.diagnostic(`alone ${alone.toFixed(3)}, shared ${shared.toFixed(3)}, true subspace ${oracle.toFixed(3)}`);
    assert.ok(shared <= 1.12 * oracle, `${shared}, true subspace ${oracle}`);
    assert.ok(shared <= 0.6 * alone, `${shared}, alone ${alone}`);
    assert.equal(relationship!.subspace!.rank, 2);
    assert.ok(diagnostics.some(({ code }) => code === 'SUBSPACE_HELPS'));
  });

test('agents whose slopes lie elsewhere are better off alone: the guard finds some of them, and nobody else', (context) => {
  const OUTSIDERS = [3, 13, 23, 33, 43, 53];
  const arms = 'cooperate.arms=[{ strategy: non-cooperative }, { strategy: shared-representation }, { strategy: shared-representation, guard: false }]';
  const { experiment } = plantedTable(SETTING, 30, 2, [arms]);
  assert.ok(experiment.problem.kind === 'csv-table');
  turnAway(experiment.problem.path!, OUTSIDERS);
  const { arms: told, diagnostics } = direct(experiment);
  const [alone, guarded, open] = told.map(({ errorByAgent }) => OUTSIDERS.reduce((sum, k) => sum + errorByAgent[k]!, 0) / OUTSIDERS.length);
  const { message } = diagnostics.find(({ code }) => code === 'AGENTS_FALL_BACK')!;
  context.diagnostic(`outsiders: alone ${alone.toFixed(2)}, guarded ${guarded.toFixed(2)}, without the guard ${open.toFixed(2)}; ${message}`);
  const found = message.split('agent ')[1].split(', ').map(Number);
  assert.ok(found.length >= 2 && found.every((k) => OUTSIDERS.includes(k)), found.join());
  assert.ok(guarded < 0.85 * open, `${guarded}, without the guard ${open}`);
  assert.ok(told[1].steadyError < told[2].steadyError);
});

test('a rank that is given is taken, and too many directions are said to be noise', () => {
  const { experiment } = plantedTable(SMALL, 12, 1, ['relationship.rank=4']);
  const { relationship } = simulated(experiment);
  assert.deepEqual([relationship!.kind, relationship!.estimator, relationship!.laplacian], ['subspace', 'shared-subspace', null]);
  assert.deepEqual([relationship!.subspace!.rank, relationship!.subspace!.basis.length, relationship!.subspace!.basis[0].length], [4, 6, 4]);
  const codes = relationship!.diagnostics.map(({ code }) => code);
  assert.ok(codes.includes('RANK_UNCERTAIN'), codes.join());
});

test('labels: a subspace for their log-odds, no worse than alone by the area under the curve', () => {
  const { experiment } = plantedTable({ d: 12, k: 2, T: 40, N: 90, sigma: 0, labels: true, headScale: 1.5 }, 30, 1, ['relationship.rank=2']);
  const { arms, status, relationship } = direct(experiment);
  assert.equal(status, 'completed');
  assert.equal(relationship!.kind, 'subspace');
  assert.ok(arms[1].auc! > arms[0].auc! + 0.01, `${arms[1].auc}, alone ${arms[0].auc}`);
});

test('a graph, a prior and a subspace in one run: each arm takes its own, and the section names one of them', () => {
  const arms = 'cooperate.arms=[{ strategy: multitask }, { strategy: hierarchical }, { strategy: shared-representation }]';
  const { experiment } = plantedTable(SMALL, 12, 1, [arms]);
  const { relationship, arms: told, diagnostics } = simulated(experiment);
  assert.deepEqual([relationship!.kind, relationship!.version, relationship!.laplacianVersion], ['subspace', 3, 1]);
  assert.deepEqual(
    told.map(({ relationshipVersion }) => relationshipVersion),
    [1, 2, 3],
  );
  assert.equal(relationship!.prior!.mean.length, 7);
  const others = diagnostics.filter(({ code }) => code === 'ESTIMATOR_OF_STRATEGY').map(({ message }) => message.split(';')[1]);
  assert.deepEqual(others, [' it takes cgl, with its defaults', ' it takes hierarchical, with its defaults']);
});

test('an agent that is lost between two rounds: they begin again without it; one that comes back in time changes nothing', () => {
  const run = (...overrides: string[]) => simulated(plantedTable(SMALL, 12, 1, overrides).experiment);
  const lost = run('participation={ quorum: 7, wait: 1s }', 'faults=[{ at: estimating, kill: 1 }]');
  assert.equal(lost.status, 'completed-with-missing');
  assert.deepEqual(lost.relationship!.contributors, [0, 2, 3, 4, 5, 6, 7]);
  const whole = run();
  const back = run('faults=[{ at: estimating, kill: 1, restartAfter: 2s }]');
  assert.deepEqual(digests(back), digests(whole));
  assert.deepEqual(back.relationship, whole.relationship);
  const restarted = run('faults=[{ at: estimating, kill: coordinator, restartAfter: 2s }]');
  assert.deepEqual(digests(restarted), digests(whole));
  assert.deepEqual(restarted.relationship, whole.relationship);
});

test('columns in raw units, one of them a multiple of another, one constant: a subspace all the same, and no worse than alone', () => {
  const columns = (line: string, i: number): string => {
    const [task, y, a, b, c] = line.split(',');
    return i === 0 ? 'task,y,a,b,c,d,e' : [task, 1e3 * Number(y), 1e6 * Number(a), b, 1e-4 * Number(c), 3e6 * Number(a), 7].join(',');
  };
  const shared = ['relationship={ estimator: shared-subspace }', 'cooperate.arms=[{ strategy: non-cooperative }, { strategy: shared-representation }]'];
  const { relationship, arms } = direct(smallTable('squared', ['problem.standardize=none', ...shared], columns));
  assert.ok(relationship!.subspace!.basis.flat().every(Number.isFinite));
  assert.ok(arms[1].steadyError < 1.15 * arms[0].steadyError, `${arms[1].steadyError}, alone ${arms[0].steadyError}`);
});

test('C4: over the network every bit is that of a single process with all rows', () => {
  const { planted, experiment } = plantedTable(SMALL, 12, 1, ['problem.standardize=none', 'relationship.rank=2']);
  const { problem } = experiment;
  assert.ok(problem.kind === 'csv-table');
  const rows = planted.rows.map((own, agent) => splitRows(own, agent, problem.split).training);
  const about = { loss: 'squared', intercept: true } as const;
  const chain = subspaceChain(
    rows.map((own) => halfMoments(own, true)),
    rows.map((own) => scatterOf(own, true)),
    { ...about, rank: 2 },
  );
  let next = chain.next();
  while (!next.done) {
    const questions = next.value;
    next = chain.next(rows.map((own, agent) => headAnswer(own, about, questions[agent])));
  }
  assert.deepEqual(simulated(experiment).relationship!.subspace!.basis, toRows(next.value.basis));
});

test('bytes of the rounds as a run meters them: d + k numbers up from every agent, dk down, within 5 % both ways', (context) => {
  const { experiment } = plantedTable({ d: 100, k: 3, T: 40, N: 110, sigma: 0.5 }, 100, 1, ['relationship.rank=3']);
  const { result, up, down, rounds } = meteredRounds(experiment);
  assert.equal(result.status, 'completed');
  assert.equal(rounds, result.relationship!.diagnostics.find(({ code }) => code === 'SUBSPACE_LEARNED')!.value);
  const expected = { up: 8 * 40 * (100 + 3) * rounds, down: 8 * 40 * 100 * 3 * rounds };
  context.diagnostic(`${rounds} rounds: ${up} bytes up (${(up / expected.up).toFixed(3)}), ${down} down (${(down / expected.down).toFixed(3)})`);
  assert.ok(up >= expected.up && up <= 1.05 * expected.up, `${up} bytes up, ${expected.up} by the specification`);
  assert.ok(down >= expected.down && down <= 1.05 * expected.down, `${down} bytes down, ${expected.down} by the specification`);
});
