/**
 * Arm after arm, with whoever is there: what the scripts of all problems have in common.
 *
 * 1. An arm begins with everybody who takes part then. Who came back, and has reported its evidence meanwhile, is taken in
 *    again first: the relationship is learned anew, and what is left of the plan is made again.
 * 2. An arm that was broken off begins again, in a new epoch, with those who remain. So does the opening of links.
 * 3. No arm begins before all links of the remaining arms are open.
 */
import type { LocalView } from '../core/relationship/local-view.ts';
import { Epochs } from './epochs.ts';
import { connect } from './script.ts';
import type { Script, ScriptContext, Values } from './script.ts';
import { linksOf } from './views.ts';

/** What a problem does in its arms. */
export interface Season<Plan> {
  /** The stage in which agents report what the relationship is learned from. */
  readonly evidenceStage: number;
  /** Whether an agent's evidence is known already. */
  knows(agent: number): boolean;
  /** Learns again, with this evidence too. */
  learn(late: ReadonlyMap<number, Values>): void;
  /** All arms of the experiment, for those who take part now: a plan each, or one for all. Always as many. */
  plan(): readonly Plan[];
  viewsOf(plan: Plan): readonly (readonly LocalView[])[];
  /** False when it was broken off. `open` opens links that its views need only later. */
  run(plan: Plan, epochs: Epochs, open: OpenViews): Script<boolean>;
}

/** False when it was broken off. */
export type OpenViews = (views: readonly (readonly LocalView[])[]) => Script<boolean>;

export function* runArms<Plan>(context: ScriptContext, season: Season<Plan>): Script {
  const epochs = new Epochs();
  const links = new OpenLinks(context);
  let plans = season.plan();
  let crew = context.participants().join(' ');
  for (let index = 0; index < plans.length;) {
    const back = takeIn(context, season);
    links.forget(back);
    const now = context.participants().join(' ');
    if (now !== crew || back.length > 0) {
      epochs.part();
      plans = season.plan();
    }
    crew = now;
    const isOpen = yield* links.open(plans.slice(index).flatMap((plan) => season.viewsOf(plan)));
    const isDone = isOpen && (yield* season.run(plans[index], epochs, (views) => links.open(views)));
    if (isDone) index++;
    else epochs.part();
  }
}

/** Agents that take part again from now on. */
function takeIn<Plan>(context: ScriptContext, season: Season<Plan>): number[] {
  const told = [...context.returned()].map(([agent, late]) => ({ agent, values: late.get(season.evidenceStage) }));
  const ready = told.filter(({ agent, values }) => values !== undefined || season.knows(agent)).sort((a, b) => a.agent - b.agent);
  const news = ready.flatMap(({ agent, values }) => (values === undefined || season.knows(agent) ? [] : [[agent, values] as const]));
  const agents = ready.map(({ agent }) => agent);
  if (agents.length > 0) context.readmit(agents);
  if (news.length > 0) season.learn(new Map(news));
  return agents;
}

/** The links that both ends hold, as far as the script knows. */
class OpenLinks {
  readonly #context: ScriptContext;
  readonly #open = new Map<string, readonly [number, number]>();

  constructor(context: ScriptContext) {
    this.#context = context;
  }

  /** A process that comes back has none. */
  forget(agents: readonly number[]): void {
    for (const [name, pair] of this.#open) if (pair.some((agent) => agents.includes(agent))) this.#open.delete(name);
  }

  /** Those that the views of these arms need and that are not open yet. */
  *open(views: readonly (readonly LocalView[])[]): Script<boolean> {
    const missing = linksOf(views).filter((pair) => !this.#open.has(pair.join('-')));
    const isOpen = yield* connect(this.#context, missing);
    if (isOpen) for (const pair of missing) this.#open.set(pair.join('-'), pair);
    return isOpen;
  }
}
