import assert from 'node:assert/strict';
import test from 'node:test';
import { Conductor, type Order } from '../../../../core/fault/conductor.ts';
import type { Duration, Fault, FaultPlan, Party, Trigger } from '../../../../core/fault/plan.ts';
import { draw, type Random } from '../../../../core/random.ts';

const RUN: Duration = { unit: 'run' };
const step = (n: number): Trigger => ({ unit: 'step', step: n });
const ms = (n: number): Trigger => ({ unit: 'ms', ms: n });
const kill = (at: Trigger, target: Party, restartAfterMs: number | null): Fault => ({ at, for: RUN, action: { kind: 'kill', target, restartAfterMs } });
const pause = (at: Trigger, target: Party, length: Duration): Fault => ({ at, for: length, action: { kind: 'pause', target } });
const forMs = (n: number): Duration => ({ unit: 'ms', ms: n });
const forSteps = (n: number): Duration => ({ unit: 'steps', steps: n });
const slow: Fault = { at: step(1), for: RUN, action: { kind: 'slow-cpu', agent: 1, factor: 4 } };

const shown = (orders: readonly Order[]): string => orders.map(({ kind, target, fault }) => `${kind} ${target} #${fault}`).join(', ');

/** What happens: agent and step reached, phase entered, or time passed; at which moment; and what must be ordered. */
type Line = readonly [what: string, nowMs: number, expected: string];

function tell(conductor: Conductor, what: string, nowMs: number): Order[] {
  const [word, n] = what.split(' ');
  if (word === 'time') return conductor.time(nowMs);
  if (word === 'exploring' || word === 'estimating' || word === 'cooperating') return conductor.phase(word, nowMs);
  return conductor.reached(Number(word), Number(n), nowMs);
}

