/**
 * Random fault schedules for the swarm. Every seed draws its own temper first - how many faults, of which kinds, how strong,
 * how long - so that some seeds are calm and some are wild; then the faults themselves.
 *
 *  1. Everything heals: what is broken is mended after a time in milliseconds, what is killed starts again. Only faults that
 *     let every round through may last for a number of rounds: in bsp the others would wait for their own end.
 *  2. Nobody is left out: the run waits for whoever is away for longer than the horizon. Hence it must end, before the
 *     horizon, with the bits of the run without faults.
 *  3. Times are those of the config's own entries (a tenth of a millisecond, a hundredth of a probability), so that a plan
 *     can be written as YAML and read back as it is.
 */
import type { Duration, Fault, FaultAction, FaultPhase, FaultPlan, Party, Trigger } from '../core/fault/plan.ts';
import type { Experiment } from '../config/experiment.ts';
import { loadGraph } from '../config/graph-file.ts';
import { Dice, hundredths, tenths } from './dice.ts';
import { MAKERS, type Maker, type Scene } from './fault-makers.ts';

export interface Schedule {
  readonly seed: number;
  readonly plan: FaultPlan;
  /** One-way delay of a link without faults. */
  readonly delayMs: (from: Party, to: Party) => number;
  readonly checkpointMs: number;
  readonly checkpointLatencyMs: number;
  /** Virtual time after which an unfinished run counts as stuck. */
  readonly horizonMs: number;
}

/** After everything healed. Backoffs and repetitions are a few seconds at most. */
const RECOVERY_MS = 60_000;
const FAULTS_MAX = 24;
const PHASES: readonly FaultPhase[] = ['exploring', 'estimating', 'cooperating'];
/** Where the experiment leaves the number of its steps open. */
const STEPS_GUESSED = 300;

export function randomPlan(seed: number, experiment: Experiment): Schedule {
  const dice = new Dice(seed);
  const meanDelayMs = dice.scale(0.1, 5);
  const scene = sceneOf(dice, experiment, meanDelayMs);
  const makers = dice.some(MAKERS, 0.5);
  const wanted = dice.chance(0.4) ? 1 + dice.below(3) : 4 + dice.below(FAULTS_MAX - 3);
  const plan: Fault[] = dice.chance(0.3) ? [background(scene)] : [];
  while (plan.length < wanted) plan.push(...drawFaults(scene, makers));
  return {
    seed,
    plan,
    delayMs: delays(seed, meanDelayMs),
    checkpointMs: tenths(dice.scale(2, 1_000)),
    checkpointLatencyMs: tenths(dice.scale(0.1, 50)),
    horizonMs: horizonOf(plan) + scene.safetyMs,
  };
}

/** By then a run under this plan has healed and recovered. */
export function horizonOf(plan: FaultPlan): number {
  const lastMs = plan.reduce((last, { at }) => Math.max(last, at.unit === 'ms' ? at.ms : 0), 0);
  return lastMs + plan.reduce((sum, fault) => sum + lengthMs(fault), 0) + RECOVERY_MS;
}

/** How long a fault lasts at most; what is counted in rounds lets rounds pass. */
function lengthMs({ for: duration, action }: Pick<Fault, 'for' | 'action'>): number {
  if (action.kind === 'kill') return action.restartAfterMs ?? 0;
  return duration.unit === 'ms' ? duration.ms : 0;
}

function sceneOf(dice: Dice, experiment: Experiment, meanDelayMs: number): Scene {
  const { agents, cooperate } = experiment;
  const steps = (cooperate.steps === 'auto' ? STEPS_GUESSED : cooperate.steps) * cooperate.arms.length;
  const longestMs = dice.scale(10, 4_000);
  return {
    dice,
    agents,
    links: linksOf(experiment),
    steps,
    longestMs,
    // At least the time of the run without faults, or those timed in milliseconds would all come at its beginning.
    safetyMs: Math.max(dice.between(1, 2) * steps * meanDelayMs, dice.between(1, 2) * longestMs),
    peaks: { loss: peak(dice, 0.3), duplicate: peak(dice, 0.5), reorder: peak(dice, 0.5), corrupt: peak(dice, 0.1) },
  };
}

/** Often all that is allowed. */
function peak(dice: Dice, most: number): number {
  return dice.chance(0.3) ? most : dice.between(0.01, most);
}

