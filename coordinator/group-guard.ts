/**
 * The guard of groups on a table: with every look at the arm its agents tell how the group does on their own rows against learning
 * alone (five numbers). When it has settled, who is better off alone is asked for what it learned alone, in one more stage.
 */
import { guardDiagnostic } from '../core/hierarchical/diagnostics.ts';
import { judgeGroups } from '../core/hierarchical/guard.ts';
import type { CooperateWork } from '../proto/messages.ts';
import type { Layer } from './group-layers.ts';
import { BROKEN_OFF, gainOf, worksOf } from './prior-questions.ts';
import { named, type Script, type ScriptContext, type StageReports } from './script.ts';
import { fallenBack } from './transfer.ts';

/** What agents are asked for in every look. */
export const GROUP_GAIN = 'gain';

/** `works`: of the arm's last stage; `reports`: each agent's of the layer that serves it. */
export function* guardGroups(
  context: ScriptContext,
  strategy: string,
  layers: readonly Layer[],
  works: readonly CooperateWork[],
  reports: StageReports,
): Script<StageReports | typeof BROKEN_OFF> {
  // Outside bsp rounds an arm goes on without whoever is lost in it.
  const groups = layers.flatMap(servedTogether).map((group) => group.filter((agent) => reports.participants.includes(agent)));
  const judged = groups.flat().sort((a, b) => a - b);
  if (judged.length === 0) return reports;
  const gains = judged.map((agent) => gainOf(named(reports.values[agent], agent, GROUP_GAIN)));
  const verdict = judgeGroups(
    gains,
    groups.map((group) => group.map((agent) => judged.indexOf(agent))),
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

/** Whom a group serves, by the groups that their views show. Who is alone in its group learns alone. */
function servedTogether({ views, serves }: Layer): number[][] {
  const groups = new Map<string, number[]>();
  for (const agent of serves.filter((one) => views[one].neighbours.length > 0)) {
    const key = [agent, ...views[agent].neighbours].sort((a, b) => a - b).join(' ');
    groups.set(key, [...(groups.get(key) ?? []), agent]);
  }
  return [...groups.values()];
}
