/** `export`: every number of a run in a row of its own, exactly, as CSV and as JSON. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { Command } from 'commander';
import { parse } from 'csv-parse/sync';
import { addExportCommand } from '../../../cli/export.ts';
import type { ExportRow } from '../../../cli/export-rows.ts';
import type { RunResult } from '../../../core/run-result.ts';
import { GMRF_RESULT, LOGISTIC_RESULT, arm, storeRun, temporaryDirectory } from './fixture.ts';

const AWKWARD = [0.1 + 0.2, 5e-324, 1.7976931348623157e308, 1 / 3, 1e21, 123456789.12345679];
const CURVE = { iteration: [0, 10], error: [AWKWARD[0], AWKWARD[3]], predicted: [AWKWARD[3], AWKWARD[1]] };
const RESULT: RunResult = {
  ...GMRF_RESULT,
  experiment: 'one, "two"\nthree',
  agents: { expected: 2, completed: 2, missing: [], names: ['a,b', 'c'] },
  arms: [arm('multitask', 'learned', [AWKWARD[1], AWKWARD[2]], { curve: CURVE, gainByAgent: [{ gain: AWKWARD[4], low: null, high: AWKWARD[5] }, null] })],
};

/** What was written, also to stderr, for a run with the metrics of its agents. */
function exported(context: TestContext, result: RunResult, ...args: readonly string[]): string {
  const runs = temporaryDirectory(context);
  const directory = storeRun(runs, 'one', 1, result);
  const metrics = [0, 1].map((agent) => ({ arm: 0, agent, bytesSent: 7 + agent, framesSent: 3, curve: [AWKWARD[agent], AWKWARD[agent + 2]] }));
  // What an earlier try wrote comes first.
  const lines = [{ ...metrics[0], bytesSent: 1 }, ...metrics].map((line) => `${JSON.stringify(line)}\n`);
  writeFileSync(join(directory, 'metrics.jsonl'), lines.join(''));
  let text = '';
  const program = new Command('kindred').exitOverride();
  addExportCommand(program, (part) => (text += part));
  program.parse(['export', 'one', '--out', runs, ...args], { from: 'user' });
  return text;
}

const records = (csv: string): Record<string, string>[] => parse(csv, { columns: true }) as Record<string, string>[];

function valueOf(rows: readonly ExportRow[], which: Partial<ExportRow>): number | undefined {
  const found = rows.filter((row) => Object.entries(which).every(([key, value]) => row[key as keyof ExportRow] === value));
  assert.ok(found.length <= 1, JSON.stringify(found));
  return found[0]?.value;
}

test('the numbers are those of the run, to the last bit', (context) => {
  const rows = JSON.parse(exported(context, RESULT, '--json')) as ExportRow[];
  const value = (which: Partial<ExportRow>): number | undefined => valueOf(rows, { agent: null, iteration: null, ...which });
  assert.equal(value({ metric: 'totalMs', arm: null }), 10);
  assert.equal(value({ metric: 'error', arm: 'multitask' }), RESULT.arms[0].steadyError);
  assert.equal(value({ metric: 'error', agent: 1 }), AWKWARD[2]);
  assert.equal(value({ metric: 'bytesSent', agent: 0 }), 7);
  assert.equal(value({ metric: 'error', iteration: 10 }), AWKWARD[3]);
  assert.equal(value({ metric: 'predictedError', iteration: 10 }), AWKWARD[1]);
  assert.equal(value({ metric: 'error', agent: 1, iteration: 10 }), AWKWARD[3]);
  assert.equal(value({ metric: 'transferGain', agent: 0 }), AWKWARD[4]);
  assert.equal(value({ metric: 'transferGainLow', agent: 0 }), undefined, 'what is not known is no row');
  assert.equal(value({ metric: 'transferGain', agent: 1 }), undefined);
  assert.ok(rows.every(({ unit }) => unit !== ''));
});

test('CSV says the same as JSON, and reads back as the same numbers', (context) => {
  const rows = JSON.parse(exported(context, RESULT, '--format', 'json')) as ExportRow[];
  const read = records(exported(context, RESULT, '--format', 'csv'));
  assert.equal(read.length, rows.length);
  rows.forEach((row, i) => {
    assert.ok(Object.is(Number(read[i]['value']), row.value), `${read[i]['value']} is not ${row.value}`);
    for (const [key, value] of Object.entries(row)) assert.equal(read[i][key], value === null ? '' : String(value), key);
  });
  assert.ok(AWKWARD.every((number) => rows.some(({ value }) => value === number)));
});

test('labels: AUC by agent, and no row for the one without', (context) => {
  const rows = JSON.parse(exported(context, LOGISTIC_RESULT, '--json')) as ExportRow[];
  assert.deepEqual(
    rows.filter(({ metric, agent, arm: label }) => metric === 'auc' && agent !== null && label === 'multitask').map(({ agent, value }) => [agent, value]),
    [
      [0, 0.8],
      [1, 0.6],
    ],
  );
  assert.ok(rows.some(({ metric, unit }) => metric === 'error' && unit === 'share of rows'));
});

test('the format follows the file name; a damaged line is told with its place', (context) => {
  const folder = temporaryDirectory(context);
  exported(context, RESULT, '-o', join(folder, 'x.json'));
  exported(context, RESULT, '-o', join(folder, 'x.txt'));
  assert.ok(readFileSync(join(folder, 'x.json'), 'utf8').startsWith('[\n{'));
  assert.ok(readFileSync(join(folder, 'x.txt'), 'utf8').startsWith('run,experiment,seed,'));
  assert.throws(() => exported(context, RESULT, '--json', '--format', 'csv'), /--json is --format json/);
  const broken = storeRun(folder, 'broken', 1, RESULT);
  writeFileSync(join(broken, 'metrics.jsonl'), '{"arm":0\n');
  const program = new Command('kindred').exitOverride();
  addExportCommand(program);
  assert.throws(() => program.parse(['export', broken], { from: 'user' }), /metrics\.jsonl:1 the file is damaged/);
});
