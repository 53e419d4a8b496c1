/** docs/relationship.md: its fields are those of a file, its experiment runs on one, its commands answer. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Command } from 'commander';
import { addRelationshipCommand } from '../../../cli/relationship.ts';
import { parseEdges } from '../../../config/graph-file.ts';
import { experimentHash, loadExperiment } from '../../../config/load.ts';
import type { RelationshipFile } from '../../../config/relationship-file.ts';
import { createRunStore } from '../../../coordinator/run-store.ts';
import { CONVERSIONS } from '../../../core/relationship/convert.ts';
import type { RunResult } from '../../../core/run-result.ts';
import { simulate } from '../../../sim/simulate.ts';
import { textOf } from '../../support/documents.ts';

const TEXT = textOf('docs/relationship.md');
const LEARN = `
name: first
problem: { kind: gmrf-regression }
explore: { stepSize: 0.05, steps: 200 }
cooperate: { stepSize: 0.04, steps: 60, arms: [{ strategy: multitask }] }
`;

/** The block, or the table, below a comment. */
function below(comment: string): string {
  const from = TEXT.indexOf(`<!-- test: ${comment} -->`);
  assert.ok(from >= 0, comment);
  return TEXT.slice(from).split('\n').slice(1).join('\n');
}

describe('docs/relationship.md', () => {
  const home = mkdtempSync(join(tmpdir(), 'kindred-relationship-'));
  const readFile = (path: string): string => readFileSync(path, 'utf8');
  let first: RunResult;

  function run(name: string, text: string): RunResult {
    const path = join(home, `${name}.yaml`);
    writeFileSync(path, text);
    const experiment = loadExperiment(path, { overrides: [], environment: {}, readFile });
    const store = createRunStore(join(home, 'runs', name), experiment, experimentHash(experiment));
    return simulate({ experiment, runId: name, store, readFile, stopwatch: () => 0 });
  }

  function told(...args: string[]): string {
    let out = '';
    const program = new Command('kindred').exitOverride();
    addRelationshipCommand(program, (part) => void (out += part));
    program.parse(['relationship', ...args, '--out', join(home, 'runs')], { from: 'user' });
    return out;
  }

  before(() => {
    first = run('first', LEARN);
    writeFileSync(join(home, 'v0001.json'), readFile(join(first.directory, 'relationship', 'v0001.json')));
  });
  after(() => rmSync(home, { recursive: true, force: true }));

  test('the conversions are those there are', () => {
    const rows = below('these are the conversions').split('\n').slice(2);
    const told = rows.slice(
      0,
      rows.findIndex((row) => !row.startsWith('|')),
    );
    assert.deepEqual(
      told,
      CONVERSIONS.map(({ from, to, formula }) => `| \`${from}\` | \`${to}\` | ${formula} |`),
    );
  });

  test('every field of a file has its line, and no line is about nothing', () => {
    const rows = below('these are the fields').split('\n').slice(2);
    const table = rows.slice(
      0,
      rows.findIndex((line) => !line.startsWith('|')),
    );
    const named = table.flatMap((row) => [...row.split('|')[1].matchAll(/`(\w+)`/g)].map(([, name]) => name));
    const file = JSON.parse(readFile(join(home, 'v0001.json'))) as Record<string, object>;
    assert.deepEqual(named.filter((name) => !['covariance', 'prior', 'subspace', 'groups', 'servedBy'].includes(name)).sort(), Object.keys(file).sort());
    const inputs = table.find((row) => row.startsWith('| `inputs`'))!;
    for (const name of Object.keys(file['inputs'])) assert.ok(inputs.includes(`\`${name}\``), name);
  });

  test('its experiment takes the relationship of the file, explores nothing, and says where it is from', () => {
    const yaml = /```yaml\n([\s\S]*?)```/.exec(TEXT)![1];
    const again = run('again', yaml);
    assert.equal(again.status, 'completed');
    assert.deepEqual(again.relationship!.laplacian, first.relationship!.laplacian);
    assert.deepEqual(again.relationship!.given, {
      run: 'first',
      version: 1,
      digest: (JSON.parse(readFile(join(home, 'v0001.json'))) as { digest: string }).digest,
    });
    assert.equal(again.relationship!.estimator, 'cgl');
    assert.ok(again.relationship!.diagnostics.some(({ code }) => code === 'RELATIONSHIP_GIVEN'));
    // The same data, the same relationship, the same noise: the bits of the run that learned it.
    assert.equal(again.arms[1].parametersSha256, first.arms[0].parametersSha256);
    const labels = readFile(join(again.directory, 'events.jsonl'));
    assert.ok(!labels.includes('learning alone') && !labels.includes('reporting estimates'));
    assert.match(told('show', 'again'), /not learned here: given as v1 of run first/);
  });

  test('with another noise it explores, and its file tells the noise that was measured', () => {
    const noisy = run(
      'noisy',
      LEARN.replace('gmrf-regression', 'gmrf-regression, noise: 20').replace('explore:', 'relationship: { file: v0001.json }\nexplore:'),
    );
    assert.deepEqual(noisy.relationship!.laplacian, first.relationship!.laplacian);
    assert.match(readFile(join(noisy.directory, 'events.jsonl')), /learning alone/);
    const inputsOf = ({ directory }: RunResult) => (JSON.parse(readFile(join(directory, 'relationship', 'v0001.json'))) as RelationshipFile).inputs;
    const [before, now] = [inputsOf(first), inputsOf(noisy)];
    assert.equal(now.problem['noise'], 20);
    now.noisePower!.forEach((power, agent) => assert.ok(power! < before.noisePower![agent]! / 5, `agent ${agent}: ${power}`));
  });

  test('show tells whose, from what, how well, and what to doubt', () => {
    const text = told('show', 'first');
    for (const part of [
      /^relationship v1 of run first \(first, seed 1\)/,
      /all 10 agents: their average and noise, 200 coordinates/,
      /expected relative error 0\.\d+/,
    ])
      assert.match(text, part);
    assert.match(text, /1 zero: connected/);
    assert.deepEqual(JSON.parse(told('show', 'first@v1', '--json')), JSON.parse(readFile(join(home, 'v0001.json'))));
    assert.equal(told('show', join(home, 'v0001.json')), text);
    assert.throws(() => told('show', 'first@v2'), { code: 'RELATIONSHIP_UNKNOWN', message: 'first there is no v2; it has v1' });
    assert.throws(() => told('show', join(home, 'nothing.json')), { code: 'RELATIONSHIP_UNREADABLE' });
  });

  test('diff finds nothing between equal ones, and every edge against another', () => {
    const edges = (JSON.parse(told('diff', 'first', join(home, 'v0001.json'), '--json')) as { edges: { gained: []; lost: []; changed: []; unchanged: number } })
      .edges;
    assert.deepEqual([edges.gained, edges.lost, edges.changed], [[], [], []]);
    run('other', `seed: 2${LEARN.replace('first', 'other')}`);
    assert.match(told('diff', 'first', 'other'), /relative difference 0\.\d+ .*\nedges: \d+ gained, \d+ lost, \d+ changed, \d+ equal\n/);
  });

  test('exports are what other programs read', () => {
    const { laplacian } = first.relationship!;
    const edges = parseEdges(told('export', 'first', '--format', 'csv'), 'edges.csv');
    assert.ok(edges.length >= 9 && edges.every(({ source, target, weight }) => laplacian![source][target] === -weight));
    const graphml = told('export', 'first', '--format', 'graphml');
    assert.equal(graphml.match(/<edge /g)!.length, edges.length);
    assert.equal(graphml.match(/<node /g)!.length, 10);
    const [head, , size, ...entries] = told('export', 'first', '--format', 'mtx').trim().split('\n');
    assert.equal(head, '%%MatrixMarket matrix coordinate real symmetric');
    assert.equal(size, `10 10 ${entries.length}`);
    for (const [k, l, value] of entries.map((line) => line.split(' ').map(Number))) assert.equal(laplacian![k - 1][l - 1], value);
    const path = join(home, 'out.json');
    assert.equal(told('export', 'first', '-o', path), '');
    assert.deepEqual(JSON.parse(readFile(path)), JSON.parse(told('export', 'first', '--json')));
  });
});
