/**
 * `npm run bench`: measures every promise about speed and size on this machine, prints the table, and keeps the result in
 * bench/result.json, from which the README's table is made (`npm run docs`). Only ratios of one interleaved run are promises.
 *
 *   npm run bench                        all of it, about 15 minutes; the machine should have nothing else to do
 *   npm run bench -- --only T1,T7        those rows; the others keep their earlier values
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { measureAgentStart } from './agent-start.ts';
import { measureCodec } from './codec.ts';
import { measureNumerics } from './numerics.ts';
import { benchLines } from './report.ts';
import type { BenchResult } from './report.ts';
import { measureCrowds, measureGrid, measureMpi, measureRounds } from './rounds.ts';
import { measureScale } from './scale.ts';
import type { Row, Skipped } from './row.ts';
import { measureViewers } from './viewers.ts';

const RESULT = fileURLToPath(new URL('../../bench/result.json', import.meta.url));

/** By the rows that each brings. */
const PARTS: Readonly<Record<string, () => Promise<(Row | Skipped)[]> | (Row | Skipped)[]>> = {
  T1: measureRounds,
  T2: measureMpi,
  T7: measureCodec,
  T9: measureNumerics,
  T13: measureAgentStart,
  T16: measureCrowds,
  T17: measureViewers,
};
/** Rows that come with another's. */
const WITH: Readonly<Record<string, string>> = { T8: 'T1', T10: 'T9', T11: 'T9', T14: 'T13', T15: 'T13' };
const TABLES = ['grid', 'scale'];

const { values } = parseArgs({ options: { only: { type: 'string' } } });
const wanted = new Set(values.only?.split(',').map((id) => WITH[id] ?? id) ?? [...Object.keys(PARTS), ...TABLES]);
const unknown = [...wanted].filter((id) => !(id in PARTS) && !TABLES.includes(id));
if (unknown.length > 0) {
  console.error(`nothing is called ${unknown.join(', ')}; there are ${[...Object.keys(PARTS), ...Object.keys(WITH), ...TABLES].join(', ')}`);
  process.exit(2);
}

let result: BenchResult = existsSync(RESULT) ? (JSON.parse(readFileSync(RESULT, 'utf8')) as BenchResult) : { rows: [] };
const machine = { cores: cpus().length, memoryGB: Math.round(totalmem() / 2 ** 30), node: process.version };
// What another machine measured does not stand beside what this one does.
if (JSON.stringify(result.machine) !== JSON.stringify(machine)) result = { rows: [] };
result.machine = machine;
for (const [id, measure] of Object.entries(PARTS)) {
  if (wanted.has(id)) replace(await measure());
  save();
}
if (wanted.has('grid')) result.grid = await measureGrid();
save();
if (wanted.has('scale')) result.scale = await measureScale();
save();
console.log(benchLines(result).join('\n'));

function save(): void {
  result.rows.sort((a, b) => Number(a.id.slice(1)) - Number(b.id.slice(1)));
  writeFileSync(RESULT, `${JSON.stringify(result, null, 2)}\n`);
}

function replace(rows: readonly (Row | Skipped)[]): void {
  const ids = new Set(rows.map(({ id }) => id));
  result.rows = [...result.rows.filter(({ id }) => !ids.has(id)), ...rows];
  for (const row of rows) console.error('skipped' in row ? `${row.id} SKIPPED: ${row.skipped}` : `${row.id} ${row.name}: ${row.ratio.median.toFixed(2)}`);
}