const TABLES: Readonly<Record<string, readonly [FaultPlan, ...Line[]]>> = {
  'a kill at a step, and its restart on the time of the kill': [
    [slow, kill(step(10), 2, 500)],
    ['2 9', 90, ''],
    ['1 10', 95, ''],
    ['2 10', 100, 'kill 2 #1'],
    ['time', 599, ''],
    ['time', 600, 'start 2 #1'],
    ['2 9', 700, ''],
    ['2 10', 800, ''],
    ['time', 9_000, ''],
  ],
  'agent 0 reports for the coordinator': [
    [kill(step(10), 'coordinator', 50), pause(step(10), 0, forMs(10))],
    ['1 10', 5, ''],
    ['0 10', 6, 'kill coordinator #0, stop 0 #1'],
    ['time', 100, 'continue 0 #1, start coordinator #0'],
  ],
  'a phase, once': [
    [kill({ unit: 'phase', phase: 'estimating' }, 1, 10)],
    ['exploring', 0, ''],
    ['estimating', 20, 'kill 1 #0'],
    ['time', 30, 'start 1 #0'],
    ['estimating', 40, ''],
  ],
  'late news: the restart counts from the kill that was ordered': [
    [kill(ms(100), 1, 50)],
    ['time', 900, 'kill 1 #0'],
    ['time', 949, ''],
    ['time', 950, 'start 1 #0'],
  ],
  'due at once: in the order of time, then of the plan': [
    [kill(ms(30), 1, null), pause(ms(20), 2, RUN), kill(ms(20), 3, 0)],
    ['time', 40, 'stop 2 #1, kill 3 #2, kill 1 #0, start 3 #2'],
    ['time', 99_999, ''],
  ],
  'a pause in steps ends when another agent gets there': [
    [pause(step(10), 1, forSteps(5))],
    ['1 10', 10, 'stop 1 #0'],
    ['0 14', 20, ''],
    ['2 15', 30, 'continue 1 #0'],
    ['0 15', 40, ''],
  ],
  'a pause in steps whose end others have passed already ends at the next moment': [
    [pause(step(10), 1, forSteps(5))],
    ['0 15', 5, ''],
    ['1 10', 10, 'stop 1 #0'],
    ['time', 10, 'continue 1 #0'],
  ],
  'a pause in steps that began by the clock counts from the furthest step': [
    [pause(ms(50), 1, forSteps(5))],
    ['0 20', 40, ''],
    ['time', 50, 'stop 1 #0'],
    ['0 24', 60, ''],
    ['0 25', 70, 'continue 1 #0'],
  ],
  'two kills: dead until both are over': [
    [kill(ms(0), 1, 100), kill(ms(50), 1, 100)],
    ['time', 0, 'kill 1 #0'],
    ['time', 50, ''],
    ['time', 100, ''],
    ['time', 150, 'start 1 #1'],
  ],
  'two kills, one for good': [
    [kill(ms(0), 1, 100), kill(ms(50), 1, null)],
    ['time', 0, 'kill 1 #0'],
    ['time', 9_999, ''],
    ['time', 99_999, ''],
  ],
  'two pauses: stopped until both are over': [
    [pause(ms(0), 1, forMs(100)), pause(ms(50), 1, forMs(10))],
    ['time', 0, 'stop 1 #0'],
    ['time', 50, ''],
    ['time', 60, ''],
    ['time', 100, 'continue 1 #0'],
  ],
  'a pause that begins and ends while it is dead': [
    [kill(ms(0), 1, 100), pause(ms(10), 1, forMs(20))],
    ['time', 0, 'kill 1 #0'],
    ['time', 10, ''],
    ['time', 30, ''],
    ['time', 100, 'start 1 #0'],
  ],
  'a pause that outlives the death: started, and stopped at once': [
    [kill(ms(0), 1, 100), pause(ms(10), 1, forMs(200))],
    ['time', 0, 'kill 1 #0'],
    ['time', 10, ''],
    ['time', 100, 'start 1 #0, stop 1 #1'],
    ['time', 210, 'continue 1 #1'],
  ],
  'a kill of a stopped one: the end of the pause is not ordered': [
    [pause(ms(0), 1, forMs(50)), kill(ms(10), 1, 100)],
    ['time', 0, 'stop 1 #0'],
    ['time', 10, 'kill 1 #1'],
    ['time', 50, ''],
    ['time', 110, 'start 1 #1'],
  ],
  'a kill inside a pause: stopped again until the pause is over': [
    [pause(ms(0), 1, forMs(500)), kill(ms(10), 1, 100)],
    ['time', 0, 'stop 1 #0'],
    ['time', 10, 'kill 1 #1'],
    ['time', 110, 'start 1 #1, stop 1 #0'],
    ['time', 500, 'continue 1 #0'],
  ],
  'two faults at one step of one agent': [
    [pause(step(5), 1, forMs(10)), kill(step(5), 1, 20)],
    ['1 5', 0, 'stop 1 #0, kill 1 #1'],
    ['time', 10, ''],
    ['time', 20, 'start 1 #1'],
  ],
};

for (const [name, [plan, ...lines]] of Object.entries(TABLES)) {
  test(name, () => {
    const conductor = new Conductor(plan);
    for (const [what, nowMs, expected] of lines) assert.equal(shown(tell(conductor, what, nowMs)), expected, `${what} at ${nowMs} ms`);
    assert.equal(conductor.nextDue(), undefined);
  });
}

test('nextDue names the earliest trigger and follows restarts', () => {
  const conductor = new Conductor([slow, kill(ms(200), 1, 30), pause(ms(100), 2, forMs(5)), kill(step(7), 3, 40)]);
  assert.equal(conductor.nextDue(), 100);
  conductor.time(100);
  assert.equal(conductor.nextDue(), 105);
  conductor.reached(3, 7, 60);
  assert.equal(conductor.nextDue(), 100);
  conductor.time(300);
  assert.equal(conductor.nextDue(), 330);
});

