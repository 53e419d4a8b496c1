/** The conversation of a chain with the agents. About a prior over the network or with their moments: the same answers, bit for bit. */
import type { RowGain } from '../core/hierarchical/guard.ts';
import type { Information } from '../core/hierarchical/information.ts';
import { squaredPosterior, type LocalPosterior } from '../core/hierarchical/posterior.ts';
import type { Question } from '../core/hierarchical/question.ts';
import { fromLowerTriangle, lowerTriangle } from '../core/linalg/triangle.ts';
import type { LocalPrior, Work } from '../proto/messages.ts';
import { named, type Script, type ScriptContext, type StageReports, type Values } from './script.ts';

export const BROKEN_OFF = 'broken off';

const NOTHING: Work = { kind: 'connect', neighbours: [] };

/** Questions to the members in their order, and their answers. */
export type Ask = (questions: readonly Question[]) => Script<readonly LocalPosterior[] | typeof BROKEN_OFF>;

export function* converse<Question, Answer, Result>(
  chain: Generator<readonly Question[], Result, readonly Answer[]>,
  ask: (questions: readonly Question[]) => Script<readonly Answer[] | typeof BROKEN_OFF>,
): Script<Result | typeof BROKEN_OFF> {
  let next = chain.next();
  while (!next.done) {
    const answers = yield* ask(next.value);
    if (answers === BROKEN_OFF) return BROKEN_OFF;
    next = chain.next(answers);
  }
  return next.value;
}

/** The moments are here: nobody is asked. */
export function askMoments(told: readonly Information[]): Ask {
  // oxlint-disable-next-line require-yield -- no stage is needed
  return function* ask(questions) {
    return questions.map(({ belief, noise }, i) => squaredPosterior(told[i], belief, noise));
  };
}

/** One stage for every question. */
export function askAgents(context: ScriptContext, members: readonly number[], { label, heldOut }: { readonly label: string; readonly heldOut: boolean }): Ask {
  let iteration = 0;
  return function* ask(questions) {
    const works = worksOf(context, members, (i) => ({ kind: 'posterior', prior: localPrior(questions[i]), heldOut, ridge: 0, tell: ['posterior'] }));
    const reports = yield { phase: 'estimating', label: `${label}, question ${++iteration}`, works };
    if (!isComplete(reports, members)) return BROKEN_OFF;
    return members.map((agent) => answerOf(reports.values[agent], agent));
  };
}

/** By agent; whoever is no member has nothing to do. `make` counts the members. */
export function worksOf(context: ScriptContext, members: readonly number[], make: (index: number) => Work): Work[] {
  const works = Array.from({ length: context.experiment.agents }, () => NOTHING);
  members.forEach((agent, i) => (works[agent] = make(i)));
  return works;
}

/** Whether every member is in it: a conversation cannot go on with fewer. */
export function isComplete({ brokenOff, participants }: StageReports, members: readonly number[]): boolean {
  return !brokenOff && members.every((agent) => participants.includes(agent));
}

export function localPrior({ belief, noise, start, steps }: Question): LocalPrior {
  return { mean: Array.from(belief.mean), precision: Array.from(lowerTriangle(belief.precision)), noise, start: Array.from(start), steps };
}

function answerOf(values: Values, agent: number): LocalPosterior {
  const mean = named(values, agent, 'mean');
  return {
    mean,
    covariance: fromLowerTriangle(named(values, agent, 'covariance'), mean.length),
    residual: named(values, agent, 'residual')[0],
  };
}

/** The moments an agent told with its evidence. */
export function informationOf(values: Values, agent: number, prefix: string): Information {
  const moment = named(values, agent, `${prefix}moment`);
  return {
    rows: named(values, agent, `${prefix}rows`)[0],
    matrix: fromLowerTriangle(named(values, agent, `${prefix}matrix`), moment.length),
    moment,
    squares: named(values, agent, `${prefix}squares`)[0],
  };
}

/** As the agents packed it. */
export function gainOf([rows, mean, variance, alone, prior]: Float64Array): RowGain {
  return { rows, mean, variance, alone, prior };
}
