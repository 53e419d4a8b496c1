/** A table is read strictly: every way to be wrong has a place and a reason. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseOwnTable, parseTable, readEstimates, type Table, type TableSpec } from '../../../config/table.ts';
import { KindredError } from '../../../core/errors.ts';

const SPEC: TableSpec = { task: 'task', target: 'y', loss: 'squared' };
const GOOD = 'task,y,a,b\nnorth,1,2,3\nsouth,4,5,6\nnorth,7,8,9\n';

const parse = (text: string, spec: Partial<TableSpec> = {}): Table => parseTable(text, 'data.csv', { ...SPEC, ...spec });

function refused(text: string, where: string, detail: RegExp, spec: Partial<TableSpec> = {}): void {
  assert.throws(
    () => parse(text, spec),
    (error) => {
      assert.ok(error instanceof KindredError);
      assert.deepEqual([error.code, error.where], ['TABLE_INVALID', where]);
      assert.match(error.detail, detail);
      return true;
    },
  );
}

test('agents in order of first appearance, rows and features in file order', () => {
  const table = parse(GOOD);
  assert.deepEqual(table.names, ['north', 'south']);
  assert.deepEqual(table.features, ['a', 'b']);
  assert.deepEqual(table.tasks[0], { name: 'north', rows: Float64Array.of(2, 3, 8, 9), targets: Float64Array.of(1, 7) });
});

test('columns may stand anywhere; quotes, spaces, blank lines, CRLF, a byte order mark and exponents are read', () => {
  const table = parse('\ufeffa,y,"task"\r\n 1e-3 ,-2.,"x, y"\r\n\r\n.5,+3,z\r\n');
  assert.deepEqual(table.names, ['x, y', 'z']);
  assert.deepEqual([...table.tasks[0].rows, ...table.tasks[0].targets, ...table.tasks[1].rows], [0.001, -2, 0.5]);
});

test('a missing column, with the name meant', () => {
  refused(GOOD, 'data.csv:1:1', /no column "output" \(problem\.target\); there are task, y, a, b/, { target: 'output' });
  refused(GOOD, 'data.csv:1:1', /no column "taks" \(problem\.task\); did you mean "task"\?/, { task: 'taks' });
});

test('header: repeated, unnamed, task = target, no features', () => {
  refused('task,y,a,a\nn,1,2,3\n', 'data.csv:1:10', /"a" appears twice/);
  refused('task,y,,a\nn,1,2,3\n', 'data.csv:1:8', /without a name/);
  refused(GOOD, 'data.csv:1:1', /both the task and the target/, { target: 'task' });
  refused('task,y\nn,1\ns,2\n', 'data.csv:1:1', /no column is left/);
});

test('ragged rows: too short names the missing column, too long points behind the last', () => {
  refused('task,y,a,b\nn,1,2\ns,4,5,6\n', 'data.csv:2:6', /3 cells, the header 4; column "b" is missing/);
  refused('task,y,a\nn,1,2\ns,4,5,6\n', 'data.csv:3:7', /4 cells, the header 3/);
});

test('cells: empty, not a number, not finite; the line counts blank and quoted lines', () => {
  refused('task,y,a\nn,1,2\ns,,5\n', 'data.csv:3:3', /column "y": the cell is empty/);
  refused('task,y,a\n,1,2\ns,3,5\n', 'data.csv:2:1', /column "task": the cell is empty/);
  refused('task,y,a\n\nn,1,NA\ns,3,5\n', 'data.csv:3:5', /column "a": not a number \(got "NA"\)/);
  refused('task,y,a\nn,1,2\ns,NaN,5\n', 'data.csv:3:3', /column "y": not a finite number/);
  refused('task,y,a\nn,1,2\ns,3,-inf\n', 'data.csv:3:5', /column "a": not a finite number/);
  refused('task,y,a\nn,1,2\ns,3,1e999\n', 'data.csv:3:5', /not a finite number/);
  refused('task,y,a\n"n, ""1""",1,0x10\ns,3,5\n', 'data.csv:2:14', /not a number \(got "0x10"\)/);
  refused('task,y,a\n"two\nlines",1,2\n"two\nlines",1,x\ns,1,1\n', 'data.csv:5:10', /not a number/);
});

test('empty file, header only, one task only, broken quotes', () => {
  refused('', 'data.csv', /empty/);
  refused('\n\n', 'data.csv', /empty/);
  refused('task,y,a\n', 'data.csv', /no rows/);
  refused('task,y,a\nn,1,2\nn,2,3\n', 'data.csv', /every row belongs to the task "n"/);
  refused('task,y,a\n"n"x,1,2\n', 'data.csv', /quote/i);
});

test('labels are 0 and 1, or -1 and 1 throughout', () => {
  const logistic = { loss: 'logistic' } as const;
  assert.deepEqual(
    parse('task,y,a\nn,0,2\ns,1,3\n', logistic).tasks.map((task) => task.targets[0]),
    [0, 1],
  );
  assert.deepEqual(
    parse('task,y,a\nn,-1,2\ns,1,3\n', logistic).tasks.map((task) => task.targets[0]),
    [0, 1],
  );
  refused('task,y,a\nn,0,2\ns,2,3\n', 'data.csv:3:3', /label must be 0 or 1.*got 2/, logistic);
  refused('task,y,a\nn,0,2\ns,-1,3\n', 'data.csv:2:3', /label must be 0 or 1.*got 0/, logistic);
});

test('estimates: K x M numbers without a header', () => {
  assert.deepEqual(readEstimates('1,2,3\n-4,5e-1,6\n', 'w.csv'), [
    [1, 2, 3],
    [-4, 0.5, 6],
  ]);
});

test('estimates refused in one clear line', () => {
  const cases: [string, string, RegExp][] = [
    ['1,2\n3\n', 'w.csv:2:2', /the row has 1 numbers, the first 2/],
    ['1,2\n3,NaN\n', 'w.csv:2:3', /not a finite number/],
    ['a,b\n1,2\n', 'w.csv:1:1', /not a number \(got "a"\)/],
    ['1,2\n', 'w.csv', /one row only; at least 2 agents/],
    ['', 'w.csv', /empty/],
  ];
  for (const [text, where, detail] of cases) {
    assert.throws(
      () => readEstimates(text, 'w.csv'),
      (error) =>
        error instanceof KindredError &&
        error.code === 'ESTIMATES_INVALID' &&
        error.where === where &&
        detail.test(error.detail) &&
        !error.message.includes('\n'),
      text,
    );
  }
});

const parseOwn = (text: string, spec: Partial<TableSpec> = {}): { rows: number[]; targets: number[] } => {
  const { rows, targets } = parseOwnTable(text, 'south.csv', { ...SPEC, ...spec }, 'south');
  return { rows: [...rows], targets: [...targets] };
};

test('an own table: with or without the task column, the features by name wherever they stand', () => {
  const expected = { rows: [2, 3, 5, 6], targets: [1, 4] };
  assert.deepEqual(parseOwn('task,y,a,b\nsouth,1,2,3\n south ,4,5,6\n'), expected);
  assert.deepEqual(parseOwn('b,id,y,a\n3,x,1,2\n6,x,4,5\n', { features: ['a', 'b'] }), expected);
});

test('an own table: a row of somebody else has its place and a code, and its name stays out of the message', () => {
  assert.throws(
    () => parseOwn('a,task,y\n1,south,2\n3,Adam,4\n'),
    (error) => error instanceof KindredError && error.code === 'TABLE_NOT_OWN' && error.where === 'south.csv:3:3' && !error.message.includes('Adam'),
  );
});

test('an own table: what else can be wrong is what can be wrong with any table', () => {
  const wrong = (text: string, where: string, detail: RegExp, spec: Partial<TableSpec> = {}): void =>
    assert.throws(
      () => parseOwn(text, spec),
      (error) => error instanceof KindredError && error.code === 'TABLE_INVALID' && error.where === where && detail.test(error.detail),
    );
  wrong('y,a\n', 'south.csv', /no rows/);
  wrong('y,a\n1,2\n3\n', 'south.csv:3:2', /1 cells, the header 2/);
  wrong('y,a\n1,2\n', 'south.csv:1:1', /no column "b" \(problem\.features\)/, { features: ['a', 'b'] });
});

test('labels at a site are those of the whole table, also where there is one class only', () => {
  const all: readonly (readonly number[])[] = [
    [-1, 1, -1],
    [1, 1, 1],
    [-1, -1, -1],
  ];
  const names = ['p', 'q', 'r'];
  for (const low of [-1, 0]) {
    const labels = all.map((own) => own.map((label) => (label === 1 ? 1 : low)));
    const whole = parse(['task,y,a', ...labels.flatMap((own, k) => own.map((label) => `${names[k]},${label},7`))].join('\n'), { loss: 'logistic' });
    const apart = labels.map((own) => parseOwn(['y,a', ...own.map((label) => `${label},7`)].join('\n'), { loss: 'logistic' }).targets);
    assert.deepEqual(
      apart,
      whole.tasks.map(({ targets }) => [...targets]),
    );
  }
});

test('what a spreadsheet writes elsewhere is named: other separators, other encodings', () => {
  refused(GOOD.replaceAll(',', ';'), 'data.csv:1', /separated by semicolons/);
  refused(GOOD.replaceAll(',', '\t'), 'data.csv:1', /separated by tabs/);
  refused([...GOOD].join('\0'), 'data.csv', /not text in UTF-8/);
  refused(GOOD.replace('north', 'caf\uFFFD'), 'data.csv', /not text in UTF-8/);
});

test('a name that a terminal would obey is refused', () => {
  refused(GOOD.replace('south', '\u001b[31msouth'), 'data.csv:3:1', /no control characters/);
  refused(GOOD.replace('south', 'so\u202euth'), 'data.csv:3:1', /no control characters/);
});