test('watchpoints are those not yet due: of the target, of agent 0 for the coordinator, of the others where a pause ends', () => {
  const conductor = new Conductor([kill(step(30), 1, 10), pause(step(10), 1, forSteps(5)), kill(step(30), 1, null), kill(step(20), 'coordinator', 5), slow]);
  const points = (): number[][] => [0, 1, 2].map((agent) => conductor.watchpoints(agent));
  assert.deepEqual(points(), [[15, 20], [10, 30], [15]]);
  conductor.reached(1, 10, 0);
  assert.deepEqual(points(), [[15, 20], [30], [15]]);
  conductor.reached(2, 15, 0);
  assert.deepEqual(points(), [[20], [30], []]);
  conductor.reached(0, 20, 0);
  conductor.reached(1, 30, 0);
  assert.deepEqual(points(), [[], [], []]);
});

test('what is added live has its own trigger; a trigger that is past means now', () => {
  const conductor = new Conductor([slow]);
  conductor.phase('exploring', 0);
  conductor.phase('cooperating', 100);
  conductor.reached(1, 50, 200);
  assert.equal(conductor.nextDue(), undefined);
  conductor.add([kill(step(60), 1, null), kill(step(40), 1, 10), kill({ unit: 'phase', phase: 'exploring' }, 2, 10), pause(ms(250), 3, RUN)]);
  assert.deepEqual(conductor.watchpoints(1), [60]);
  assert.ok(conductor.nextDue()! <= 201, 'not due at once');
  assert.equal(shown(conductor.time(201)), 'kill 1 #2, kill 2 #3');
  assert.equal(shown(conductor.time(300)), 'start 1 #2, start 2 #3, stop 3 #4');
  assert.equal(shown(conductor.reached(1, 60, 400)), 'kill 1 #1');
});

// Random plans, under an owner that keeps the processes honestly and agents that go back when they are started again.

const AGENTS = 5;
const LAST_STEP = 40;
/** No fault hits it: a pause in steps needs somebody who walks on. */
const WALKER = AGENTS - 1;
const TARGETS: readonly Party[] = [0, 1, 2, 3, 'coordinator'];
const PHASES = ['exploring', 'estimating', 'cooperating'] as const;

function randomTrigger(random: Random): Trigger {
  const unit = random.integer(3);
  if (unit === 0) return step(1 + random.integer(LAST_STEP));
  return unit === 1 ? ms(random.integer(400)) : { unit: 'phase', phase: PHASES[random.integer(3)] };
}

function randomFault(random: Random): Fault {
  const at = randomTrigger(random);
  const target = TARGETS[random.integer(TARGETS.length)];
  if (random.uniform() < 0.5) return kill(at, target, random.uniform() < 0.1 ? null : random.integer(100));
  const steps = at.unit === 'step' ? 1 + random.integer(LAST_STEP - at.step + 1) : 1;
  return pause(at, target, random.uniform() < 0.5 ? forMs(random.integer(150)) : forSteps(Math.min(steps, LAST_STEP)));
}

/** The processes, as the orders leave them. An order that makes no sense for a process fails. */
class Owner {
  readonly conductor: Conductor;
  readonly plan: FaultPlan;
  readonly random: Random;
  readonly states = new Map<Party, 'running' | 'stopped' | 'dead'>(TARGETS.map((target) => [target, 'running']));
  readonly counts = new Map<string, number>();
  readonly steps: number[] = Array.from({ length: AGENTS }, () => 0);
  nowMs = 0;
  orders = 0;

  constructor(plan: FaultPlan, random: Random) {
    this.plan = plan;
    this.random = random;
    this.conductor = new Conductor(plan);
  }

  carryOut(orders: readonly Order[]): void {
    for (const [i, { kind, target, fault }] of orders.entries()) {
      this.orders++;
      const state = this.states.get(target)!;
      const legal = { kill: state !== 'dead', start: state === 'dead', stop: state === 'running', continue: state === 'stopped' };
      assert.ok(legal[kind], `${kind} of ${target}, which is ${state}`);
      this.states.set(target, ({ kill: 'dead', start: 'running', stop: 'stopped', continue: 'running' } as const)[kind]);
      const action = this.plan[fault].action;
      assert.ok('target' in action && action.target === target && (action.kind === 'kill') === (kind === 'kill' || kind === 'start'));
      const isStoppedAgain = kind === 'stop' && orders[i - 1]?.kind === 'start' && orders[i - 1].target === target;
      if (!isStoppedAgain) this.count(`${kind} ${fault}`);
      if (kind === 'start' && target !== 'coordinator') this.steps[target] = this.random.integer(this.steps[target] + 1);
    }
  }

