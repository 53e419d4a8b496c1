/**
 * A network for every agent, of a table's task or of a family's: moments -> standardise -> every arm.
 * Nobody explores; an arm has as many steps as the experiment says, and every agent delivers its best model of them.
 */
import { assert } from '../core/errors.ts';
import { familyGroups } from '../core/problem/mlp-families.ts';
import { mergeMoments, standardization, targetDeviation } from '../core/problem/standardize.ts';
import type { GroupsRelationship } from '../core/relationship/relationship.ts';
import { hasTable, type MlpProblem } from '../config/experiment.ts';
import type { CooperateWork } from '../proto/messages.ts';
import { recordArmMetrics, tableArmResult } from './arm-result.ts';
import { runArms, type OpenViews, type Season } from './arms.ts';
import type { Epoch, Epochs } from './epochs.ts';
import { BROKEN_OFF } from './prior-questions.ts';
import { planArms, type ArmPlan } from './relate.ts';
import { forEveryone, reportedByAll, type Script, type ScriptContext, type StageReports, type Values } from './script.ts';
import { partition, TaskGroups } from './task-groups.ts';
import { groupViews } from './views.ts';

export function* mlpScript(context: ScriptContext, problem: MlpProblem): Script {
  const ready = yield* standardize(context, problem);
  yield* runArms(context, new MlpSeason(context, problem, ready));
}

/** Rows of a family are standard normal as they are. */
function* standardize(context: ScriptContext, problem: MlpProblem): Script<StageReports> {
  const { agents } = context.experiment;
  const told = yield { phase: 'exploring', label: 'reporting moments', works: forEveryone(agents, { kind: 'moments' }) };
  const merged = mergeMoments(reportedByAll(told, 'moments'));
  const mode = hasTable(problem) ? problem.standardize : 'none';
  const { shift, scale } = standardization(merged, mode, 'squared');
  const own = mode === 'per-agent';
  context.record({ type: 'problem', problem: { kind: problem.kind, loss: 'squared', targetSd: targetDeviation(merged) } });
  const work = { kind: 'standardize', shift: own ? [] : [...shift], scale: own ? [] : [...scale], ridges: [] } as const;
  return yield { phase: 'exploring', label: 'standardising', works: forEveryone(agents, work) };
}

class MlpSeason implements Season<ArmPlan> {
  /** Who has its rows standardised can take part. */
  readonly evidenceStage: number;
  readonly #context: ScriptContext;
  readonly #ready: Set<number>;
  readonly #stepSize: number;
  readonly #steps: number;
  readonly #groups: TaskGroups;
  /** Of a family. */
  readonly #known: GroupsRelationship | undefined;

  constructor(context: ScriptContext, problem: MlpProblem, { stage, participants }: StageReports) {
    const { agents, cooperate } = context.experiment;
    const { stepSize, steps } = cooperate;
    assert(stepSize !== 'auto' && steps !== 'auto', 'networks learn in steps of a given number and size');
    this.evidenceStage = stage;
    this.#context = context;
    this.#ready = new Set(participants);
    this.#stepSize = stepSize;
    this.#steps = steps;
    this.#known = hasTable(problem) ? undefined : partition(agents, familyGroups(agents));
    let version = 0;
    this.#groups = new TaskGroups(context, () => ++version, { steps, ...(this.#known && { known: this.#known.groups }) });
  }

  knows(agent: number): boolean {
    return this.#ready.has(agent);
  }

  learn(late: ReadonlyMap<number, Values>): void {
    for (const agent of late.keys()) this.#ready.add(agent);
  }

  plan(): ArmPlan[] {
    return planArms(this.#context, undefined, undefined).map((arm) => (arm.spec.relationship === 'known' ? this.#asKnown(arm) : arm));
  }

  viewsOf(plan: ArmPlan): [ArmPlan['views']] {
    return [plan.views];
  }

  *run(planned: ArmPlan, epochs: Epochs, open: OpenViews): Script<boolean> {
    const learns = planned.strategy.cooperatesOver === 'groups' && planned.spec.relationship !== 'known';
    const plan = learns ? yield* this.#inGroups(planned, epochs, open) : planned;
    if (plan === BROKEN_OFF) return false;
    const label = `${plan.strategy.name} (${plan.relationship})`;
    const steps = this.#steps;
    const works = this.#works(plan, { ...epochs.next(steps), heldOut: false, needs: [], untilIteration: steps, lastIteration: steps });
    const reports = yield { phase: 'cooperating', label, works, from: 0, until: steps, total: steps };
    if (reports.brokenOff) return false;
    const result = tableArmResult(plan, 'squared', null, steps, reports);
    this.#context.record({ type: 'arm', ...result });
    recordArmMetrics(this.#context, plan, result.arm, reports);
    return true;
  }

  /** The arm with the views of the groups that it shows, their links open; it begins where all began. */
  *#inGroups(arm: ArmPlan, epochs: Epochs, open: OpenViews): Script<ArmPlan | typeof BROKEN_OFF> {
    const groups = yield* this.#groups.of(arm, this.#stepSize, epochs, (terms) => this.#works(arm, terms));
    if (groups === BROKEN_OFF) return BROKEN_OFF;
    const views = groupViews(groups);
    return (yield* open([views])) ? { ...arm, views } : BROKEN_OFF;
  }

  /** In the true groups of those who take part. */
  #asKnown(arm: ArmPlan): ArmPlan {
    const { agents, groups } = this.#known!;
    const present = groups.map((group) => group.filter((agent) => arm.members.includes(agent)));
    return { ...arm, views: groupViews(partition(agents, present)) };
  }

  #works(plan: ArmPlan, leg: Epoch & Pick<CooperateWork, 'heldOut' | 'needs' | 'untilIteration' | 'lastIteration' | 'gradients'>): CooperateWork[] {
    const { network, output } = this.#context.experiment;
    const common = {
      kind: 'cooperate',
      arm: plan.index,
      strategy: plan.strategy.name,
      stepSize: this.#stepSize,
      etas: [],
      noise: 0,
      spectrumMax: 1,
      ridge: 0,
      rounds: network.rounds.kind,
      staleness: network.rounds.staleness,
      fallBack: false,
      every: output.every,
      ...leg,
    } as const;
    return plan.views.map((view) => ({ ...common, view }));
  }
}
