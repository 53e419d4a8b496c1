/**
 * Agents that learn the relationship themselves, as processes: the bits of the simulator, whoever dies, and also when there
 * is no coordinator from before they learn until after they are done.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readEvents } from '../../cli/fault-record.ts';
import type { RunEvent } from '../../core/run-event.ts';
import type { Experiment } from '../../config/experiment.ts';
import { AGENT_HOSTED } from '../../core/relationship/agent-hosted.ts';
import type { RunResult } from '../../core/run-result.ts';
import { digests, inProcesses, simulated, smallExperiment } from '../support/experiments.ts';
import { watchedRun } from '../support/watched-run.ts';

const ARMS = '[{strategy: non-cooperative}, {strategy: multitask}, {strategy: filter}, {strategy: consensus}, {strategy: multitask, relationship: known}]';
const AGENTS = 6;

function experiment(estimator: string, faults: readonly string[] = []): Experiment {
  return smallExperiment([`relationship={estimator: ${estimator}}`, `cooperate.arms=${ARMS}`, `faults=[${faults.join(', ')}]`]);
}

const expected = Object.fromEntries(Object.keys(AGENT_HOSTED).map((name) => [name, simulated(experiment(name))]));

function assertSame(result: RunResult, estimator: string): void {
  assert.equal(result.status, 'completed', result.error?.message);
  assert.deepEqual(digests(result), digests(expected[estimator]));
  assert.deepEqual(result.relationship, expected[estimator].relationship);
  assert.deepEqual(result.arms.map(({ eta, steadyError }) => [eta, steadyError]), expected[estimator].arms.map(({ eta, steadyError }) => [eta, steadyError])); // prettier-ignore
}

/** With which stage done every agent came back to a coordinator that restarted. */
function stagesDone(events: readonly RunEvent[]): unknown[] {
  const back = events.slice(events.findIndex(({ type }) => type === 'resumed')).filter(({ type }) => type === 'rejoined');
  return Array.from({ length: AGENTS }, (_, agent) => back.find((event) => event.agent === agent)?.['stage']);
}

for (const estimator of Object.keys(AGENT_HOSTED)) {
  describe(estimator, () => {
    test('processes and simulator give the same relationship, parameters and eta', async () => assertSame(await inProcesses(experiment(estimator)), estimator));

    test('the coordinator dies before anybody has learned and is away until everybody is done', async () => {
      const { result, run, alive } = await watchedRun(experiment(estimator, ['{ at: cooperating, kill: coordinator, restartAfter: 8s }']), {});
      assertSame(result, estimator);
      assert.deepEqual([run.starts('coordinator'), run.starts(0)], [2, 1]);
      assert.deepEqual(alive, []);
      const events = readEvents(run.directory);
      const last = events.filter(({ type }) => type === 'stage').at(-1)!;
      assert.equal(last['label'], 'learning from neighbours, then every arm');
      assert.deepEqual(
        stagesDone(events),
        Array.from({ length: AGENTS }, () => last['stage']),
      );
      const resumed = events.findIndex(({ type }) => type === 'resumed');
      assert.ok(events.findIndex(({ type }) => type === 'relationship') > resumed, 'it heard of a relationship before it died');
    });

    test('agents die while they learn, over links that lose and delay, and in an arm without a coordinator', async () => {
      const faults = [
        '{ at: estimating, for: 20s, link: all, delay: 15ms, loss: 5% }',
        '{ at: cooperating, kill: 3, restartAfter: 100ms }',
        '{ at: 70, kill: coordinator, restartAfter: 2s }',
        '{ at: 80, kill: 1, restartAfter: 300ms }',
      ];
      const { result, run } = await watchedRun(experiment(estimator, faults), {});
      assertSame(result, estimator);
      assert.deepEqual([run.starts(3), run.starts(1), run.starts('coordinator'), run.starts(0)], [2, 2, 2, 1]);
    });
  });
}
