/** `learn` on golden tables, its options, and every refusal. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addLearnCommand, learnCommand, learnText, type LearnRequest, type LearnResult } from '../../../cli/learn.ts';
import { Command } from 'commander';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { KindredError } from '../../../core/errors.ts';
import { buildGraph, laplacian } from '../../../core/graph.ts';
import { symmetricEigen } from '../../../core/linalg/eigen.ts';
import { toRows } from '../../../core/linalg/matrix.ts';
import { laterEstimators } from '../../../config/vocabulary.ts';
import { temporaryDirectory } from './fixture.ts';

/** W (10 x 10) with (1/M) W W' = pinv(L) exactly: W = sqrt(M) V diag(1/sqrt(lambda)) V', zero on the ones vector. */
function goldenTable(): { csv: string; truth: number[][] } {
  const truth = laplacian(buildGraph('reference', 10, 1));
  const { values, vectors } = symmetricEigen(truth);
  const entry = (i: number, j: number) => {
    let sum = 0;
    for (let m = 1; m < 10; m++) sum += (vectors.data[i * 10 + m] * vectors.data[j * 10 + m]) / Math.sqrt(values[m]);
    return sum * Math.sqrt(10);
  };
  const csv = Array.from({ length: 10 }, (_, i) => Array.from({ length: 10 }, (__, j) => entry(i, j)).join(',')).join('\n');
  return { csv, truth: toRows(truth) };
}

function learn(csv: string, more: Partial<LearnRequest> = {}): LearnResult {
  return learnCommand({ estimates: 'W.csv', estimator: 'pinv', options: [], readFile: () => csv, ...more });
}

function refusal(csv: string, more: Partial<LearnRequest> = {}): string {
  try {
    learn(csv, more);
  } catch (error) {
    assert.ok(error instanceof KindredError, String(error));
    return `${error.code} ${error.message}`;
  }
  throw new assert.AssertionError({ message: 'the table was accepted' });
}

test('the golden 10 x 10 table gives back its Laplacian, only by force and with a warning', () => {
  const { csv, truth } = goldenTable();
  assert.equal(
    refusal(csv),
    'ESTIMATE_ILL_POSED W.csv pinv needs at least 30 dimensions for 10 agents (got 10); use cgl, or see the result anyway (learn: -c force=true; in an experiment relationship.force: true)',
  );
  const result = learn(csv, { options: ['force=true'] });
  result.laplacian.forEach((row, i) => row.forEach((value, j) => assert.ok(Math.abs(value - truth[i][j]) < 1e-8, `L[${i}][${j}] = ${value}`)));
  const eigenvalues = [0, 1.1253, 1.4835, 1.8889, 2.0683, 4.0441, 4.4774, 5.4153, 5.8788, 7.6183]; // algorithms-1, section 2
  result.eigenvalues.forEach((value, k) => assert.ok(Math.abs(value - eigenvalues[k]) < 6e-5, `eigenvalue ${k} is ${value}`));
  assert.ok(result.diagnostics.some(({ message }) => message.includes('not to be trusted')));
});

test('the JSON has exactly the pinned names; edges are -L above the diagonal', () => {
  const result = learn('1,2,3,5,4,6,7\n2,1,4,3,3,9,1\n', { estimator: 'cgl' });
  assert.deepEqual(Object.keys(result), ['estimator', 'agents', 'dimension', 'laplacian', 'eigenvalues', 'edges', 'diagnostics']);
  assert.deepEqual([result.estimator, result.agents, result.dimension], ['cgl', 2, 7]);
  assert.equal(result.edges.length, 1);
  assert.deepEqual(result.edges[0], [0, 1, -(result.laplacian[0]?.[1] ?? NaN)]);
  assert.ok(Math.abs(result.eigenvalues[1] - 2 * result.edges[0][2]) < 1e-12);
});

test('an option reaches the estimator', () => {
  const csv = '1,2,3,5,4,6,7\n2,1,4,3,3,9,1\n0,1,0,2,2,2,1\n';
  const plain = learn(csv, { estimator: 'cgl' });
  const noisy = learn(csv, { estimator: 'cgl', options: ['noise=0.5'] });
  assert.deepEqual(learn(csv, { estimator: 'cgl', options: ['noise=0'] }), plain);
  assert.notDeepEqual(noisy.laplacian, plain.laplacian);
});

test('bad tables are refused in one clear line', () => {
  assert.equal(refusal('1,2\n3\n'), 'ESTIMATES_INVALID W.csv:2:2 the row has 1 numbers, the first 2');
  assert.equal(refusal('1,2\n3,nan\n'), 'ESTIMATES_INVALID W.csv:2:3 not a finite number (got "nan")');
  assert.equal(refusal('a,b\n3,4\n'), 'ESTIMATES_INVALID W.csv:1:1 not a number (got "a")');
  assert.equal(refusal('1,2,3\n'), 'ESTIMATES_INVALID W.csv one row only; at least 2 agents are needed');
  assert.equal(refusal(''), 'ESTIMATES_INVALID W.csv the file is empty');
  const readFile = () => {
    throw Object.assign(new Error('x'), { code: 'ENOENT' });
  };
  assert.equal(refusal('', { readFile }), 'ESTIMATES_INVALID W.csv there is no such file');
});

test('wrong names and options are refused, with what was meant', () => {
  assert.match(refusal('', { estimator: 'pinw' }), /^USAGE --estimator must be one of .* \(got "pinw"\); did you mean "pinv"\?$/);
  const [later] = laterEstimators();
  if (later !== undefined) assert.match(refusal('', { estimator: later }), /^CONFIG_UNSUPPORTED --estimator .* comes in a later version; this one has pinv/);
  assert.equal(refusal('', { options: ['forse=true'] }), 'USAGE -c forse=true forse: unknown key; did you mean "force"?');
  assert.equal(refusal('', { options: ['force=maybe'] }), 'USAGE -c force=maybe force: must be true or false (got "maybe")');
  assert.equal(refusal('', { options: ['force'] }), 'USAGE -c force must read option=value');
  assert.equal(refusal('', { estimator: 'cgl', options: ['noise=-1'] }), 'USAGE -c noise=-1 noise: must be >= 0 (got -1)');
});

test('the command: JSON or text, options repeated, an example in the help', (context) => {
  const file = join(temporaryDirectory(context), 'W.csv');
  writeFileSync(file, goldenTable().csv);
  let text = '';
  const program = new Command('kindred').exitOverride();
  addLearnCommand(program, (part) => (text += part));
  program.parse(['learn', '--estimates', file, '--estimator', 'pinv', '-c', 'force=false', '-c', 'force=true', '--json'], { from: 'user' });
  const result = JSON.parse(text) as LearnResult;
  assert.equal(result.agents, 10);
  assert.match(learnText(result), /^pinv: 10 agents, 10 parameters each, 45 edges\neigenvalues 0 1\.125 1\.484 /);
  assert.match(learnText(result), /\.\.\. and 5 weaker ones; --json lists all/);
  text = '';
  program.commands[0]?.configureOutput({ writeOut: (part) => (text += part) }).outputHelp();
  assert.match(text, /Example:\n {2}\$ kindred learn --estimates W\.csv/);
});
