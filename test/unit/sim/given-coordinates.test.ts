/** A subspace, or a prior, that another run learned, given to the same agents and to new ones: in the coordinates that it was learned in. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { relationshipText } from '../../../cli/relationship-text.ts';
import type { Experiment } from '../../../config/experiment.ts';
import { createTableTask, splitRows } from '../../../core/problem/csv-table.ts';
import { heldBy } from '../../../config/given-relationship.ts';
import { readTasks } from '../../../config/table-facts.ts';
import { fromRows } from '../../../core/linalg/matrix.ts';
import type { RunResult } from '../../../core/run-result.ts';
import { provenance } from '../../../coordinator/given.ts';
import { readFileSync } from 'node:fs';
import { digests, simulated } from '../../support/experiments.ts';
import { eventsOf, fileOf, given, readFile, tasksOf } from '../../support/given-files.ts';
import { plantedTable } from '../../support/planted-table.ts';
import { smallTable } from '../../support/small-table.ts';

const [OLD, NEW] = [40, 8];
const SETTING = { d: 10, k: 2, T: OLD + NEW, N: 40, sigma: 0.5 };
const isNew = (task: string): boolean => Number(task.slice(1)) >= OLD;
const SHARED = 'cooperate.arms=[{ strategy: non-cooperative }, { strategy: shared-representation, guard: false }]';

/** Every agent's error of the two runs. */
function assertSameErrors(one: RunResult, other: RunResult, tolerance: number): void {
  one.arms[1].errorByAgent.forEach((error, agent) => {
    const away = Math.abs(error! / other.arms[1].errorByAgent[agent]! - 1);
    assert.ok(away <= tolerance, `agent ${agent}: ${error}, ${other.arms[1].errorByAgent[agent]}`);
  });
}

function planted(train: number, overrides: readonly string[], setting: Parameters<typeof plantedTable>[0] = SETTING): Experiment {
  return plantedTable(setting, train, 1, overrides).experiment;
}

const pathOf = ({ problem }: Experiment): string => (problem.kind === 'csv-table' ? problem.path! : assert.fail());

describe('given to the agents that it was learned from, a basis leads to the models of its run, but for rounding', () => {
  const LABELS = { d: 8, k: 2, T: 12, N: 60, sigma: 0, labels: true, headScale: 1.5 };
  for (const [name, train, setting] of [
    ['heads by least squares', 12, SETTING],
    ['heads shrunk for want of rows', 5, SETTING],
    ['labels', 30, LABELS],
  ] as const)
    test(name, () => {
      const section = ['relationship.rank=2', SHARED];
      const first = simulated(planted(train, section, setting));
      const again = simulated(planted(train, [...given(fileOf(first)), SHARED], setting));
      assert.equal(again.status, 'completed', again.error?.message);
      assert.match(eventsOf(first), /learning the subspace, round/);
      assert.doesNotMatch(eventsOf(again), /learning the subspace, round/);
      assert.equal(
        again.relationship!.diagnostics.some(({ code }) => code === 'HEADS_SHRUNK'),
        train === 5,
      );
      assert.deepEqual(again.relationship!.subspace, first.relationship!.subspace);
      assertSameErrors(again, first, setting === LABELS ? 1e-12 : 1e-8);
    });
});

