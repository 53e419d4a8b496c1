/**
 * What is promised in figures, measured on real processes: a peer that died, stopped or cannot be heard is named within
 * 2 s; after a restart of the coordinator all agents are back within 5 s, and those that cooperate never waited for it.
 * Times are those of the record. Under a fault they count from the first agent that met it.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { join } from 'node:path';
import { createFileCheckpointStore } from '../../agent/checkpoint-store.ts';
import type { RunEvent } from '../../core/run-event.ts';
import { describeFault } from '../../core/fault/describe.ts';
import type { Party } from '../../core/fault/plan.ts';
import { AGENTS, assertHappened, assertUnharmed, assertWithin, explained, SCENARIO_MS, sightings, STEPS, unleash } from '../support/chaos.ts';
import type { Observed, Scenario } from '../support/chaos.ts';

const NAMED_MS = 2_000;
const BACK_MS = 5_000;
/** A tenth of what two idle cores do before the checkpoint that is read, which may be a second old. */
const ROUNDS_ALONE = 10;

/** Who must name whom. */
type Pair = readonly [namer: Party, named: number];

interface Silence {
  readonly what: string;
  readonly faults: readonly string[];
  /** Of each, whoever comes first counts. */
  readonly pairs: readonly (readonly Pair[])[];
}

const FOR = 'for: 2500ms';
const eachOther = (a: number, b: number): Pair[] => [[a, b], [b, a]]; // prettier-ignore
const byAnybody = (agent: number): Pair[] => [
  ['coordinator', agent],
  [(agent + 1) % AGENTS, agent],
  [(agent + AGENTS - 1) % AGENTS, agent],
];

/** Several peers at once, so that one run gives a median of each. */
const SILENCES: readonly Silence[] = [
  { what: 'SIGKILL', faults: [1, 4, 7].map((agent) => `kill: ${agent}, restartAfter: 1s`), pairs: [1, 4, 7].map(byAnybody) },
  { what: 'SIGSTOP', faults: [0, 3, 6].map((agent) => `pause: ${agent}, ${FOR}`), pairs: [0, 3, 6].map(byAnybody) },
  {
    what: 'a half-open link',
    faults: ['1<->2', '4<->5', '6<->7'].map((link) => `link: ${link}, blackhole: true, ${FOR}`),
    pairs: [eachOther(1, 2), eachOther(4, 5), eachOther(6, 7)],
  },
  {
    what: 'a half-open link, one way',
    faults: ['0->1', '3->4', '6->5'].map((link) => `link: ${link}, blackhole: true, ${FOR}`),
    pairs: [[[1, 0]], [[4, 3]], [[5, 6]]],
  },
  { what: 'a partition', faults: [`partition: [["0-3"], ["4-7"]], ${FOR}`], pairs: [eachOther(3, 4), eachOther(7, 0)] },
  { what: 'a partition, one way', faults: [`partition: [["0-3"], ["4-7"]], direction: one-way, ${FOR}`], pairs: [[[4, 3]], [[7, 0]]] },
  { what: 'an agent cut off from all', faults: [2, 5].map((agent) => `isolate: ${agent}, ${FOR}`), pairs: [2, 5].map(byAnybody) },
];

const STEPS_APART = 15;

for (const half of [SILENCES.slice(0, 4), SILENCES.slice(4)]) {
  const names = half.map(({ what }) => what).join(', ');
  test(`named within ${NAMED_MS / 1000} s: ${names}`, { timeout: SCENARIO_MS }, async (context) => {
    const faults = half.flatMap((silence, i) => silence.faults.map((fault) => `{ at: ${STEPS_APART * (i + 1)}, ${fault} }`));
    const scenario = { faults };
    const observed = await unleash(scenario);
    explained(observed, () => {
      assertUnharmed(observed, scenario);
      assertHappened(observed);
      half.forEach((silence, i) => assertNamed(context, observed, silence, STEPS_APART * (i + 1)));
    });
  });
}

