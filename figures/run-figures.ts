/** The figures that a run has something to show in, with a caption that says in plain words what to see. */
import type { RunResult } from '../core/run-result.ts';
import { gains, type Gain } from './arms.ts';
import { curvesFigure } from './curves.ts';
import { formatNumber, formatPercent, isNumber } from './format.ts';
import { gainFigure } from './gain.ts';
import { graphFigure } from './graph.ts';

export interface RunFigure {
  readonly kind: 'curves' | 'graph' | 'gain';
  readonly svg: string;
  readonly caption: string;
}

export function runFigures(result: RunResult): RunFigure[] {
  const figures: RunFigure[] = [];
  if (result.arms.some((arm) => arm.curve !== null)) figures.push({ kind: 'curves', svg: curvesFigure(result), caption: curvesCaption(result) });
  if (result.relationship?.laplacian) figures.push({ kind: 'graph', svg: graphFigure(result), caption: graphCaption(result) });
  if (gains(result).length > 0) figures.push({ kind: 'gain', svg: gainFigure(result), caption: gainCaption(result) });
  return figures;
}

function curvesCaption(result: RunResult): string {
  const theory = result.arms.some((arm) => arm.curve?.predicted) ? ' Where the dots of theory lie on a line, the run did what mathematics says it should.' : '';
  return `Lower is better: the arm whose line ends lowest has learned its tasks best.${theory}`;
}

function graphCaption(result: RunResult): string {
  const { truth, relativeError } = result.relationship!;
  if (truth === null) return 'A thick link joins two agents whose tasks were found to be alike; they pull on each other when they cooperate.';
  const error = isNumber(relativeError) ? ` The learned weights differ from the true ones by ${formatNumber(100 * relativeError, 3)} % in all.` : '';
  return `The thick links at the left should be the links at the right; dashed ones cannot exist in a true graph.${error}`;
}

function gainCaption(result: RunResult): string {
  const best = gains(result).reduce<Gain | null>((a, b) => ((b.mean ?? -Infinity) > (a?.mean ?? -Infinity) ? b : a), null);
  if (best === null || !isNumber(best.mean)) return 'Dots right of the line are agents that cooperation helped.';
  if (best.mean <= 0) return 'Cooperation did not help here: no bar reaches to the right of learning alone.';
  return `Dots right of the line are agents that cooperation helped. What helped most: ${best.label} (${formatPercent(best.mean)}).`;
}
