/** One table apart: together the parts hold every row of the tasks that take part, exactly as it stood, and no other. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TableProblem } from '../../../config/experiment.ts';
import { splitTable } from '../../../config/split-table.ts';
import { load, TABLE } from './fixture.ts';

const problem = (text: string, overrides: readonly string[] = []): TableProblem & { path: string } => {
  const found = load(TABLE, { overrides: ['problem.split={train: 2}', ...overrides] }, { 'data.csv': text }).problem as TableProblem;
  return { ...found, path: found.path! };
};
const split = (text: string, overrides?: readonly string[]): string[] => splitTable(text, problem(text, overrides));

/** Tasks in turns; quotes, spaces and blank lines as files have them. */
const rows = (task: string, count: number): string[] => Array.from({ length: count }, (_, i) => `${task},${i}.50, ${i * i}`);

test('rows stay as they are and in order, tasks in order of first appearance', () => {
  const [b, a] = [rows('"b, too"', 6), rows(' a ', 5)];
  const mixed = b.flatMap((row, i) => [row, ...(a[i] === undefined ? [] : [a[i]])]);
  assert.deepEqual(split(`\uFEFFtask,y,x\r\n${mixed.join('\r\n\r\n')}\r\n`), [`task,y,x\n${b.join('\n')}\n`, `task,y,x\n${a.join('\n')}\n`]);
});

test('a cell over two lines stays one row', () => {
  const odd = '"t\nwo",1,2';
  const text = ['task,y,x', ...rows('one', 5), ...Array.from({ length: 5 }, () => odd)].join('\n');
  assert.equal(split(text)[1], `task,y,x\n${Array.from({ length: 5 }, () => odd).join('\n')}\n`);
});

test('tasks that are dropped are in no part', () => {
  const text = ['task,y,x', ...rows('many', 6), ...rows('few', 2), ...rows('more', 7)].join('\n');
  const parts = split(text, ['problem.split={train: 3, tooFew: drop}']);
  assert.deepEqual(
    parts.map((part) => part.split('\n')[1].split(',')[0]),
    ['many', 'more'],
  );
  assert.ok(!parts.join('').includes('few'));
});

test('what is wrong with the table is said as ever', () => {
  const text = ['task,y,x', ...rows('one', 5), ...rows('two', 5)].join('\n');
  assert.throws(() => splitTable(text.replace('4.50', 'oops'), problem(text)), { code: 'TABLE_INVALID' });
});
