/** Rounds that do not wait, agents that never come back, and real tables: what is promised there instead of equal bits, or with them. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { AGENTS, assertHappened, assertTidy, chaos, chaosExperiment, explained, reference, SCENARIO_MS, unleash } from '../support/chaos.ts';
import type { Scenario } from '../support/chaos.ts';
import { digests, example, simulated } from '../support/experiments.ts';

/** Noise so strong that an agent alone errs three times as much: what goes missing here is seen in the error. */
const NOISY = ['problem.noise=1000', 'problem.dimension=32', 'cooperate.steps=150'];
const LONG = [...NOISY, 'cooperate.arms=[{strategy: multitask, relationship: known}, {strategy: non-cooperative}]'];

function steady(name: string, rounds: string, faults: readonly string[], judge: (error: number, faultFree: number, alone: number) => void): void {
  test(name, { timeout: SCENARIO_MS }, async (context) => {
    const observed = await unleash({ faults, overrides: [...LONG, `network.rounds=${rounds}`] });
    const [faultFree, alone] = reference({ faults: [], overrides: LONG }).arms.map((arm) => arm.steadyError);
    explained(observed, () => {
      assert.equal(observed.result.status, 'completed', observed.result.error?.message);
      const error = observed.result.arms[0].steadyError;
      context.diagnostic(`steady error ${error.toPrecision(4)}; fault-free bsp ${faultFree.toPrecision(4)}, alone ${alone.toPrecision(4)}`);
      judge(error, faultFree, alone);
      assertHappened(observed);
      assertTidy(observed);
    });
  });
}

describe('rounds that do not wait', () => {
  // It may be smaller: what comes late is averaged over more rounds.
  steady('bounded, 30 % loss: the steady error is at most 10 % above the fault-free one', '{bounded: 4}', ['{ link: all, loss: 30% }'], (error, faultFree) => {
    assert.ok(error <= 1.1 * faultFree && error > 0.5 * faultFree, `${error} against ${faultFree}`);
  });
  steady(
    'bounded, an agent stops for two seconds: the others go on',
    '{bounded: 4}',
    ['{ at: 20, pause: 3, for: 2s }', '{ link: all, delay: 1ms }'],
    (error, faultFree, alone) => assert.ok(error < (faultFree + alone) / 2, `${error}: not much better than alone`),
  );
  steady('async, 10 % loss: it ends, and is not worse than alone', 'async', ['{ link: all, loss: 10%, delay: 1ms }'], (error, _, alone) => {
    assert.ok(error <= 1.05 * alone, `${error} against ${alone} alone`);
  });
});

describe('an agent never comes back', () => {
  const forGood = (name: string, scenario: Scenario, missing: readonly number[]): void => {
    test(name, { timeout: SCENARIO_MS }, async () => {
      const observed = await unleash(scenario);
      explained(observed, () => {
        const { result } = observed;
        assert.equal(result.status, 'completed-with-missing', result.error?.message);
        assert.deepEqual(result.agents.missing, missing);
        assert.equal(result.agents.completed, AGENTS - missing.length);
        for (const agent of missing) {
          const said = result.diagnostics.filter(({ code, value }) => code === 'AGENT_LEFT_OUT' && value === agent);
          assert.equal(said.length, 1);
          assert.match(said[0].message, /killed by the fault plan/);
        }
        // The subset decides about the bits, and nothing else.
        assert.deepEqual(digests(result), digests(simulated(chaosExperiment(scenario))));
        assertHappened(observed);
        assertTidy(observed);
      });
    });
  };
  forGood(
    'with a quorum the others complete, and the result says who is missing',
    { faults: ['{ at: 20, kill: 3 }'], overrides: ['participation.quorum=6'] },
    [3],
  );
  forGood('two of them, one while exploring', { faults: ['{ at: exploring, kill: 1 }', '{ at: 80, kill: 6 }'], overrides: ['participation.quorum=6'] }, [1, 6]);

  test('without a quorum the run fails, and says who is gone', { timeout: SCENARIO_MS }, async () => {
    const observed = await unleash({ faults: ['{ at: 20, kill: 3 }'] });
    explained(observed, () => {
      const { error, status, agents } = observed.result;
      assert.equal(status, 'failed');
      assert.equal(error?.code, 'AGENT_LOST');
      assert.match(error.message, /^agent 3 while cooperating: killed by the fault plan/);
      assert.deepEqual(agents.missing, [3]);
      assertTidy(observed);
    });
  });
});

describe('tables', () => {
  const stations = (overrides: readonly string[]) => example('irish-wind', ['cooperate.arms=[{strategy: multitask, eta: 0.5}]', ...overrides]);
  chaos('twelve stations, agents and the coordinator are killed in every phase', {
    base: stations,
    faults: [
      '{ at: exploring, kill: 4, restartAfter: 300ms }',
      '{ at: estimating, restart: 9 }',
      '{ at: cooperating, restart: coordinator }',
      '{ at: 15, kill: 0, restartAfter: 500ms }',
    ],
    sees: [{ type: 'rejoined', agent: 9, incarnation: 2 }],
  });
});
