/** What no plan does: faults injected while the run goes on, the whole run killed, one agent asked to leave. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Command } from 'commander';
import { addFaultCommand } from '../../cli/fault.ts';
import { isAlive } from '../../cli/process-note.ts';
import { readEvents } from '../../cli/fault-record.ts';
import { readLive } from '../../cli/run-files.ts';
import type { RunResult } from '../../core/run-result.ts';
import { assertTidy, assertUnharmed, chaosExperiment, explained, reference, SCENARIO_MS, seen, unleash } from '../support/chaos.ts';
import type { Scenario } from '../support/chaos.ts';
import { experimentFile, kindred, onlyRun } from '../support/command.ts';
import { digests } from '../support/experiments.ts';
import { once } from '../support/watched-run.ts';
import type { Watched } from '../support/watched-run.ts';

/** At least 2 s of cooperating. */
const SLOWLY = { faults: ['{ link: all, delay: 20ms }'] };

async function inject(directory: string, faults: string): Promise<void> {
  const program = new Command('kindred').exitOverride();
  addFaultCommand(program, () => {});
  await program.parseAsync(['fault', 'inject', directory, faults], { from: 'user' });
}

test('injected live: a kill, a partition, a pause of the coordinator and loss', { timeout: SCENARIO_MS }, async () => {
  let injected: Promise<void> | undefined;
  const act = once(
    (run: Watched) => run.directory !== '',
    ({ directory }) => {
      const entries = ['{ kill: 5, restartAfter: 300ms }', '{ partition: [["0-3"], ["4-7"]], for: 1s }', '{ link: all, loss: 5%, for: 40 rounds }'];
      injected = inject(directory, `[${entries.join(', ')}, { at: 100, pause: coordinator, for: 500ms }]`);
    },
  );
  const observed = await unleash(SLOWLY, { progress: ({ phase, iteration }, run) => phase === 'cooperating' && iteration > 0 && act(run) });
  await injected;
  explained(observed, () => {
    assert.ok(act.done, 'the run never cooperated');
    assertUnharmed(observed, SLOWLY);
    const sights = [
      { type: 'fault', order: 'kill', target: 5 },
      { type: 'rejoined', agent: 5, incarnation: 2 },
      { type: 'fault-began', detail: 'partition 0,1,2,3 | 4,5,6,7' },
      { type: 'fault-ended', detail: 'loss 5 % on all links' },
      { type: 'fault', order: 'continue', target: 'coordinator' },
    ];
    for (const sight of sights) assert.ok(seen(observed.events, sight), `the record lacks ${JSON.stringify(sight)}`);
  });
});

test('kill -9 of the whole run among other faults, then resume', { timeout: SCENARIO_MS }, async () => {
  const scenario = { faults: ['{ link: all, delay: 20ms, loss: 2% }', '{ at: 20, kill: 6, restartAfter: 1s }'] };
  const { file, directory } = experimentFile(chaosExperiment(scenario));
  const command = kindred('run', file);
  await command.said(/^cooperating:/);
  const run = onlyRun(directory);
  const { supervisor, processes } = readLive(run)!;
  const everybody = [supervisor, ...processes];
  for (const { pid } of everybody) process.kill(pid, 'SIGKILL');
  await command.ended;
  await assertResumes(run, scenario);
  assert.deepEqual(everybody.filter(isAlive), []);
  assert.ok(seen(readEvents(run), { type: 'rejoined', agent: 0, incarnation: 2 }));
});

test('SIGTERM of one agent: it leaves in order, the run names it, and resume completes', { timeout: SCENARIO_MS }, async () => {
  const ask = once(
    (run: Watched) => run.directory !== '',
    (run) => process.kill(run.pid(3), 'SIGTERM'),
  );
  const observed = await unleash(SLOWLY, { progress: ({ phase, iteration }, run) => phase === 'cooperating' && iteration > 0 && ask(run) });
  explained(observed, () => {
    assert.ok(ask.done, 'the run never cooperated');
    assert.equal(observed.result.error?.code, 'AGENT_LOST');
    assert.match(observed.result.error.message, /^agent 3 while cooperating: it left/);
    assertTidy(observed);
  });
  await assertResumes(observed.run.directory, SLOWLY);
});

/** To the same bits as without faults. */
async function assertResumes(directory: string, scenario: Scenario): Promise<void> {
  const { code, stdout, stderr } = await kindred('resume', directory, '--json').ended;
  explained({ events: readEvents(directory), run: { directory } }, () => {
    assert.equal(code, 0, stderr);
    assert.deepEqual(digests(JSON.parse(stdout) as RunResult), digests(reference(scenario)));
  });
}
