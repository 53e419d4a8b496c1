/** The arms of a run as curves: those that ended from the result or the record, the one that runs from what its agents told on the way. */
import type { ArmSpec } from '../../config/experiment.ts';
import type { CurveView } from '../../core/run-view.ts';
import { strategyByName } from '../../core/strategy/index.ts';
import { armLabels } from '../../figures/arms.ts';
import type { EndedArm } from './recorded-arms.ts';

/** More would show nothing more. */
const POINTS_SHOWN = 500;

/** Network mean at these iterations. */
export type LivePoints = Pick<CurveView, 'iteration' | 'error'>;

const NO_POINTS: LivePoints = { iteration: [], error: [] };

export function curvesOf(planned: readonly ArmSpec[], ended: readonly EndedArm[], live: readonly (LivePoints | undefined)[]): CurveView[] {
  const arms = planned.map((spec, i) => ended[i] ?? { strategy: spec.strategy, relationship: relationshipOf(spec) });
  const labels = armLabels(planned.map(({ options }, i) => ({ ...arms[i], ...(options === undefined ? {} : { options }) })));
  return arms.map(({ strategy, relationship }, arm) => ({ arm, label: labels[arm], strategy, relationship, ...pointsOf(ended[arm], live[arm]) }));
}

/** As an arm's result will call it. */
function relationshipOf({ strategy, relationship }: ArmSpec): string {
  const over = strategyByName(strategy)?.cooperatesOver;
  return over === 'nothing' ? 'none' : over === 'network' ? 'network' : relationship;
}

type Points = Pick<CurveView, 'iteration' | 'error' | 'predicted' | 'steadyError' | 'predictedError'>;

function pointsOf(ended: EndedArm | undefined, live: LivePoints | undefined): Points {
  if (ended === undefined) return { ...thinned({ ...(live ?? NO_POINTS), predicted: null }), steadyError: null, predictedError: null };
  const { steadyError, predictedError } = ended;
  // Of a table nobody looks at the truth on the way: its agents' own errors, where they told them.
  return { ...thinned(ended.curve ?? { ...(live ?? NO_POINTS), predicted: null }), steadyError, predictedError };
}

/** Evenly, with the first and the last. */
function thinned({ iteration, error, predicted }: Pick<Points, 'iteration' | 'error' | 'predicted'>): Pick<Points, 'iteration' | 'error' | 'predicted'> {
  const count = iteration.length;
  if (count <= POINTS_SHOWN) return { iteration, error, predicted };
  const kept = Array.from({ length: POINTS_SHOWN }, (_, i) => Math.round((i * (count - 1)) / (POINTS_SHOWN - 1)));
  const take = (values: readonly number[]): number[] => kept.map((i) => values[i]);
  return { iteration: take(iteration), error: take(error), predicted: predicted === null ? null : take(predicted) };
}
