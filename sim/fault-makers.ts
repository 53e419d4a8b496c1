/**
 * One maker for every kind of fault that a simulated run can suffer and recover from bit for bit. `slice` is not among
 * them: frames stay whole in memory.
 */
import type { FaultAction, LinkConditions, LinkSet, Party } from '../core/fault/plan.ts';
import { type Dice, hundredths, tenths } from './dice.ts';

/** What faults are drawn for. */
export interface Scene {
  readonly dice: Dice;
  readonly agents: number;
  /** Pairs that talk, the coordinator's included. */
  readonly links: readonly (readonly [Party, Party])[];
  /** Iterations of all arms. */
  readonly steps: number;
  /** The longest a fault may last. */
  readonly longestMs: number;
  /** Faults timed in milliseconds are over by then. */
  readonly safetyMs: number;
  /** The most that message-level faults may do to a frame. */
  readonly peaks: Pick<LinkConditions, 'loss' | 'duplicate' | 'reorder' | 'corrupt'>;
}

export type Maker = (scene: Scene) => {
  readonly action: FaultAction;
  /** Whether rounds go on meanwhile, so that it may last a number of them. */
  readonly rounds: boolean;
};

type Conditions = (scene: Scene) => Partial<LinkConditions>;

/** Up to half a second: several times the wait before a vector is pulled. */
const DELAY_MAX_MS = 500;

const onLinks =
  (conditions: Conditions, rounds = false): Maker =>
  (scene) => {
    const links = drawLinks(scene);
    return { action: { kind: 'link', links, conditions: conditions(scene) }, rounds: rounds && !reachesCoordinator(links) };
  };

const onAgent =
  (action: (agent: number, scene: Scene) => FaultAction, rounds = false): Maker =>
  (scene) => ({ action: action(scene.dice.below(scene.agents), scene), rounds });

export const MAKERS: readonly Maker[] = [
  onLinks(messageFaults, true),
  onLinks(
    ({ dice }) => ({ delayMs: tenths(dice.scale(0.1, DELAY_MAX_MS)), ...(dice.chance(0.5) ? { jitterMs: tenths(dice.scale(0.1, DELAY_MAX_MS)) } : {}) }),
    true,
  ),
  onLinks(({ dice }) => ({ jitterMs: tenths(dice.scale(0.1, DELAY_MAX_MS)) }), true),
  onLinks(({ dice }) => ({ bandwidth: Math.round(dice.scale(2_000, 1_000_000)) })),
  onLinks(() => ({ blackhole: true })),
  onLinks(() => ({ reset: true })),
  onLinks(({ dice }) => ({ limitData: Math.round(dice.scale(100, 20_000)) })),
  onLinks(({ dice }) => ({ slowCloseMs: tenths(dice.scale(1, 5_000)), ...(dice.chance(0.7) ? { limitData: Math.round(dice.scale(500, 20_000)) } : {}) })),
  partition,
  onAgent((agent) => ({ kind: 'isolate', agent })),
  onAgent((agent, scene) => ({ kind: 'kill', target: agent, restartAfterMs: restartAfterMs(scene) })),
  (scene) => ({ action: { kind: 'kill', target: 'coordinator', restartAfterMs: restartAfterMs(scene) }, rounds: false }),
  onAgent((agent) => ({ kind: 'pause', target: agent })),
  () => ({ action: { kind: 'pause', target: 'coordinator' }, rounds: false }),
  onAgent((agent, { dice }) => ({ kind: 'slow-cpu', agent, factor: Math.round(dice.scale(2, 20)) }), true),
  onAgent((agent) => ({ kind: 'disk-full', agent }), true),
];

/** Rounds may wait for an agent that catches up through the coordinator: a fault on its links must end by itself. */
function reachesCoordinator(links: LinkSet): boolean {
  return links === 'all' || links.some((link) => link.includes('coordinator'));
}

/** All links, one, or one direction of one. */
function drawLinks({ dice, links }: Scene): LinkSet {
  if (dice.chance(0.25)) return 'all';
  const [a, b] = dice.pick(links);
  if (dice.chance(0.5))
    return [
      [a, b],
      [b, a],
    ];
  return dice.chance(0.5) ? [[a, b]] : [[b, a]];
}

function messageFaults({ dice, peaks }: Scene): Partial<LinkConditions> {
  return Object.fromEntries(
    dice.some(Object.entries(peaks), 0.4).map(([name, most]) => [name, hundredths((dice.chance(0.3) ? 1 : dice.between(0.1, 1)) * most)]),
  );
}

/** Two or three groups; the coordinator stands in one of them, or reaches all. */
function partition({ dice, agents }: Scene): ReturnType<Maker> {
  const parties: Party[] = Array.from({ length: agents }, (_, k) => k);
  if (dice.chance(0.6)) parties.push('coordinator');
  const shuffled = dice.shuffled(parties);
  const count = agents > 2 && dice.chance(0.2) ? 3 : 2;
  const cuts = dice
    .shuffled(shuffled.slice(1).map((_, i) => i + 1))
    .slice(0, count - 1)
    .sort((a, b) => a - b);
  const groups = [0, ...cuts].map((from, i) => shuffled.slice(from, cuts[i]));
  return { action: { kind: 'partition', groups, oneWay: dice.chance(0.5) }, rounds: false };
}

/** Often at once, before anybody noticed. */
function restartAfterMs({ dice, longestMs }: Scene): number {
  return dice.chance(0.3) ? 0 : tenths(dice.scale(0.1, longestMs));
}
