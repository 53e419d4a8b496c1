/**
 * The arms of a run whose agents learn the relationship themselves: one stage, in which they learn it from their
 * neighbours in the network and run all arms, whether there is a coordinator or not. What they found is reported at its end.
 *
 * 1. The stage hangs on all who take part: when somebody is lost it is broken off, and those who remain begin it again.
 * 2. What the coordinator knows without learning (the true relationship, the network's weights) it still compiles.
 */
import { assert } from '../core/errors.ts';
import { aboutDimensions, aboutNoise } from '../core/evidence-diagnostics.ts';
import { componentsOf } from '../core/topology.ts';
import { zeros } from '../core/linalg/matrix.ts';
import type { Matrix } from '../core/linalg/matrix.ts';
import type { Pair } from '../core/relationship/among-agents.ts';
import { neighboursBy } from '../core/relationship/among-agents.ts';
import { weightedLaplacian } from '../core/relationship/compare.ts';
import { floodRounds } from '../core/relationship/flooding.ts';
import type { LocalView } from '../core/relationship/local-view.ts';
import { NO_VIEW } from '../core/relationship/local-view.ts';
import type { Diagnostic } from '../core/relationship/relationship.ts';
import { withoutPrefix } from '../core/snapshot.ts';
import type { AutonomousArm, AutonomousWork, CooperateWork } from '../proto/messages.ts';
import type { Season } from './arms.ts';
import type { Epochs } from './epochs.ts';
import { cooperateWorks, tunedByAgents } from './gmrf-arm.ts';
import type { GmrfSeason } from './gmrf-script.ts';
import type { ArmPlan } from './relate.ts';
import { aboutMissing, planArms } from './relate.ts';
import { named, reportedByAll } from './script.ts';
import type { Script, ScriptContext, StageReports, Values } from './script.ts';
import { principalPart } from './subset.ts';
import { transferOf } from './transfer.ts';

/** All arms at once. */
interface Together {
  readonly members: readonly number[];
  /** The network among the members. */
  readonly pairs: readonly Pair[];
  readonly arms: readonly ArmPlan[];
}

/** Introduction, symmetrising, and as much again to spare. */
const EXCHANGES_BESIDES_FLOODING = 4;

export class AutonomousSeason implements Season<Together> {
  readonly evidenceStage: number;
  readonly #context: ScriptContext;
  readonly #season: GmrfSeason;

  constructor(context: ScriptContext, season: GmrfSeason) {
    this.#context = context;
    this.#season = season;
    this.evidenceStage = season.evidenceStage;
  }

  knows(agent: number): boolean {
    return this.#season.knows(agent);
  }

  learn(late: ReadonlyMap<number, Values>): void {
    this.#season.learn(late);
  }

