import assert from 'node:assert/strict';
import test from 'node:test';
import { reportText, seedsOf } from '../../../cli/simulate.ts';
import { reportOf } from '../../../sim/swarm.ts';
import type { SeedReport } from '../../../sim/swarm-seed.ts';

const report = (seed: number, more: Partial<SeedReport> = {}): SeedReport => ({
  seed,
  violations: [],
  occurred: { kill: 2 },
  durationMs: 1,
  schedule: [],
  ...more,
});

test('seeds are two whole numbers, the first not above the second', () => {
  assert.deepEqual(seedsOf('1..200'), [1, 200]);
  assert.deepEqual(seedsOf('7..7'), [7, 7]);
  for (const wrong of ['7', '7..', '..7', '9..7', '1..4294967296', '1...3', 'a..b', '-1..3']) assert.throws(() => seedsOf(wrong), { code: 'USAGE' }, wrong);
});

test('a run that lost something and differs counts as both, and is one failing seed with the command that repeats it', () => {
  const violations = [
    { verdict: 'lost', text: 'it did not end' },
    { verdict: 'different', text: 'other bits' },
  ] as const;
  const swarm = reportOf([report(4), report(5, { violations, schedule: ['- { at: 3, kill: 1 }'] })], { file: 'f.yaml' });
  assert.deepEqual(swarm, {
    seeds: 2,
    lost: 1,
    different: 1,
    faults: { kill: 4 },
    failing: [
      {
        seed: 5,
        command: 'kindred simulate f.yaml --seeds 5..5 --faults swarm',
        reasons: ['it did not end', 'other bits'],
        schedule: ['- { at: 3, kill: 1 }'],
      },
    ],
  });
  const text = reportText(swarm);
  for (const part of ['seed 5:', 'it did not end', '- { at: 3, kill: 1 }', '--seeds 5..5 --faults swarm', '2 seeds: 1 lost, 1 different', 'kill 4'])
    assert.ok(text.includes(part), part);
});
