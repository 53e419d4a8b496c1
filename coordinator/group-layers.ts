/**
 * Groups that overlap, learned one layer of disjoint groups after another (core/grouping/layers.ts): every layer is a fit of the
 * arm in which everybody is in one group at most, and of each agent counts what it reported of the layer with the group that serves
 * it. In the others it helped, or, in no group, learned alone for nothing. A partition is one layer, and every arm without groups.
 */
import { labelsOf } from '../core/grouping/agreement.ts';
import { layersOf } from '../core/grouping/layers.ts';
import type { LocalView } from '../core/relationship/local-view.ts';
import type { GroupsRelationship } from '../core/relationship/relationship.ts';
import { StageTotals } from './arm-result.ts';
import type { ArmPlan } from './relate.ts';
import { named, type StageReports, type Values } from './script.ts';
import { groupViews } from './views.ts';

export interface Layer {
  /** By agent. */
  readonly views: readonly LocalView[];
  /** Whose models it yields. */
  readonly serves: readonly number[];
}

export function groupLayers(relationship: GroupsRelationship): Layer[] {
  const { agents, groups, servedBy } = relationship;
  return layersOf(relationship).map((indices) => {
    const own = indices.map((index) => groups[index]);
    const serves = servedBy.flatMap((index, agent) => (indices.includes(index) ? [agent] : []));
    return { views: groupViews({ groups: own, servedBy: labelsOf(own, agents) }), serves };
  });
}

/** The arm's plan for a layer; its label says which. */
export function inLayer(arm: ArmPlan, layers: readonly Layer[], index: number): ArmPlan {
  const which = layers.length === 1 ? '' : `, layer ${index + 1} of ${layers.length}`;
  return { ...arm, views: layers[index].views, relationship: `${arm.relationship}${which}` };
}

/** The reports of an arm out of those of its layers: each agent's of the layer that serves it, with the time and the traffic of all of them. */
export function servedReports(layers: readonly Layer[], told: readonly StageReports[]): StageReports {
  const totals = new StageTotals();
  for (const reports of told) totals.add(reports);
  const whole = totals.ofArm();
  const values: Values[] = [];
  for (const agent of whole.participants) {
    const own = layers.findIndex(({ serves }) => serves.includes(agent));
    values[agent] = new Map([...told[own].values[agent], ['traffic', named(whole.values[agent], agent, 'traffic')]]);
  }
  return { ...whole, values };
}
