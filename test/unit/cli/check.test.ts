/** `kindred check` finds what is planted in a loss, with the coordinate; `kindred new` overwrites nothing. */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { Command } from 'commander';
import { addCheckCommand } from '../../../cli/check.ts';
import { makeFolder } from '../../../cli/new.ts';
import { output } from '../../support/experiments.ts';
import { projectRoot } from '../../support/project.ts';

const POISSON = readFileSync(join(projectRoot, 'templates', 'problem', 'poisson.ts'), 'utf8');

function checked(...args: readonly string[]): { text: string; exit: unknown } {
  const before = process.exitCode;
  let text = '';
  const program = new Command().exitOverride();
  addCheckCommand(program, (part) => (text += part));
  try {
    program.parse(['check', ...args], { from: 'user' });
    return { text, exit: process.exitCode };
  } finally {
    process.exitCode = before;
  }
}

function failing(name: string, text: string): string[] {
  const file = join(output, name);
  writeFileSync(file, text);
  const { text: said, exit } = checked(file, '--json');
  const report = JSON.parse(said) as { passed: boolean; modules: { laws: { law: string; passed: boolean; detail: string }[] }[] };
  assert.equal(exit, report.passed ? 0 : 1);
  return report.modules.flatMap(({ laws }) => laws.filter(({ passed }) => !passed).map(({ law, detail }) => `${law}: ${detail}`));
}

const change = (from: string, to: string): string => {
  assert.ok(POISSON.includes(from), from);
  return POISSON.replace(from, to);
};

describe('a loss of one’s own', () => {
  test('right, it keeps every law', () => assert.deepEqual(failing('right.ts', POISSON), []));
  const WRONG: readonly [string, string, RegExp][] = [
    [
      'one slope a hundredth too long',
      change('slope * x[j]', 'slope * x[j] * (j === 1 ? 1.01 : 1)'),
      /^the gradient is that of the loss: coordinate 2: the gradient says \S+, differences of the loss \S+$/,
    ],
    [
      'a slope that is wrong only where a parameter is large',
      change('slope * x[j]', 'slope * x[j] * (Math.abs(w[0]) > 1.5 ? 1.05 : 1)'),
      /^the gradient is that of the loss: coordinate \d/,
    ],
    ['a forgotten intercept', change('out[0] = slope;', ''), /^every entry of the gradient is written: coordinate 0/],
    ['a gradient that moves w', change('out[0] = slope;', 'out[0] = slope; w[1] += 1e-9;'), /^w and x are not changed/],
    [
      'a loss that remembers',
      change("measure: 'mean", "options: {}, measure: 'mean").replace('return Math.exp(z) - y * z;', 'return Math.exp(z) - y * z + 1e-9 * Math.random();'),
      /^equal arguments give equal bits/,
    ],
    ['an error that is not finite', change('const rate = Math.exp(score(w, x));', 'const rate = 0;'), /^losses and errors are finite/],
  ];
  for (const [i, [what, text, law]] of WRONG.entries())
    test(`${what} is found`, () => {
      const found = failing(`wrong-${i}.ts`, text);
      assert.ok(
        found.some((one) => law.test(one)),
        found.join('\n'),
      );
    });
});

test('an experiment is checked with the modules it names, on the rows of its table', () => {
  const { text, exit } = checked(join(projectRoot, 'templates', 'problem', 'experiment.yaml'));
  assert.equal(exit, 0);
  assert.match(text, /is a valid experiment: 8 agents, 3 arms/);
  assert.match(text, /holds {2}the gradient is that of the loss/);
});

for (const [template, file] of [
  ['stream', 'readings.ts'],
  ['strategy', 'mine.ts'],
  ['estimator', 'mine.mjs'],
] as const)
  test(`the template "${template}" keeps every law`, () => assert.match(checked(join(projectRoot, 'templates', template, file)).text, /every law holds/));

test('a strategy of several arms is checked once with the options of each', () => {
  const { text } = checked(join(projectRoot, 'templates', 'strategy', 'experiment.yaml'));
  const headings = text.split('\n').filter((line) => line.startsWith('./mine.ts'));
  assert.deepEqual(headings, ['./mine.ts {"power":0.5}:', './mine.ts {"power":0.1}:']);
});

test('an unknown option of a module is refused', () => {
  assert.throws(() => checked(join(projectRoot, 'templates', 'estimator', 'mine.mjs'), '-c', 'shrnk=1'), /-c shrnk shrnk: unknown key; did you mean "shrink"/);
});

test('a new folder has the template; one that is in use is left alone', () => {
  const folder = join(output, 'new-folder');
  assert.deepEqual(makeFolder(folder, 'problem'), ['README.md', 'experiment.yaml', 'poisson.ts', 'visits.csv']);
  assert.throws(() => makeFolder(folder, 'strategy'), { code: 'OUTPUT_NOT_EMPTY' });
  mkdirSync(join(output, 'empty'));
  assert.equal(makeFolder(join(output, 'empty'), 'experiment').length, 2);
  assert.throws(() => makeFolder(join(output, 'other'), 'problm'), /did you mean "problem"/);
});