describe('new agents with few rows profit from what others learned', () => {
  const learned = simulated(plantedFor((task) => !isNew(task), 30, ['relationship.rank=2']));
  /** As far from the others as can be read: another zero, another unit of one column. */
  const away = (cells: readonly string[]): (string | number)[] => [cells[0], cells[1], Number(cells[2]) + 3, ...cells.slice(3)];

  function plantedFor(holds: (task: string) => boolean, train: number, overrides: readonly string[], change?: typeof away): Experiment {
    const all = planted(train, []);
    return planted(train, [`problem.path=${tasksOf(pathOf(all), holds, change)}`, ...overrides]);
  }

  test('with the basis of the others they are better than alone, and than with a basis of their own', (context) => {
    const errors = (overrides: readonly string[]): RunResult => simulated(plantedFor(isNew, 9, overrides));
    const own = errors([]);
    const held = errors(given(fileOf(learned)));
    assert.deepEqual([held.status, held.relationship!.contributors.length], ['completed', NEW]);
    const [alone, theirs, others] = [own.arms[0], own.arms[1], held.arms[1]].map(({ steadyError }) => steadyError);
    context.diagnostic(`alone ${alone.toFixed(3)}, own basis ${theirs.toFixed(3)}, basis of ${OLD} others ${others.toFixed(3)}`);
    assert.ok(others < 0.8 * alone && others < theirs, `${others}, alone ${alone}, own basis ${theirs}`);
    const file = readFile(fileOf(held));
    assert.match(relationshipText({ file, relationship: heldBy(file) }), /learned from other agents(: .*)?$/m);
    // Whose reports it was learned from is no agent of this run.
    assert.deepEqual([file.agents, file.contributors, file.given?.run], [NEW, [], learned.runId]);
  });

  test('some of the agents that it was learned from and a new one: the file tells them apart by name, and show says so', () => {
    const some = (task: string): boolean => (!isNew(task) && task.endsWith('0')) || task === `t${OLD + 1}`;
    const held = readFile(fileOf(simulated(plantedFor(some, 12, [...given(fileOf(learned)), SHARED]))));
    const [fresh, ...more] = held.agentNames.flatMap((name, agent) => (isNew(name) ? [agent] : []));
    assert.deepEqual([held.agents, held.missing, more], [OLD / 10 + 1, [fresh], []]);
    assert.deepEqual(
      held.contributors,
      held.agentNames.flatMap((name, agent) => (isNew(name) ? [] : [agent])),
    );
    const text = relationshipText({ file: held, relationship: heldBy(held) });
    assert.match(text, /learned from agents of an earlier run, 4 of these 5 among them, without t41/);
    assert.equal(provenance(held).message.split(' from ')[1], 'agents of an earlier run');
  });

  test('a subspace that is not theirs: the guard says that it harms, and everybody has the model learned alone', () => {
    const strangers = planted(30, ['relationship.rank=2', SHARED], { ...SETTING, T: 12 });
    const other = plantedTable({ ...SETTING, T: 12 }, 30, 2, [...given(fileOf(simulated(strangers))), 'cooperate=null']);
    const result = simulated(other.experiment);
    assert.equal(result.status, 'completed', result.error?.message);
    const verdicts = result.diagnostics.filter(({ code }) => ['SUBSPACE_HELPS', 'AGENTS_FALL_BACK', 'SUBSPACE_HARMS'].includes(code));
    assert.deepEqual(
      verdicts.map(({ code }) => code),
      ['SUBSPACE_HARMS'],
    );
    const [alone, held] = digests(result);
    assert.equal(held, alone);
  });

  test('their rows are standardised as those were that it was learned from', () => {
    const experiment = plantedFor(isNew, 12, [...given(fileOf(learned)), SHARED], away);
    const run = simulated(experiment);
    const { inputs, subspace } = readFile(fileOf(learned));
    const { shift, scale } = inputs.standardization!;
    const basis = fromRows((subspace as { basis: number[][] }).basis.map((row) => Float64Array.from(row)));
    assert.ok(experiment.problem.kind === 'csv-table');
    const { split } = experiment.problem;
    const tasks = readTasks(experiment.problem, (path) => readFileSync(path, 'utf8'));
    tasks.forEach((rows, agent) => {
      const standard = { shift: Float64Array.from(shift), scale: Float64Array.from(scale) };
      const task = createTableTask(splitRows(rows, agent, split), standard, { loss: 'squared', subset: 'all', seed: 1, agent });
      const { squaredErrorSum, rows: count } = task.evaluate(task.modelIn({ basis, ridge: 0 }));
      const expected = Math.sqrt(squaredErrorSum / count);
      assert.ok(Math.abs(run.arms[1].errorByAgent[agent]! / expected - 1) < 1e-8, `agent ${agent}: ${run.arms[1].errorByAgent[agent]}, by hand ${expected}`);
    });
  });

  test('with the prior of the others they are better than alone', (context) => {
    const arms = 'cooperate.arms=[{ strategy: non-cooperative }, { strategy: hierarchical }]';
    const prior = simulated(plantedFor((task) => !isNew(task), 30, ['relationship={ estimator: hierarchical }', arms]));
    const { arms: told, status, relationship } = simulated(plantedFor(isNew, 9, [...given(fileOf(prior)), 'cooperate=null']));
    assert.equal(status, 'completed');
    assert.deepEqual(
      told.map(({ strategy }) => strategy),
      ['non-cooperative', 'hierarchical'],
    );
    assert.deepEqual(relationship!.prior, prior.relationship!.prior);
    const [alone, held] = told.map(({ steadyError }) => steadyError);
    context.diagnostic(`alone ${alone.toFixed(3)}, prior of ${OLD} others ${held.toFixed(3)}`);
    assert.ok(held < 0.8 * alone, `${held}, alone ${alone}`);
  });
});

describe('given to the agents that it was learned from, a prior leads to nearly the models of its run: the noise is found again', () => {
  for (const loss of ['squared', 'logistic'] as const)
    test(loss, () => {
      const first = simulated(smallTable(loss));
      const again = simulated(smallTable(loss, given(fileOf(first))));
      assert.equal(again.status, 'completed', again.error?.message);
      assert.match(eventsOf(first), /learning the prior/);
      assert.doesNotMatch(eventsOf(again), /learning the prior/);
      // The moments of a squared loss were told with the evidence; labels are asked about once.
      assert.equal(/given prior, question 1/.test(eventsOf(again)), loss === 'logistic');
      assert.doesNotMatch(eventsOf(again), /question 2/);
      assert.deepEqual(again.relationship!.prior, first.relationship!.prior);
      assertSameErrors(again, first, 0.01);
    });
});

test('a graph on top is left out, and the run says so', () => {
  const section = 'relationship={ estimator: hierarchical, graph: always }';
  const first = simulated(smallTable('squared', [section]));
  const { relationship, status } = simulated(smallTable('squared', given(fileOf(first))));
  assert.equal(status, 'completed');
  assert.equal(relationship!.laplacian, null);
  assert.ok(relationship!.diagnostics.some(({ code }) => code === 'GRAPH_LEFT_OUT'));
});
