/** `kindred relationship` on files: priors, graphs on top of them, negative weights, and which file is meant. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Command } from 'commander';
import { addRelationshipCommand } from '../../../cli/relationship.ts';
import { parseRelationship, relationshipFile } from '../../../config/relationship-file.ts';
import { fromRows, identity, type Matrix } from '../../../core/linalg/matrix.ts';
import { weightedLaplacian } from '../../../core/relationship/compare.ts';
import { blockLaplacian } from '../../../core/relationship/groups.ts';
import type { Relationship } from '../../../core/relationship/relationship.ts';
import { givenFile } from '../config/fixture.ts';

const home = mkdtempSync(join(tmpdir(), 'kindred-relationship-'));
after(() => rmSync(home, { recursive: true, force: true }));

const GRAPH = weightedLaplacian(4, [
  [0, 1, 2],
  [2, 3, 1],
]);
const SIGNED = weightedLaplacian(4, [
  [0, 1, 2],
  [0, 2, 2],
  [1, 2, -0.5],
  [2, 3, 1],
]);
const COVARIANCE = fromRows([
  [4, 0],
  [0, 9],
]);

function stored(name: string, relationship: Relationship): string {
  const { digest: _digest, kind: _kind, laplacian: _laplacian, ...about } = parseRelationship(givenFile(4)).file;
  const problem = { kind: 'csv-table', features: ['rooms'], standardize: 'global' };
  const path = join(home, `${name}.json`);
  writeFileSync(path, JSON.stringify(relationshipFile(relationship, { ...about, inputs: { ...about.inputs, problem } })));
  return path;
}

const prior = (covariance: Matrix, laplacian?: Matrix): Relationship => {
  const mean = Float64Array.from({ length: covariance.rows }, (_, d) => d + 0.5);
  return { kind: 'prior', agents: 4, prior: { mean, covariance }, ...(laplacian && { laplacian }) };
};

const AXIS: Relationship = { kind: 'subspace', agents: 4, basis: fromRows([[0.6], [-0.8]]) };
const plain = stored('plain', prior(COVARIANCE));
const gated = stored('gated', prior(COVARIANCE, GRAPH));
const signed = stored('signed', { kind: 'precision', agents: 4, laplacian: SIGNED });

function told(...args: string[]): { out: string; notes: string } {
  let [out, notes] = ['', ''];
  const program = new Command('kindred').exitOverride();
  addRelationshipCommand(
    program,
    (part) => void (out += part),
    (part) => void (notes += part),
  );
  program.parse(['relationship', ...args, '--out', home], { from: 'user' });
  return { out, notes };
}

test('groups are shown by their members; who is in several is served by one of them', () => {
  const groups = [
    [0, 2],
    [1, 2],
  ];
  const { out } = told('show', stored('groups', { kind: 'groups', agents: 4, groups, servedBy: [0, 1, 1, -1], laplacian: blockLaplacian(4, groups) }));
  const names = parseRelationship(givenFile(4)).file.agentNames;
  assert.match(out, new RegExp(`\\n1 +2 +${names[0]}, ${names[2]} \\(helps\\)\n2 +2 +${names[1]}, ${names[2]}\nin no group: ${names[3]}\n`));
  assert.doesNotMatch(out, /edges|eigenvalues/);
});

test('a subspace is shown by feature, compared by its span, and exported as a projection', () => {
  const axis = stored('axis', AXIS);
  const { out } = told('show', axis);
  assert.match(out, /subspace among 4 agents: a linear representation that all agents share/);
  assert.match(out, /1 direction of 2 features\nfeature +in the subspace +direction 1/);
  assert.match(out, /\nfeature 1 +64 % +-0\.8\S*\nfeature 0 +36 % +0\.6/);
  const turned = stored('turned', { ...AXIS, basis: fromRows([[-0.6], [0.8]]) });
  assert.match(told('diff', axis, turned).out, /relative difference 0 /);
  const other = stored('other', { ...AXIS, basis: fromRows([[0.8], [0.6]]) });
  assert.match(told('diff', axis, other).out, /relative difference 1\.41/);
  assert.match(told('export', axis, '--format', 'mtx').out, /2 2 3|0\.36/);
  assert.throws(() => told('export', axis, '--format', 'csv'), /a subspace without a graph has no edges between agents; use json or mtx/);
});

test('a prior is shown by parameter, in the units it is in', () => {
  const { out } = told('show', plain);
  assert.match(out, /learned from all 4 agents/);
  assert.match(out, /2 parameters; units: standardised \(global\)/);
  assert.match(out, /\nintercept +0\.5\S* +2\S*\nrooms +1\.5\S* +3\S*/);
  assert.match(out, /eigenvalues of the covariance between agents: /);
  assert.ok(!out.includes('edges'));
  assert.match(told('show', signed).out, /eigenvalues of the Laplacian: /);
  assert.match(told('show', stored('wide', prior(identity(3)))).out, /\nparameter 0 .*\nparameter 1 .*\nparameter 2 /);
});

