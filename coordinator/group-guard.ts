/**
 * The guard of groups on a table: with every look at the arm its agents tell how the group does on their own rows against learning
 * alone (five numbers). When it has settled, who is better off alone is asked for what it learned alone, in one more stage.
 */
import { guardDiagnostic } from '../core/hierarchical/diagnostics.ts';
import { judgeGroups, type RowGain } from '../core/hierarchical/guard.ts';
import type { CooperateWork } from '../proto/messages.ts';
import type { Layer } from './group-layers.ts';
import { BROKEN_OFF, gainOf, worksOf } from './prior-questions.ts';
import { named, type Script, type ScriptContext, type StageReports, type Values } from './script.ts';
import { fallenBack } from './transfer.ts';

/** What agents are asked for in every look. */
export const GROUP_GAIN = 'gain';

/** `works`: of the arm's last stage; `told`: by layer; `reports`: each agent's of the layer that serves it. */
export function* guardGroups(
  context: ScriptContext,
  strategy: string,
  layers: readonly Layer[],
  works: readonly CooperateWork[],
  told: readonly StageReports[],
  reports: StageReports,
): Script<StageReports | typeof BROKEN_OFF> {
  // Outside bsp rounds an arm goes on without whoever is lost in it.
  const groups = layers.flatMap((layer, index) => servedTogether(layer, told[index], reports.participants));
  if (groups.length === 0) return reports;
  const judged = groups.flatMap(({ served }) => served).sort((a, b) => a - b);
  const gains = judged.map((agent) => toldGain(reports.values[agent], agent));
  const verdict = judgeGroups(
    gains,
    groups.map(({ served }) => served.map((agent) => judged.indexOf(agent))),
    groups.map(({ helpers }) => helpers),
  );
  const harmed = judged.filter((_, i) => verdict.fallBack[i]);
  context.record({ type: 'diagnostics', diagnostics: [guardDiagnostic(strategy, verdict, harmed, 'groups')] });
  if (harmed.length === 0) return reports;
  const alone = yield {
    phase: 'cooperating',
    label: `${strategy}: falling back`,
    works: worksOf(context, harmed, (i) => ({ ...works[harmed[i]], needs: [], fallBack: true })),
  };
  return alone.brokenOff ? BROKEN_OFF : fallenBack(reports, alone);
}

interface JudgedGroup {
  readonly served: number[];
  /** Of members that another group serves, as they told them in this one. */
  readonly helpers: readonly RowGain[];
}

/** Whom a group serves, by the groups that their views show. Who is alone in its group learns alone. */
function servedTogether({ views, serves }: Layer, told: StageReports, present: readonly number[]): JudgedGroup[] {
  const groups = new Map<string, JudgedGroup>();
  for (const agent of serves.filter((one) => present.includes(one) && views[one].neighbours.length > 0)) {
    const members = [agent, ...views[agent].neighbours].sort((a, b) => a - b);
    const helping = members.filter((one) => !serves.includes(one) && told.participants.includes(one));
    const known = groups.get(members.join(' '));
    if (known !== undefined) known.served.push(agent);
    else groups.set(members.join(' '), { served: [agent], helpers: helping.map((one) => toldGain(told.values[one], one)) });
  }
  return [...groups.values()];
}

function toldGain(values: Values, agent: number): RowGain {
  return gainOf(named(values, agent, GROUP_GAIN));
}
