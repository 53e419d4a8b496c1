import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { inspectedAllText } from '../../../cli/inspect-all-text.ts';
import { inspectAll } from '../../../cli/inspect-all.ts';
import { inspectedExperiment } from '../../../cli/inspected-experiment.ts';
import { Random } from '../../../core/random.ts';
import { mean } from '../../../core/statistics.ts';
import { output, simulated } from '../../support/experiments.ts';
import { projectRoot } from '../../support/project.ts';

const readFile = (path: string): string => readFileSync(path, 'utf8');
const FILE = join(projectRoot, 'examples', 'us-states.yaml');
const flags = { seeds: '0..1', set: ['cooperate.steps=3'], quiet: true };

describe('kindred data inspect --all', async () => {
  const found = await inspectAll(FILE, flags, readFile);
  const rowOf = (name: string) => found.models.find(({ model }) => model === name)!;

  test('the figures of a row are those of a simulated run of its arm', () => {
    const models = found.models.map(({ model }) => model).filter((model) => model !== 'pooled');
    const { arms, problem } = simulated(inspectedExperiment(FILE, flags, readFile)({ split: 1, models }));
    arms.forEach(({ steadyError, errorByAgent }, i) => {
      const row = rowOf(models[i]);
      assert.equal(row.errors[1], steadyError / problem!.targetSd!, row.model);
      assert.deepEqual(row.errorByAgent[1], errorByAgent, row.model);
    });
  });

  test('differences are paired with alone, agents are counted', () => {
    const [alone, row] = [rowOf('alone'), rowOf('hierarchical')];
    assert.equal(alone.against, null);
    const { difference, agents, pairs } = row.against!;
    assert.equal(pairs, 2);
    assert.ok(Math.abs(difference - mean(row.errors.map((error, i) => error / alone.errors[i] - 1))) < 1e-12);
    assert.equal(agents!.gained.length + agents!.harmed.length, 48);
  });

  test('what crosses the wire: a learned graph costs more than a mean, or than a subspace with its guard; all more than alone', () => {
    const [alone, subspace, complete, learned] = ['alone', 'subspace', 'complete', 'learned'].map((name) => rowOf(name).bytesPerAgent!);
    assert.ok(alone < Math.min(subspace, complete) && Math.max(subspace, complete) < learned, `${alone} ${subspace} ${complete} ${learned}`);
    assert.equal(rowOf('pooled').bytesPerAgent, null);
  });

  test('what each learned', () => {
    const namesOf = (model: string): string[] => rowOf(model).learned.map(({ name }) => name);
    assert.deepEqual(namesOf('alone'), ['ridge']);
    assert.deepEqual(namesOf('complete'), ['eta']);
    assert.deepEqual(namesOf('learned'), ['edges', 'eta']);
    assert.deepEqual(namesOf('hierarchical'), ['common slope', 'spread']);
    assert.deepEqual(rowOf('subspace').learned[0], { name: 'directions', of: 6, values: [1, 1] });
  });

  test('eighty columns hold it, but for the advice', () => {
    const lines = inspectedAllText(found).trimEnd().split('\n');
    assert.ok(
      lines.slice(0, -1).every((line) => line.length <= 80),
      lines.find((line) => line.length > 80),
    );
    assert.match(lines.join('\n'), /subspace +0\.\d+ +-\d+\.\d \+- \d+\.\d % +\S+ +\d+\/\d+ \(\d+\/\d+\) +\S+ kB +(< )?\S+ s\n/);
    assert.equal(lines.at(-1), found.advice);
  });
});

test('a model that the experiment is nothing for is left out, and the reason is said', async () => {
  const found = await inspectAll(FILE, { ...flags, seeds: '0..0', set: [...flags.set, 'network.open=false'] }, readFile);
  assert.deepEqual(
    found.refused.map(({ model, reason }) => [model, /network\.open/.test(reason)]),
    [['groups', true]],
  );
  assert.match(inspectedAllText(found), /\ngroups is left out: .*\n/);
});

test('mini-batches are left out: some models know none', () => {
  const load = inspectedExperiment(join(projectRoot, 'examples', 'irish-wind.yaml'), { set: [] }, readFile);
  const { problem } = load({ split: 0, models: ['alone'] });
  assert.ok(problem.kind === 'csv-table' && problem.batch === undefined);
});

test('groups, of a few agents', async () => {
  const path = join(output, 'crews.csv');
  const random = new Random().rekey(2, 0, 'batch', 0);
  // Two kinds of crews: what is good for the one is bad for the other.
  const rows = Array.from({ length: 6 * 24 }, (_, row) => {
    const crew = row % 6;
    const x = Array.from({ length: 4 }, () => random.gaussian());
    const y = (crew < 3 ? 1 : -1) * (x[0] + x[1] - x[2]) + 0.3 * random.gaussian();
    return [`crew${crew}`, ...x, y].join(',');
  });
  writeFileSync(path, ['crew,a,b,c,d,y', ...rows].join('\n'));
  const found = await inspectAll(path, { ...flags, seeds: '0..0', set: [], task: 'crew', target: 'y' }, readFile);
  const groups = found.models.find(({ model }) => model === 'groups')!;
  const [{ name, values }] = groups.learned;
  assert.ok(name === 'groups' && values[0] >= 2 && values[0] <= 3, `${values[0]} ${name}`);
  assert.ok(groups.mean < found.models.find(({ model }) => model === 'pooled')!.mean / 2);
});
