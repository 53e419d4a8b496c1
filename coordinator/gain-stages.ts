/**
 * How the gains of one step of learning together come to the coordinator (core/grouping/gains.ts, algorithms-2, B3).
 * n agents, p shared parameters:
 *   first-order          a gradient, one on rows held out, and the loss there: 2 n p + n numbers up, nothing down
 *   cosine               a gradient: n p up
 *   lookahead, affinity  a gradient, then everybody's to everybody and the losses by each: n p + n (n + 1) up, n n p down
 */
import { cosineGains, firstOrderGains, gainsFromLosses, type GainName, type StepReport } from '../core/grouping/gains.ts';
import type { Matrix } from '../core/linalg/matrix.ts';
import { BROKEN_OFF } from './prior-questions.ts';
import type { Script } from './script.ts';

/** What every member told, by name of the vector; the members in their order. */
export type Told = readonly ((name: string) => Float64Array)[];

/** One stage at the step where the agents stand. */
export type AskStep = (needs: readonly string[], gradients?: readonly number[]) => Script<Told | typeof BROKEN_OFF>;

export function* gainsOfStep(way: GainName, stepSize: number, ask: AskStep): Script<Matrix | typeof BROKEN_OFF> {
  const told = yield* ask(way === 'first-order' ? ['gradient', 'heldOut'] : ['gradient']);
  if (told === BROKEN_OFF) return told;
  const gradients = told.map((of) => of('gradient'));
  if (way === 'cosine') return cosineGains(gradients);
  if (way === 'first-order') return firstOrderGains(told.map(stepReportOf), stepSize);
  const answers = yield* ask(
    [way],
    gradients.flatMap((one) => Array.from(one)),
  );
  return answers === BROKEN_OFF ? answers : gainsFromLosses(answers.map((of) => of('losses')));
}

function stepReportOf(of: Told[number]): StepReport {
  const heldOut = of('heldOut');
  return { gradient: of('gradient'), heldOutGradient: heldOut.subarray(0, -1), heldOutLoss: heldOut.at(-1)! };
}
