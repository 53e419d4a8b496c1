/** `kindred fault` without a run that goes on: what is parsed, refused, listed and replayed. Live: test/process/fault-command.test.ts. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { Command } from 'commander';
import { addFaultCommand, type FaultRecord } from '../../../cli/fault.ts';
import { parseFaults } from '../../../cli/parse-faults.ts';
import type { RunEvent } from '../../../core/run-event.ts';
import { recordedPlan, timelineOf } from '../../../core/fault/timeline.ts';
import { createRun } from '../../../cli/new-run.ts';
import { RunFiles } from '../../../cli/run-files.ts';
import { experimentHash, loadExperiment } from '../../../config/load.ts';
import { createRunStore } from '../../../coordinator/run-store.ts';
import { KindredError, type ErrorCode } from '../../../core/errors.ts';
import type { Fault } from '../../../core/fault/plan.ts';
import { smallExperiment } from '../../support/experiments.ts';
import { temporaryDirectory } from './fixture.ts';

const RUN = { unit: 'run' } as const;
const KILL: Fault = { at: { unit: 'step', step: 30 }, for: RUN, action: { kind: 'kill', target: 3, restartAfterMs: 5_000 } };
const LOSS: Fault = { at: { unit: 'ms', ms: 2_500 }, for: RUN, action: { kind: 'link', links: [[1, 2]], conditions: { loss: 0.2 } } };
const PAUSE: Fault = { at: { unit: 'ms', ms: 3_000 }, for: { unit: 'ms', ms: 500 }, action: { kind: 'pause', target: 'coordinator' } };

const at = (ms: number): string => new Date(1_700_000_000_000 + ms).toISOString();

/** Planned: KILL. Injected: LOSS at 2.5 s, PAUSE at 3 s. Cleared at 6 s. */
const EVENTS: RunEvent[] = [
  { at: at(-900), type: 'started', mode: 'processes' },
  { at: at(0), type: 'stage', stage: 1 },
  { at: at(1_000), type: 'fault', order: 'kill', target: 3, fault: 'kill 3, restart after 5 s', of: KILL },
  { at: at(1_001), type: 'fault-began', agent: 4, detail: 'kill 3, restart after 5 s' },
  { at: at(2_500), type: 'faults', elapsedMs: 2_500, plan: [KILL, LOSS] },
  { at: at(2_510), type: 'fault-began', agent: 1, detail: 'loss 20 % on 1->2' },
  { at: at(2_520), type: 'fault-began', agent: 2, detail: 'loss 20 % on 1->2' },
  { at: at(3_000), type: 'faults', elapsedMs: 3_000, plan: [KILL, LOSS, PAUSE] },
  { at: at(4_000), type: 'process-lost', party: 5, detail: 'it was ended by SIGKILL' },
  { at: at(4_100), type: 'restarted', party: 5, starts: 2 },
  { at: at(6_000), type: 'faults', elapsedMs: 6_000, plan: [] },
  { at: at(6_010), type: 'fault-ended', agent: 1, detail: 'loss 20 % on 1->2' },
];

const refusal = (code: ErrorCode, text: RegExp) => (error: unknown) => error instanceof KindredError && error.code === code && text.test(error.message);

/** Runs a subcommand, and returns what it wrote. */
async function kindred(...args: string[]): Promise<string> {
  let text = '';
  const program = new Command('kindred').exitOverride();
  addFaultCommand(program, (part) => (text += part));
  await program.parseAsync(['fault', ...args], { from: 'user' });
  return text;
}

function stored(context: TestContext): RunFiles {
  const experiment = { ...smallExperiment(['faults=[{ at: 30, kill: 3, restartAfter: 5s }]']), output: { directory: temporaryDirectory(context), every: 10 } };
  const { directory } = createRun(experiment);
  createRunStore(directory, experiment, experimentHash(experiment));
  const files = new RunFiles(directory);
  for (const { type, ...fields } of EVENTS) files.event(type, fields);
  return files;
}

test('one entry or a list, in the words of the file', () => {
  const experiment = smallExperiment();
  assert.deepEqual(parseFaults('{ kill: 3, restartAfter: 2s }', experiment), [{ kill: 3, restartAfter: '2s' }]);
  assert.deepEqual(parseFaults('[{ at: cooperating, pause: coordinator, for: 1s }, { link: 1->2, loss: 20% }]', experiment), [
    { at: 'cooperating', pause: 'coordinator', for: '1s' },
    { link: '1->2', loss: '20%' },
  ]);
});

test('what is wrong with a fault is said as for the file', () => {
  const wrong: [string, RegExp][] = [
    ['{ kil: 3 }', /faults\[0\]\.kil: unknown key; did you mean "kill"/],
    ['{ kill: 6 }', /faults\[0\]\.kill: there is no agent 6 \(there are 0 to 5\)/],
    ['[{ kill: 1 }, { link: 1->2, loss: 200% }]', /faults\[1\]\.loss: must be a probability/],
    ['{ pause: 1 }', /faults\[0\]\.for: is missing/],
    ['kill 3', /must be/],
    ['{ kill: 3', /is not YAML/],
    ['[]', /there is no fault/],
  ];
  for (const [text, complaint] of wrong) assert.throws(() => parseFaults(text, smallExperiment()), refusal('USAGE', complaint), text);
});

