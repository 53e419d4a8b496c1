/** The guard of groups as a stage: who is asked for what it learned alone, and what becomes of everybody's report. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { grouped } from '../../../core/strategy/grouped.ts';
import { guardGroups } from '../../../coordinator/group-guard.ts';
import { groupLayers } from '../../../coordinator/group-layers.ts';
import type { RunRecord, ScriptContext, StageReports, Values } from '../../../coordinator/script.ts';
import { partition } from '../../../coordinator/task-groups.ts';
import type { CooperateWork } from '../../../proto/messages.ts';

const GROUPS = [[0, 1], [2, 3], [4]];

/** Rows, mean and variance, squares alone and in the group: the second group harms. */
const told = (agent: number): Values =>
  new Map([
    ['gain', Float64Array.of(10, agent < 2 ? 0.3 : -0.3, 0.1, 10, agent < 2 ? 8 : 12)],
    ['test', Float64Array.of(agent, 1)],
    ['traffic', Float64Array.of(100, 1)],
  ]);

function reportsOf(values: readonly Values[], brokenOff = false): StageReports {
  return { values, participants: values.map((_, agent) => agent), brokenOff, returned: new Map(), stage: 1, elapsedMs: 7 };
}

function begun(groups: readonly (readonly number[])[], lost: readonly number[] = []) {
  const records: RunRecord[] = [];
  const context = { experiment: { agents: 5 }, record: (entry: RunRecord) => void records.push(entry) } as unknown as ScriptContext;
  const layers = groupLayers(partition(5, groups));
  const works = layers[0].views.map((view) => ({ kind: 'cooperate', view, needs: ['gain'], fallBack: false, epoch: 4 }) as unknown as CooperateWork);
  const all = reportsOf(works.map((_, agent) => (lost.includes(agent) ? new Map() : told(agent))));
  const reports = { ...all, participants: all.participants.filter((agent) => !lost.includes(agent)) };
  return { records, context, works, reports, script: guardGroups(context, grouped.name, layers, works, [reports], reports) };
}

test('a group that harms is asked for what its members learned alone; everybody else keeps its report', () => {
  const { records, reports, script } = begun(GROUPS);
  const asked = script.next().value;
  assert.ok(typeof asked === 'object' && 'works' in asked);
  assert.deepEqual(
    asked.works.map((work) => (work.kind === 'cooperate' ? [work.fallBack, work.needs.length, work.epoch] : work.kind)),
    ['connect', 'connect', [true, 0, 4], [true, 0, 4], 'connect'],
  );
  const alone = asked.works.map((work): Values => new Map(work.kind === 'cooperate' ? [['test', Float64Array.of(9, 1)]] : []));
  const { value, done } = script.next(reportsOf(alone));
  assert.ok(done === true && typeof value === 'object');
  assert.deepEqual(
    value.values.map((values) => [values.get('test')![0], values.get('traffic')![0]]),
    [
      [0, 100],
      [1, 100],
      [9, 100],
      [9, 100],
      [4, 100],
    ],
  );
  assert.equal(value.elapsedMs, reports.elapsedMs);
  const [said] = records;
  assert.ok(said.type === 'diagnostics');
  assert.match(said.diagnostics[0].message, /^grouped: .* better off alone, and left alone: agent 2, 3$/);
});

test('who was lost while the arm went on without it is not judged', () => {
  const { script, reports } = begun(GROUPS, [3]);
  assert.deepEqual(reports.participants, [0, 1, 2, 4]);
  const asked = script.next().value;
  assert.ok(typeof asked === 'object' && 'works' in asked);
  assert.deepEqual(
    asked.works.map(({ kind }) => kind),
    ['connect', 'connect', 'cooperate', 'connect', 'connect'],
  );
});

describe('of a cover, a group that serves one agent and is helped by two', () => {
  const GROUP = [0, 1, 2];
  /** Of the one layer that has it; the helpers are served by another, alone. */
  const asked = (alone: readonly number[], inGroup: readonly number[]): readonly number[] => {
    const { context, works } = begun([GROUP, [3], [4]]);
    const [{ views }] = groupLayers(partition(5, [GROUP, [3], [4]]));
    const told = reportsOf(alone.map((squares, agent): Values => new Map([['gain', Float64Array.of(10, 0, 0.1, squares, inGroup[agent])]])));
    const layer = { views, serves: [0] };
    const script = guardGroups(context, grouped.name, [layer], works, [told], reportsOf(works.map((_, agent) => told.values[agent] ?? told.values[0])));
    const { value } = script.next();
    return typeof value === 'object' && 'works' in value ? value.works.flatMap(({ kind }, agent) => (kind === 'cooperate' ? [agent] : [])) : [];
  };

  test('is judged by the rows of all three', () => {
    assert.deepEqual(asked([10, 10, 10], [11, 8, 8]), []);
    assert.deepEqual(asked([10, 10, 10], [9, 11, 11]), [0]);
  });
});

test('an agent that is lost meanwhile breaks the arm off', () => {
  const { script } = begun(GROUPS);
  script.next();
  assert.deepEqual(script.next(reportsOf([], true)), { value: 'broken off', done: true });
});

test('nobody is asked where every group helps, and nothing is said where everybody is alone', () => {
  const helped = begun([[0, 1], [2], [3], [4]]);
  assert.deepEqual(helped.script.next(), { value: helped.reports, done: true });
  assert.deepEqual(
    helped.records.map((record) => record.type === 'diagnostics' && record.diagnostics[0].code),
    ['GROUPS_HELP'],
  );
  const alone = begun([[0], [1], [2], [3], [4]]);
  assert.deepEqual(alone.script.next(), { value: alone.reports, done: true });
  assert.deepEqual(alone.records, []);
});