function linksOf({ agents, network, seed }: Experiment): [Party, Party][] {
  const unreadable = (): string => '';
  const edges = typeof network.graph === 'string' ? loadGraph(network.graph, agents, seed, unreadable).edges : [];
  return [
    ...edges.map(({ source, target }): [Party, Party] => [source, target]),
    ...Array.from({ length: agents }, (_, k): [Party, Party] => ['coordinator', k]),
  ];
}

/** All links are somewhat bad for the whole time. */
function background({ dice, peaks, safetyMs }: Scene): Fault {
  const share = dice.between(0.1, 1);
  const conditions = Object.fromEntries(dice.some(Object.entries(peaks), 0.5).map(([name, most]) => [name, hundredths(share * most)]));
  return { at: { unit: 'ms', ms: 0 }, for: { unit: 'ms', ms: tenths(safetyMs) }, action: { kind: 'link', links: 'all', conditions } };
}

/** One fault; sometimes others at the same moment, or the same again and again. */
function drawFaults(scene: Scene, makers: readonly Maker[]): Fault[] {
  const { dice } = scene;
  const first = drawFault(scene, dice.pick(makers));
  if (first.action.kind === 'kill' && dice.chance(0.3)) return powerCut(scene, first);
  if (dice.chance(0.15)) return [first, { ...drawFault(scene, dice.pick(makers)), at: first.at }];
  return dice.chance(0.15) ? repeated(scene, first) : [first];
}

/** Several processes die at once, perhaps all of them, and the coordinator. */
function powerCut({ dice, agents }: Scene, fault: Fault): Fault[] {
  const parties: Party[] = [...Array.from({ length: agents }, (_, k) => k), ...(dice.chance(0.3) ? ['coordinator' as const] : [])];
  const struck = dice.some(parties, dice.between(0.2, 1));
  const restartAfterMs = lengthMs(fault);
  return struck.map((target) => ({ ...fault, action: { kind: 'kill', target, restartAfterMs } }));
}

function drawFault(scene: Scene, maker: Maker): Fault {
  const { action, rounds } = maker(scene);
  const duration = drawDuration(scene, action, rounds);
  const at = drawTrigger(scene, lengthMs({ for: duration, action }));
  return { at, for: duration, action };
}

function drawDuration({ dice, longestMs, steps }: Scene, { kind }: FaultAction, mayTakeRounds: boolean): Duration {
  if (kind === 'kill') return { unit: 'run' };
  if (mayTakeRounds && dice.chance(0.5)) return { unit: 'steps', steps: 1 + dice.below(steps) };
  return { unit: 'ms', ms: tenths(dice.scale(1, longestMs)) };
}

const PHASE_TRIGGERS: readonly Trigger[] = PHASES.map((phase) => ({ unit: 'phase', phase }));

function drawTrigger({ dice, steps, safetyMs }: Scene, forMs: number): Trigger {
  if (dice.chance(0.2)) return dice.pick(PHASE_TRIGGERS);
  if (dice.chance(0.5)) return { unit: 'step', step: 1 + dice.below(steps) };
  return { unit: 'ms', ms: tenths(dice.between(0, Math.max(0, safetyMs - forMs))) };
}

function repeated({ dice }: Scene, fault: Fault): Fault[] {
  const { at } = fault;
  const every = at.unit === 'step' ? 1 + dice.below(8) : tenths(dice.scale(1, 300));
  return Array.from({ length: 2 + dice.below(3) }, (_, i) => ({ ...fault, at: later(at, i * every) }));
}

function later(at: Trigger, by: number): Trigger {
  if (at.unit === 'step') return { unit: 'step', step: at.step + by };
  return at.unit === 'ms' ? { unit: 'ms', ms: tenths(at.ms + by) } : at;
}

/** Every directed link has its own, around the mean. */
function delays(seed: number, meanMs: number): Schedule['delayMs'] {
  const drawn = new Map<string, number>();
  const key = (party: Party): number => (party === 'coordinator' ? 0 : party + 1);
  return (from, to) => {
    const link = `${from}-${to}`;
    const known = drawn.get(link) ?? tenths(meanMs * new Dice(seed, 1 + key(from) * 2_048 + key(to)).between(0.5, 1.5));
    drawn.set(link, known);
    return known;
  };
}
