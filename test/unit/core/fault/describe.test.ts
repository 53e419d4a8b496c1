import assert from 'node:assert/strict';
import test from 'node:test';
import { describeFault, faultKinds, kindsOf, type FaultKind } from '../../../../core/fault/describe.ts';
import type { Fault, FaultAction, LinkConditions } from '../../../../core/fault/plan.ts';

const fault = (action: FaultAction): Fault => ({ at: { unit: 'step', step: 1 }, for: { unit: 'run' }, action });
const EVERYTHING: LinkConditions = {
  loss: 0.1,
  duplicate: 0.02,
  reorder: 0.057,
  corrupt: 1,
  delayMs: 50,
  jitterMs: 2_500,
  bandwidth: 64_000,
  blackhole: true,
  reset: true,
  slice: 16,
  limitData: 1_500,
  slowCloseMs: 2_000,
};
const GROUPS = [[0, 1], [2, 'coordinator'], [3]] as const;

const SPOKEN: readonly [FaultAction, string, FaultKind[]][] = [
  [{ kind: 'link', links: [[3, 7]], conditions: { loss: 0.1 } }, 'loss 10 % on 3->7', ['loss']],
  [
    {
      kind: 'link',
      links: [
        [3, 7],
        [7, 3],
      ],
      conditions: { delayMs: 50, jitterMs: 0 },
    },
    'delay 50 ms on 3<->7',
    ['delay'],
  ],
  [
    {
      kind: 'link',
      links: [
        [3, 7],
        [4, 3],
      ],
      conditions: { blackhole: true },
    },
    'blackhole on 3->7, 4->3',
    ['blackhole'],
  ],
  [{ kind: 'link', links: [], conditions: { reset: true } }, 'reset on no link', ['reset']],
  [{ kind: 'link', links: 'all', conditions: { loss: 0 } }, 'nothing on all links', []],
  [
    { kind: 'link', links: 'all', conditions: EVERYTHING },
    'delay 50 ms, jitter 2.5 s, loss 10 %, duplicate 2 %, reorder 5.7 %, corrupt 100 %, bandwidth 64000 B/s, blackhole, reset, slice 16 B, limit-data 1500 B, slow-close 2 s on all links',
    ['delay', 'jitter', 'loss', 'duplicate', 'reorder', 'corrupt', 'bandwidth', 'blackhole', 'reset', 'slice', 'limit-data', 'slow-close'],
  ],
  [{ kind: 'partition', groups: GROUPS, oneWay: false }, 'partition 0,1 | 2,coordinator | 3', ['partition']],
  [{ kind: 'partition', groups: GROUPS, oneWay: true }, 'one-way partition 0,1 -> 2,coordinator | 3', ['one-way-partition']],
  [{ kind: 'isolate', agent: 3 }, 'isolate 3', ['isolate']],
  [{ kind: 'kill', target: 7, restartAfterMs: null }, 'kill 7', ['kill']],
  [{ kind: 'kill', target: 7, restartAfterMs: 5_000 }, 'kill 7, restart after 5 s', ['kill', 'restart']],
  [{ kind: 'kill', target: 'coordinator', restartAfterMs: 0 }, 'kill coordinator, restart after 0 ms', ['coordinator-kill', 'coordinator-restart']],
  [{ kind: 'pause', target: 7 }, 'pause 7', ['pause']],
  [{ kind: 'pause', target: 'coordinator' }, 'pause coordinator', ['coordinator-pause']],
  [{ kind: 'slow-cpu', agent: 3, factor: 4 }, 'slow CPU of 3, 4 times', ['slow-cpu']],
  [{ kind: 'disk-full', agent: 3 }, 'disk full at 3', ['disk-full']],
];

for (const [action, text, kinds] of SPOKEN) {
  test(`in words: ${text}`, () => {
    assert.equal(describeFault(fault(action)), text);
    assert.deepEqual(kindsOf(fault(action)), kinds);
  });
}

test('every kind is of the vocabulary, and every word of it is used', () => {
  const used = SPOKEN.flatMap(([, , kinds]) => kinds);
  assert.deepEqual([...new Set(used)].sort(), [...faultKinds].sort());
});