test('nothing can be injected into, or cleared of, a run that does not go on', async (context) => {
  const { directory } = stored(context);
  await assert.rejects(kindred('inject', directory, '{ kill: 3 }'), refusal('RUN_NOT_LIVE', /unfinished/));
  await assert.rejects(kindred('clear', directory), refusal('RUN_NOT_LIVE', /unfinished/));
  await assert.rejects(kindred('inject', directory, '{ kill: 9 }'), refusal('USAGE', /no agent 9/), 'a mistake is named first');
});

test('the timeline: changes of the plan, what agents saw, what became of processes', () => {
  assert.deepEqual(
    timelineOf(EVENTS, [KILL]).map(({ ms, event, what, agents, party }) => [ms, event, what, agents ?? party]),
    [
      [1_000, 'kill', 'kill 3, restart after 5 s', 3],
      [2_500, 'injected', 'loss 20 % on 1->2', undefined],
      [2_510, 'began', 'loss 20 % on 1->2', [1, 2]],
      [3_000, 'injected', 'pause coordinator for 0.500 s', undefined],
      [4_000, 'lost', 'it was ended by SIGKILL', 5],
      [4_100, 'restarted', '', 5],
      [6_000, 'cleared', 'kill 3, restart after 5 s', undefined],
      [6_000, 'cleared', 'loss 20 % on 1->2', undefined],
      [6_000, 'cleared', 'pause coordinator for 0.500 s', undefined],
      [6_010, 'ended', 'loss 20 % on 1->2', [1]],
    ],
  );
});

test('an agent that sees a fault begin again sees it twice', () => {
  const again = { ...EVENTS[5], at: at(5_000) };
  const began = timelineOf([...EVENTS, again], [KILL]).filter(({ event }) => event === 'began');
  assert.deepEqual(
    began.map(({ ms }) => ms),
    [2_510, 5_000],
  );
});

test('the plan of a replay: live faults at their times, no longer than until they were cleared', () => {
  assert.deepEqual(recordedPlan(EVENTS.slice(0, -2), [KILL]), [KILL, LOSS, PAUSE]);
  assert.deepEqual(recordedPlan(EVENTS, [KILL]), [
    { ...KILL, action: { ...KILL.action, restartAfterMs: 5_000 } },
    { ...LOSS, for: { unit: 'ms', ms: 3_500 } },
    PAUSE,
  ]);
});

test('what was cleared before it began is not replayed; a restart that was hurried is', () => {
  const late: Fault = { ...LOSS, at: { unit: 'ms', ms: 9_000 } };
  const slow: Fault = { ...KILL, action: { kind: 'kill', target: 3, restartAfterMs: 60_000 } };
  const events: RunEvent[] = [
    EVENTS[1],
    { at: at(1_000), type: 'fault', order: 'kill', target: 3, fault: 'kill 3, restart after 60 s', of: slow },
    { at: at(2_000), type: 'faults', elapsedMs: 2_000, plan: [slow, late] },
    { at: at(3_000), type: 'faults', elapsedMs: 3_000, plan: [] },
  ];
  assert.deepEqual(recordedPlan(events, [slow]), [{ ...slow, action: { kind: 'kill', target: 3, restartAfterMs: 2_000 } }]);
});

test('list: of a stored run, for people and as JSON', async (context) => {
  const { directory } = stored(context);
  const text = await kindred('list', directory);
  assert.match(text, /^step 30 +kill 3, restart after 5 s$/m);
  assert.match(text, /^2\.510 s +began +loss 20 % on 1->2 +agents 1, 2$/m);
  assert.match(text, /^4\.100 s +restarted +agent 5$/m);
  const record = JSON.parse(await kindred('list', directory, '--json')) as FaultRecord;
  assert.equal(record.live, false);
  assert.deepEqual(record.planned, [KILL]);
  assert.equal(record.timeline.length, 10);
});

test('replay: a file that loads, with the live faults planned', async (context) => {
  const { directory } = stored(context);
  const file = join(directory, 'replay.yaml');
  const text = await kindred('replay', directory, '--out', file);
  assert.match(text, new RegExp(`kindred -- run ${file}$`, 'm'));
  const experiment = loadExperiment(file, { overrides: [], environment: {}, readFile: (path) => readFileSync(path, 'utf8') });
  assert.deepEqual(experiment.faults, recordedPlan(EVENTS, [KILL]));
  const { file: named } = JSON.parse(await kindred('replay', directory, '--out', file, '--json')) as { file: string };
  assert.equal(named, file);
});