test('a prior with a graph on top has edges: shown, compared, exported', () => {
  assert.match(told('show', gated).out, /2 edges of 6 possible/);
  assert.equal(told('export', gated, '--format', 'csv').out, 'source,target,weight\n0,1,2\n2,3,1\n');
  assert.match(told('diff', plain, gated).out, /edges: 2 gained, 0 lost/);
  assert.throws(() => told('export', plain, '--format', 'csv'), {
    code: 'USAGE',
    where: undefined,
    message: 'a prior without a graph has no edges between agents; use json or mtx',
  });
});

test('what cannot be compared is no mistake of a file', () => {
  assert.throws(() => told('diff', plain, signed), { code: 'RELATIONSHIPS_DIFFER' });
});

test('diff as JSON names both files', () => {
  const { before, after: other, relativeDifference } = JSON.parse(told('diff', plain, gated, '--json').out) as Record<string, unknown>;
  assert.deepEqual([before, other, relativeDifference], [{ file: plain, run: 'r', version: 1 }, { file: gated, run: 'r', version: 1 }, 0]);
});

test('a CSV with negative weights is said to be no graph file', () => {
  assert.match(told('export', signed, '--format', 'csv').notes, /^note: 1 edges? .*negative weight.*`graph: \{ file \}`/);
  assert.equal(told('export', gated, '--format', 'csv').notes, '');
  assert.equal(told('export', signed, '--format', 'mtx').notes, '');
});

test('a graph is exported as a covariance, shown by its correlations, and as a precision again', () => {
  const graph = stored('graph', { kind: 'precision', agents: 4, laplacian: SIGNED });
  const covariance = join(home, 'covariance.json');
  const { notes } = told('export', graph, '--as', 'covariance', '-o', covariance);
  assert.match(notes, /^note: a covariance made of a precision: pinv\(L\)/);
  const { out } = told('show', covariance);
  assert.match(out, /covariance among 4 agents: a covariance between agents/);
  assert.match(out, /eigenvalues of the covariance: 0 /);
  assert.match(out, /standard deviation of an agent's parameters 0\.\d+ to 0\.\d+\nagent +agent +correlation\n/);
  const back = join(home, 'back.json');
  assert.match(told('export', covariance, '--as', 'precision', '-o', back).notes, /edges are negative/);
  const { relativeDifference } = JSON.parse(told('diff', graph, back, '--json').out) as { relativeDifference: number };
  assert.ok(relativeDifference < 1e-9, `${relativeDifference}`);
  assert.throws(() => told('export', covariance, '--format', 'csv'), /a covariance without a graph has no edges/);
  assert.match(told('export', covariance, '--as', 'precision', '--format', 'csv').out, /^source,target,weight\n0,1,/);
});

test('a kind that nothing makes of it is refused with the pairs there are', () => {
  assert.throws(() => told('export', plain, '--as', 'groups'), {
    code: 'RELATIONSHIP_NOT_CONVERTED',
    message: /covariance to precision, precision to covariance/,
  });
  assert.equal(told('export', plain, '--as', 'prior').out, told('export', plain).out);
});

test('a version that is not the file’s is refused', () => {
  assert.equal(told('show', `${plain}@v1`).out, told('show', plain).out);
  assert.throws(() => told('show', `${plain}@v2`), { code: 'RELATIONSHIP_UNKNOWN', message: `${plain} there is no v2; the file is v1` });
});

test('the format is that of the file name, unless it is given', () => {
  const written = (file: string, ...args: string[]): string => {
    told('export', gated, '-o', join(home, file), ...args);
    return readFileSync(join(home, file), 'utf8');
  };
  assert.match(written('a.graphml'), /^<\?xml/);
  assert.match(written('a.csv'), /^source,target/);
  assert.match(written('a.MTX'), /^%%MatrixMarket/);
  assert.match(written('a.txt'), /^\{/);
  assert.match(written('b.csv', '--format', 'mtx'), /^%%MatrixMarket/);
  assert.match(written('c.csv', '--json'), /^\{/);
  assert.throws(() => told('export', gated, '--json', '--format', 'csv'), { code: 'USAGE', message: '--json is --format json: give one of them' });
});
