/** The cells of a grid, their names, and what is refused before anything runs. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { cellsOf, parseParameters } from '../../../cli/sweep-grid.ts';
import type { Cell, GridOptions } from '../../../cli/sweep-grid.ts';
import { sweepRecord, sweepText } from '../../../cli/sweep-result.ts';
import { KindredError } from '../../../core/errors.ts';
import { projectRoot } from '../../support/project.ts';
import { GMRF_RESULT } from './fixture.ts';

const FILE = 'name: one\nagents: 4\nproblem: { kind: gmrf-regression, graph: ring, dimension: 40 }\ncooperate: { arms: [{ strategy: multitask }] }\n';

function cells(params: readonly string[], more: Partial<GridOptions> = {}): Cell[] {
  const given = { file: 'one.yaml', set: [], parameters: parseParameters(params), seeds: [1, 2], mode: 'simulated', environment: {}, readFile: () => FILE };
  return cellsOf({ ...given, ...more });
}

function refused(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    assert.ok(error instanceof KindredError, String(error));
    return `${error.code} ${error.message}`;
  }
  throw new assert.AssertionError({ message: 'nothing was refused' });
}

test('every combination with every seed, the last parameter fastest', () => {
  const all = cells(['problem.dimension=40,50', 'network.rounds=bsp,{ bounded: 2 }']);
  assert.equal(all.length, 8);
  assert.deepEqual(
    all.filter(({ seed }) => seed === 1).map(({ settings }) => Object.values(settings)),
    [
      [40, 'bsp'],
      [40, { bounded: 2 }],
      [50, 'bsp'],
      [50, { bounded: 2 }],
    ],
  );
  assert.ok(
    all.every(
      ({ experiment, seed, settings }) =>
        experiment.seed === seed && 'dimension' in experiment.problem && experiment.problem.dimension === settings['problem.dimension'],
    ),
  );
  assert.equal(cells([]).length, 2);
});

test('a cell has one name, whatever else is swept: of its settings and mode, not of where it is kept', () => {
  const names = (...args: Parameters<typeof cells>): string[] => cells(...args).map(({ runId }) => runId);
  const alone = names(['problem.dimension=50']);
  assert.deepEqual(names(['problem.dimension=40,50']).slice(2), alone);
  assert.deepEqual(names([], { set: ['problem.dimension=50'] }), alone);
  assert.deepEqual(names(['problem.dimension=50'], { set: ['output.directory=elsewhere'] }), alone);
  assert.notDeepEqual(names(['problem.dimension=50'], { mode: 'processes' }), alone);
  assert.ok(alone.every((name) => /^one-[0-9a-f]{16}$/.test(name)) && alone[0] !== alone[1]);
});

test('a cell is of the contents that it reads, tables and edges: edited ones make another cell', () => {
  const edges = (weight: number) => (path: string) =>
    path.endsWith('edges.csv') ? `source,target,weight\n0,1,${weight}\n1,2,1\n2,3,1\n` : FILE.replace('graph: ring', 'graph: { file: edges.csv }');
  const name = (weight: number): string => cells([], { seeds: [1], readFile: edges(weight) })[0].runId;
  assert.equal(name(1), name(1));
  assert.notEqual(name(1), name(2));
});

test('tables: a seed is that of the split too, unless one is given', () => {
  const file = join(projectRoot, 'examples', 'us-states.yaml');
  const readFile = (path: string): string => readFileSync(path, 'utf8');
  const splits = (params: readonly string[], set: readonly string[] = []): unknown[] =>
    cells(params, { file, readFile, set }).map(({ experiment: { problem } }) => problem.kind === 'csv-table' && problem.split.seed);
  assert.deepEqual(splits([]), [1, 2]);
  assert.deepEqual(splits([], ['problem.split.seed=7']), [7, 7]);
  assert.deepEqual(splits(['problem.split.seed=8,9']), [8, 8, 9, 9]);
});

test('mistakes are refused, with the one at fault named', () => {
  assert.match(
    refused(() => parseParameters(['problem.dimension'])),
    /^USAGE --param must read path=a,b,c/,
  );
  assert.match(
    refused(() => parseParameters(['problem.dimension='])),
    /has no values/,
  );
  assert.match(
    refused(() => parseParameters(['agents=4', 'agents=5'])),
    /given twice/,
  );
  assert.match(
    refused(() => parseParameters(['seed=1,2'])),
    /--seeds/,
  );
  assert.match(
    refused(() => cells(['problem.dimensoin=40'])),
    /^CONFIG_INVALID -c problem.dimensoin=40 .*did you mean "dimension"/,
  );
  assert.match(
    refused(() => cells(['problem.dimension=40,-1'])),
    /^CONFIG_INVALID -c problem.dimension=-1/,
  );
  assert.match(
    refused(() => cells(['problem.dimension=40,40'])),
    /problem.dimension=40 and problem.dimension=40 are the same experiment/,
  );
  assert.match(
    refused(() => cells(['agents=4,5'], { seeds: Array.from({ length: 6_000 }, (_, i) => i) })),
    /12000 runs; a sweep has at most 10000/,
  );
});

test('the table: mean, standard error and count by settings and arm; what has no result is told', () => {
  const grid = cells(['problem.dimension=40,50']);
  const result = (steadyError: number) => ({ ...GMRF_RESULT, arms: GMRF_RESULT.arms.slice(0, 1).map((arm) => ({ ...arm, steadyError })) });
  const outcomes = grid.map((cell, i) => ({
    cell,
    result: i < 3 ? result([1, 2, 5][i]) : undefined,
    ...(i === 3 && { failure: { status: 'failed', error: 'AGENT_LOST 3' } }),
  }));
  const record = sweepRecord({ file: 'one.yaml', mode: 'simulated', parameters: parseParameters(['problem.dimension=40,50']), seeds: [1, 2], cells: outcomes });
  assert.deepEqual(
    record.table.map(({ settings, n, mean, standardError }) => [settings['problem.dimension'], n, mean, standardError]),
    [
      [40, 2, 1.5, 0.5],
      [50, 1, 5, null],
    ],
  );
  const text = sweepText(record, 'runs/sweep-one');
  assert.match(text, /^3 of 4 cells have results/);
  assert.match(text, /failed: problem\.dimension=50, seed 2 AGENT_LOST 3\nthe same command runs these again/);
});
