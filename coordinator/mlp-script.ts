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
import { groupLayers, inLayer, servedReports, type Layer } from './group-layers.ts';
import { BROKEN_OFF } from './prior-questions.ts';
import { planArms, type ArmPlan } from './relate.ts';
import { forEveryone, named, reportedByAll, type Script, type ScriptContext, type StageReports, type Values } from './script.ts';
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

const rowsOf = (agent: number, values: Values): number => named(values, agent, 'rows')[0];

class MlpSeason implements Season<ArmPlan> {
  /** Who has its rows standardised can take part. */
  readonly evidenceStage: number;
  readonly #context: ScriptContext;
  /** Of those whose rows are standardised: how many these are. */
  readonly #rows: Map<number, number>;
  readonly #stepSize: number;
  readonly #steps: number;
  readonly #groups: TaskGroups;
  /** Of a family. */
  readonly #known: GroupsRelationship | undefined;

  constructor(context: ScriptContext, problem: MlpProblem, { stage, participants, values }: StageReports) {
    const { agents, cooperate } = context.experiment;
    const { stepSize, steps } = cooperate;
    assert(stepSize !== 'auto' && steps !== 'auto', 'networks learn in steps of a given number and size');
    this.evidenceStage = stage;
    this.#context = context;
    this.#rows = new Map(participants.map((agent) => [agent, rowsOf(agent, values[agent])]));
    this.#stepSize = stepSize;
    this.#steps = steps;
    this.#known = hasTable(problem) ? undefined : partition(agents, familyGroups(agents));
    let version = 0;
    this.#groups = new TaskGroups(
      context,
      () => ++version,
      (agent) => this.#rows.get(agent)!,
      { steps, ...(this.#known && { known: this.#known.groups }) },
    );
  }

  knows(agent: number): boolean {
    return this.#rows.has(agent);
  }

  learn(late: ReadonlyMap<number, Values>): void {
    for (const [agent, values] of late) this.#rows.set(agent, rowsOf(agent, values));
  }

  plan(): ArmPlan[] {
    return planArms(this.#context, undefined, undefined).map((arm) => (arm.spec.relationship === 'known' ? this.#asKnown(arm) : this.#groups.planned(arm)));
  }

  viewsOf(plan: ArmPlan): [ArmPlan['views']] {
    return [plan.views];
  }

  *run(arm: ArmPlan, epochs: Epochs, open: OpenViews): Script<boolean> {
    const learns = arm.strategy.cooperatesOver === 'groups' && arm.spec.relationship !== 'known';
    const layers = learns ? yield* this.#inGroups(arm, epochs, open) : [{ views: arm.views, serves: arm.members }];
    if (layers === BROKEN_OFF) return false;
    const steps = this.#steps;
    const told: StageReports[] = [];
    for (const index of layers.keys()) {
      const plan = inLayer(arm, layers, index);
      const label = `${plan.strategy.name} (${plan.relationship})`;
      const works = this.#works(plan, { ...epochs.next(steps), heldOut: false, needs: [], untilIteration: steps, lastIteration: steps });
      const one = yield { phase: 'cooperating', label, works, from: 0, until: steps, total: steps };
      if (one.brokenOff) return false;
      told.push(one);
    }
    const reports = servedReports(layers, told);
    const result = tableArmResult(arm, 'squared', null, steps * layers.length, reports);
    this.#context.record({ type: 'arm', ...result });
    recordArmMetrics(this.#context, arm, result.arm, reports);
    return true;
  }

  /** The layers of the groups that it shows, their links open; each begins where all began. */
  *#inGroups(arm: ArmPlan, epochs: Epochs, open: OpenViews): Script<Layer[] | typeof BROKEN_OFF> {
    const groups = yield* this.#groups.of(arm, this.#stepSize, epochs, (terms) => this.#works(arm, terms));
    if (groups === BROKEN_OFF) return BROKEN_OFF;
    const layers = groupLayers(groups);
    return (yield* open(layers.map(({ views }) => views))) ? layers : BROKEN_OFF;
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