  count(event: string): void {
    assert.equal(this.counts.get(event) ?? 0, 0, `${event} happened twice`);
    this.counts.set(event, 1);
  }

  pass(passedMs: number): void {
    this.nowMs += passedMs;
    const due = this.conductor.nextDue();
    const orders = this.conductor.time(this.nowMs);
    assert.ok(orders.length === 0 || (due !== undefined && due <= this.nowMs), 'it acted before it was due');
    this.carryOut(orders);
    const next = this.conductor.nextDue();
    assert.ok(next === undefined || next > this.nowMs, 'what was due did not happen');
  }

  /** The agent begins its next step, and reports only where it must. */
  advance(agent: number): void {
    if ((this.states.get(agent) ?? 'running') !== 'running' || this.steps[agent] === LAST_STEP + 1) return;
    const next = ++this.steps[agent];
    if (this.conductor.watchpoints(agent).some((watchpoint) => watchpoint <= next)) this.carryOut(this.conductor.reached(agent, next, this.nowMs));
  }

  enter(phase: (typeof PHASES)[number]): void {
    this.carryOut(this.conductor.phase(phase, this.nowMs));
  }

  /** Whether the fault's trigger came. Only a dead agent may fall short of its steps. */
  isDue({ at, action }: Fault): boolean {
    if (at.unit !== 'step' || !('target' in action)) return true;
    const agent = action.target === 'coordinator' ? 0 : Number(action.target);
    if (this.states.get(agent) !== 'dead') return true;
    return this.steps[agent] >= at.step;
  }
}

function ride(seed: number): Owner {
  const random = draw(seed, 0, 'fault', 0);
  const plan = Array.from({ length: 1 + random.integer(10) }, () => randomFault(random));
  const owner = new Owner(plan, random);
  for (const phase of PHASES) {
    owner.enter(phase);
    for (let n = random.integer(10); n > 0; n--) owner.pass(random.integer(20));
  }
  for (let n = 0; n < 200; n++) {
    if (random.uniform() < 0.3) owner.pass(random.integer(30));
    else owner.advance(random.integer(AGENTS));
  }
  // Everything that can happen does: all walk to the end, and time passes.
  const isSettled = (): boolean => owner.steps[WALKER] > LAST_STEP && owner.conductor.nextDue() === undefined && [0, 1, 2, 3].every(isThrough);
  const isThrough = (agent: number): boolean => owner.states.get(agent) === 'dead' || owner.steps[agent] > LAST_STEP;
  for (let turn = 0; !isSettled(); turn++) {
    assert.ok(turn < 1_000, `seed ${seed}: somebody is stopped for ever: ${JSON.stringify([...owner.states])}`);
    for (let agent = 0; agent < AGENTS; agent++) owner.advance(agent);
    owner.pass(10);
  }
  return owner;
}

test('2,000 random plans: legal orders, each fault once, and all run in the end but those killed for good', () => {
  const ends = { running: 0, stopped: 0, dead: 0 };
  let orders = 0;
  for (let seed = 0; seed < 2_000; seed++) {
    const owner = ride(seed);
    orders += owner.orders;
    for (const target of TARGETS) {
      const state = owner.states.get(target)!;
      ends[state]++;
      const forGood = owner.plan.filter(({ action }) => action.kind === 'kill' && action.target === target && action.restartAfterMs === null);
      assert.equal(state, forGood.some((fault) => owner.isDue(fault)) ? 'dead' : 'running', `seed ${seed}, ${target}: ${JSON.stringify(owner.plan)}`);
    }
  }
  assert.ok(orders > 10_000 && ends.dead > 100 && ends.running > 5_000, JSON.stringify({ orders, ends }));
});
