/** The swarm finds bugs: each of these within 200 seeds, though hardly any shows without faults; in pairs as well, where one may hide the other. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Seeds } from '../../sim/swarm-seed.ts';
import { example } from '../support/experiments.ts';
import { PAIRS, PLANTED, together } from '../support/planted-bugs.ts';
import type { PlantedBug } from '../support/planted-bugs.ts';

const SEEDS_MAX = 200;
const experiment = example('swarm');

/** The first seed that finds it, and what it says; undefined when none does. */
function found({ parts }: PlantedBug): string | undefined {
  const seeds = new Seeds(experiment, { parts, minimal: false });
  for (let seed = 1; seed <= SEEDS_MAX; seed++) {
    const [first] = seeds.report(seed).violations;
    if (first !== undefined) return `seed ${seed}: ${first.verdict}: ${first.text}`;
  }
  return undefined;
}

for (const bug of [...PLANTED, ...PAIRS.map((pair) => together(...pair))]) {
  test(bug.name, (t) => {
    const how = found(bug);
    t.diagnostic(how ?? 'not found');
    assert.ok(how !== undefined);
  });
}