  plan(): [Together] {
    const { network, experiment } = this.#context;
    const members = this.#context.participants();
    const isMember = (agent: number): boolean => members.includes(agent);
    const pairs = network.edges.filter(({ source, target }) => isMember(source) && isMember(target)).map(({ source, target }): Pair => [source, target]);
    // Nothing is learned yet: rows without edges.
    return [{ members, pairs, arms: planArms(this.#context, zeros(experiment.agents, experiment.agents), this.#season.known) }];
  }

  viewsOf({ pairs, arms }: Together): (readonly LocalView[])[] {
    const lists = neighboursBy(this.#context.experiment.agents, pairs);
    return [lists.map((neighbours) => ({ ...NO_VIEW, kind: 'edges', neighbours })), ...arms.map(({ views }) => views)];
  }

  *run(plan: Together, epochs: Epochs): Script<boolean> {
    const { agents } = this.#context.experiment;
    const rounds = floodRounds(agents, plan.pairs);
    const { estimator, options } = this.#context.experiment.relationship;
    const begun = epochs.next(2 * rounds + EXCHANGES_BESIDES_FLOODING);
    const byArm = plan.arms.map((arm) => this.#worksOf(arm, epochs));
    const neighbours = neighboursBy(agents, plan.pairs);
    const common = { kind: 'autonomous', estimator, options: JSON.stringify(options), ...begun, pairs: plan.pairs.length, rounds } as const;
    const works = neighbours.map((list, agent): AutonomousWork => ({ ...common, neighbours: list, arms: byArm.map((arm) => arm[agent]) }));
    const total = this.#season.steps * plan.arms.length;
    const reports = yield { phase: 'cooperating', label: 'learning from neighbours, then every arm', works, until: total, total };
    if (reports.brokenOff) return false;
    const learned = this.#recordLearned(plan, reports);
    planArms(this.#context, learned, this.#season.known).forEach((arm) =>
      this.#recordArm(
        arm,
        byArm[arm.index].map(({ work }) => work),
        reports,
      ),
    );
    return true;
  }

  /** By agent. */
  #worksOf(plan: ArmPlan, epochs: Epochs): AutonomousArm[] {
    const { steps } = this.#season;
    const whole = { ...epochs.next(steps), untilIteration: steps, needs: [] };
    const works = cooperateWorks(this.#context.experiment, this.#season.tuned(plan), steps, whole);
    if (!isLearned(plan)) return works.map((work) => ({ learned: false, work }));
    const etas = plan.spec.eta === 'auto' ? [] : [plan.spec.eta];
    return works.map((work): AutonomousArm => ({ learned: true, work: { ...work, etas } }));
  }

  #recordLearned({ members, pairs }: Together, reports: StageReports): Matrix {
    const { agents } = this.#context.experiment;
    const rows = reports.values.map((values, agent) => (members.includes(agent) ? named(values, agent, 'learning:row') : new Float64Array(agents)));
    const edges = pairs.map(([k, l]) => {
      assert(rows[k][l] === rows[l][k], `agents ${k} and ${l} learned different weights of their edge`);
      return [k, l, rows[k][l]] as const;
    });
    const laplacian = weightedLaplacian(agents, edges);
    const relationship = { kind: 'precision', agents, laplacian } as const;
    const perAgent = this.#season.dimension / members.length;
    const noise = Float64Array.from(this.#season.noiseOf(members));
    const diagnostics = [...aboutNetwork(members, pairs), ...aboutDimensions(perAgent), ...aboutNoise(noise), ...aboutMissing(members, agents)];
    this.#season.take({ contributors: members, own: principalPart(laplacian, members), relationship, diagnostics });
    return laplacian;
  }

  #recordArm(plan: ArmPlan, works: readonly CooperateWork[], reports: StageReports): void {
    const values = reports.values.map((all) => withoutPrefix(`${plan.index}:`, all));
    // Nobody timed the arms one by one.
    const own = { ...reports, values, elapsedMs: reports.elapsedMs / this.#context.experiment.cooperate.arms.length };
    const [eta, spectrumMax] = reportedByAll(own, 'tuning')[0];
    // The guard is a verdict about the network, which nobody was there to give.
    const unguarded = { ...plan, spec: { ...plan.spec, guard: false } };
    const tuned = tunedByAgents(unguarded, this.#season.stepSize, this.#season.noiseOf(plan.members), plan.strategy.usesEta ? eta : null, spectrumMax);
    this.#context.record({ type: 'diagnostics', diagnostics: tuned.diagnostics });
    this.#season.conclude(tuned, works, own, transferOf(unguarded, own, this.#context.experiment.agentNames), null);
  }
}

function isLearned({ strategy, spec }: ArmPlan): boolean {
  return strategy.cooperatesOver === 'relationship' && spec.relationship === 'learned';
}

/** Which pairs could be learned about at all. */
function aboutNetwork(members: readonly number[], pairs: readonly Pair[]): Diagnostic[] {
  const all = (members.length * (members.length - 1)) / 2;
  const seen = `${pairs.length} of ${all} pairs of agents are neighbours in the network: only they could be found to be related`;
  const found: Diagnostic[] = [{ code: 'LEARNED_BY_AGENTS', message: `the agents learned it themselves; ${seen}`, value: pairs.length }];
  const edges = pairs.map(([source, target]) => ({ source, target, weight: 1 }));
  const parts = componentsOf(Math.max(...members) + 1, edges).filter((group) => group.some((agent) => members.includes(agent))).length;
  if (parts === 1) return found;
  return [
    ...found,
    { code: 'NETWORK_DISCONNECTED', message: `the network falls into ${parts} parts, which learned by themselves, each with an eta of its own`, value: parts },
  ];
}