function assertNamed(context: TestContext, { events, experiment }: Observed, { what, pairs }: Silence, step: number): void {
  const faults = experiment.faults.filter(({ at }) => at.unit === 'step' && at.step === step);
  const words = faults.map(describeFault);
  const began = events.filter(
    ({ type, fault, detail }) => (type === 'fault' && words.includes(String(fault))) || (type === 'fault-began' && words.includes(String(detail))),
  );
  const start = timeOf(
    began.find(({ type }) => (faults[0].action.kind !== 'kill' && faults[0].action.kind !== 'pause' ? type === 'fault-began' : type === 'fault')),
  );
  const took = pairs.map((either) => firstAfter(events, start, either) - start);
  assertWithin(context, `${what}: named after`, took, NAMED_MS);
}

/** Infinity: nobody ever said it. */
function firstAfter(events: readonly RunEvent[], start: number, either: readonly Pair[]): number {
  const said = events.filter(
    (event) =>
      timeOf(event) >= start &&
      either.some(([namer, named]) =>
        namer === 'coordinator'
          ? event.type === 'lost' && event['agent'] === named
          : event.type === 'link-lost' && event['agent'] === namer && event['neighbour'] === named,
      ),
  );
  return said.length === 0 ? Infinity : timeOf(said[0]);
}

test(`the coordinator restarts in every phase: all agents are back within ${BACK_MS / 1000} s`, { timeout: SCENARIO_MS }, async (context) => {
  // One in each arm: without it no arm follows the other, so that it lives when the next one is due.
  const at = ['exploring', 'estimating', '10', `${STEPS + 10}`, `${2 * STEPS + 10}`];
  const scenario: Scenario = {
    faults: at.map((when) => `{ at: ${when}, kill: coordinator, restartAfter: 500ms }`),
    overrides: ['cooperate.arms=[{strategy: multitask}, {strategy: consensus}, {strategy: filter}]'],
  };
  const observed = await unleash(scenario);
  explained(observed, () => {
    assertUnharmed(observed, scenario);
    const restarts = sightings(observed.events, { type: 'restarted', party: 'coordinator' });
    assert.equal(restarts.length, at.length);
    const took = restarts.map((restart) => allBack(observed.events, restart) - timeOf(restart));
    assertWithin(context, `all back, killed at ${at.join(', ')}`, took, BACK_MS);
  });
});

/** From the start of its process to the last agent, its own start included. */
function allBack(events: readonly RunEvent[], restart: RunEvent): number {
  const from = events.indexOf(restart);
  const missing = new Set(Array.from({ length: AGENTS }, (_, agent) => agent));
  for (const event of events.slice(from)) {
    if (event.type === 'rejoined') missing.delete(event['agent'] as number);
    if (missing.size === 0) return timeOf(event);
  }
  return Infinity;
}

test('while the coordinator is dead, cooperating agents go on', { timeout: SCENARIO_MS }, async (context) => {
  const [killedAt, deadMs] = [40, 2_500];
  // Rounds of 10 ms and more: the arm outlasts the coordinator's absence.
  const faults = ['{ link: all, delay: 10ms }', `{ at: ${killedAt}, kill: coordinator, restartAfter: ${deadMs}ms }`];
  const scenario: Scenario = { faults, overrides: ['cooperate.steps=350', 'cooperate.arms=[{strategy: multitask}]'] };
  let steps = 0;
  const observed = await unleash(scenario, {
    process: ({ party, event, starts }, run) => {
      if (party === 'coordinator' && event === 'started' && starts === 2) steps = stepOnDisk(run.directory);
    },
  });
  explained(observed, () => {
    assertUnharmed(observed, scenario);
    context.diagnostic(`${steps - killedAt} rounds were durable after ${deadMs / 1000} s without a coordinator`);
    // Who waits for it makes one or two. That it is full speed is measured in virtual time (test/process/fault-effects).
    assert.ok(steps - killedAt >= ROUNDS_ALONE, `only ${steps - killedAt} rounds`);
  });
});

/** The cooperating step that agent 5 has written down, which nobody but itself can have told it. */
function stepOnDisk(directory: string): number {
  return createFileCheckpointStore(join(directory, 'agents', '5')).load().checkpoint?.cooperatingStep ?? 0;
}

function timeOf(event: RunEvent | undefined): number {
  return Date.parse(event?.at ?? '');
}
