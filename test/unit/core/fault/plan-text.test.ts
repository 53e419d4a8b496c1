import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { KindredError } from '../../../../core/errors.ts';
import { faultPlanOf, faultPlanText } from '../../../../core/fault/plan-text.ts';
import { NO_CONDITIONS, type FaultPlan } from '../../../../core/fault/plan.ts';
import { LIMITS } from '../../../../core/limits.ts';

const PLAN: FaultPlan = [
  { at: { unit: 'step', step: 120 }, for: { unit: 'steps', steps: 300 }, action: { kind: 'link', links: 'all', conditions: { ...NO_CONDITIONS, loss: 0.1 } } },
  { at: { unit: 'ms', ms: 0.5 }, for: { unit: 'ms', ms: 5_000 }, action: { kind: 'link', links: [[3, 'coordinator']], conditions: { reset: true } } },
  { at: { unit: 'phase', phase: 'estimating' }, for: { unit: 'run' }, action: { kind: 'partition', groups: [[0, 1], ['coordinator']], oneWay: true } },
  { at: { unit: 'step', step: 1 }, for: { unit: 'run' }, action: { kind: 'isolate', agent: 3 } },
  { at: { unit: 'step', step: 1 }, for: { unit: 'run' }, action: { kind: 'kill', target: 'coordinator', restartAfterMs: null } },
  { at: { unit: 'step', step: 1 }, for: { unit: 'run' }, action: { kind: 'kill', target: 3, restartAfterMs: 5_000 } },
  { at: { unit: 'step', step: 1 }, for: { unit: 'ms', ms: 1 }, action: { kind: 'pause', target: 3 } },
  { at: { unit: 'step', step: 1 }, for: { unit: 'run' }, action: { kind: 'slow-cpu', agent: 3, factor: 4 } },
  { at: { unit: 'step', step: 1 }, for: { unit: 'run' }, action: { kind: 'disk-full', agent: 3 } },
];

test('a plan goes there and back; no plan is no text', () => {
  assert.deepEqual(faultPlanOf(faultPlanText(PLAN)), PLAN);
  assert.equal(faultPlanText([]), '');
  assert.deepEqual([faultPlanOf(''), faultPlanOf('[]')], [[], []]);
});

const entry = (change: object): string => JSON.stringify([{ ...PLAN[3], ...change }]);
const action = (change: object): string => entry({ action: change });

/** [what is wrong, text, what is said] */
const WRONG: readonly [string, string, string][] = [
  ['no JSON', '{', 'the fault plan is not JSON'],
  ['no list', '{}', 'the fault plan is wrong at its top'],
  ['a text that is too long', ' '.repeat(LIMITS.faultPlanCharsMax + 1), 'the fault plan is too long'],
  ['no fault', '[7]', 'the fault plan is wrong at fault 0'],
  ['a second fault that is none', JSON.stringify([PLAN[3], null]), 'the fault plan is wrong at fault 1'],
  ['a field too many', entry({ more: 1 }), 'the fault plan is wrong at fault 0'],
  ['another unit', entry({ at: { unit: 'year', year: 1 } }), 'the fault plan is wrong at fault 0: at'],
  ['half a step', entry({ at: { unit: 'step', step: 1.5 } }), 'the fault plan is wrong at fault 0: at'],
  ['a step before the first', entry({ at: { unit: 'step', step: -1 } }), 'the fault plan is wrong at fault 0: at'],
  [
    'a time without end',
    '[{"at":{"unit":"ms","ms":1e999},"for":{"unit":"run"},"action":{"kind":"isolate","agent":3}}]',
    'the fault plan is wrong at fault 0: at',
  ],
  ['an unknown phase', entry({ at: { unit: 'phase', phase: 'completed' } }), 'the fault plan is wrong at fault 0: at'],
  ['a duration longer than a timer', entry({ for: { unit: 'ms', ms: 2 ** 31 } }), 'the fault plan is wrong at fault 0: for'],
  ['a run with steps', entry({ for: { unit: 'run', steps: 3 } }), 'the fault plan is wrong at fault 0: for'],
  ['an unknown kind', action({ kind: 'flood', agent: 3 }), 'the fault plan is wrong at fault 0: action'],
  ['no agent', action({ kind: 'isolate' }), 'the fault plan is wrong at fault 0: action'],
  ['too large an agent', action({ kind: 'isolate', agent: LIMITS.agentsMax }), 'the fault plan is wrong at fault 0: action'],
  ['the coordinator where only agents go', action({ kind: 'disk-full', agent: 'coordinator' }), 'the fault plan is wrong at fault 0: action'],
  ['a link of three', action({ kind: 'link', links: [[1, 2, 3]], conditions: {} }), 'the fault plan is wrong at fault 0: action'],
  ['a probability above 1', action({ kind: 'link', links: 'all', conditions: { loss: 1.1 } }), 'the fault plan is wrong at fault 0: action'],
  ['a number for yes', action({ kind: 'link', links: 'all', conditions: { reset: 1 } }), 'the fault plan is wrong at fault 0: action'],
  ['an unknown condition', action({ kind: 'link', links: 'all', conditions: { toString: 1 } }), 'the fault plan is wrong at fault 0: action'],
];

for (const [what, text, message] of WRONG) {
  test(`refuses ${what}`, () => {
    const check = (error: unknown): boolean => error instanceof KindredError && error.code === 'WIRE_GARBAGE' && error.message === message;
    assert.throws(() => faultPlanOf(text), check);
  });
}

test('whatever comes, it is a plan or WIRE_GARBAGE', () => {
  const damaged = fc.tuple(fc.nat(), fc.constantFrom('', '1', '-1', 'null', '"x"', '{}', '[]'));
  const text = faultPlanText(PLAN);
  fc.assert(
    fc.property(fc.oneof(fc.json(), damaged), (input) => {
      const given = typeof input === 'string' ? input : `${text.slice(0, input[0] % text.length)}${input[1]}${text.slice((input[0] % text.length) + 1)}`;
      try {
        const plan = faultPlanOf(given);
        assert.deepEqual(faultPlanOf(faultPlanText(plan)), plan);
      } catch (error) {
        assert.ok(error instanceof KindredError && error.code === 'WIRE_GARBAGE', String(error));
      }
    }),
    { seed: 1, numRuns: 2_000 },
  );
});
