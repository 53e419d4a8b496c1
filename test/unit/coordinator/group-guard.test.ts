/** The guard of groups as a stage: who is asked for what it learned alone, and what becomes of everybody's report. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
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
  return { records, reports, script: guardGroups(context, grouped.name, layers, works, reports) };
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
