/** The figures that a run has something to show in, with a caption that says in plain words what to see. */
import type { RunResult } from '../core/run-result.ts';
import { gains, type Gain } from './arms.ts';
import { curvesFigure } from './curves.ts';
import { formatNumber, formatPercent, isNumber } from './format.ts';
import { SCREEN, type Medium } from './frame.ts';
import { gainFigure } from './gain.ts';
import { graphFigure } from './graph.ts';
import { spectrumFigure, type Spectrum } from './spectrum.ts';
import { timelineFigure, type Timeline } from './timeline.ts';

export const FIGURE_KINDS = ['curves', 'graph', 'spectrum', 'gain', 'timeline'] as const;
export type FigureKind = (typeof FIGURE_KINDS)[number];

/** What figures show of a run beside its result. */
export interface RunRecord {
  readonly result: RunResult;
  /** Of every version of its relationship, in their order. */
  readonly spectra: readonly Spectrum[];
  readonly timeline: Timeline | null;
}

export interface RunFigure {
  readonly kind: FigureKind;
  readonly svg: string;
  readonly caption: string;
}

/** Of runs that differ in their seed only; a timeline is of the first. */
export function drawFigure(kind: FigureKind, runs: readonly RunRecord[], medium: Medium): string {
  const results = runs.map(({ result }) => result);
  if (kind === 'curves') return curvesFigure(results, medium);
  if (kind === 'graph') return graphFigure(results, medium);
  if (kind === 'gain') return gainFigure(results, medium);
  if (kind === 'timeline') return timelineFigure(results[0], runs[0].timeline, medium);
  return spectrumFigure(
    results,
    runs.map(({ spectra }) => spectra),
    medium,
  );
}

/** Whether a figure of the run would show anything. */
export function hasFigure(kind: FigureKind, { result, spectra, timeline }: RunRecord): boolean {
  if (kind === 'curves') return result.arms.some((arm) => arm.curve !== null);
  if (kind === 'graph') return result.relationship?.laplacian != null;
  if (kind === 'gain') return gains(result).length > 0;
  return kind === 'spectrum' ? spectra.length > 0 : timeline !== null;
}

export function runFigures(run: RunRecord): RunFigure[] {
  return FIGURE_KINDS.filter((kind) => hasFigure(kind, run)).map((kind) => ({
    kind,
    svg: drawFigure(kind, [run], SCREEN),
    caption: CAPTIONS[kind](run.result, run),
  }));
}

const CAPTIONS: Readonly<Record<FigureKind, (result: RunResult, run: RunRecord) => string>> = {
  curves: curvesCaption,
  graph: graphCaption,
  spectrum: (_, { spectra }) => spectrumCaption(spectra.at(-1)!),
  gain: gainCaption,
  timeline: (_, { timeline }) =>
    timeline!.faults.length === 0 ? 'Nothing was broken on purpose in this run.' : 'Shaded: while something was broken on purpose.',
};

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

function spectrumCaption({ kind, truth }: Spectrum): string {
  if (kind === 'prior') return 'A large eigenvalue is a direction of the parameters in which agents differ much.';
  return truth === null
    ? 'Small eigenvalues belong to what hardly differs between linked agents; as many zeros as there are separate groups.'
    : 'The dots of what was learned should lie in the rings of the truth.';
}

function gainCaption(result: RunResult): string {
  const best = gains(result).reduce<Gain | null>((a, b) => ((b.mean ?? -Infinity) > (a?.mean ?? -Infinity) ? b : a), null);
  if (best === null || !isNumber(best.mean)) return 'Dots right of the line are agents that cooperation helped.';
  if (best.mean <= 0) return 'Cooperation did not help here: no bar reaches to the right of learning alone.';
  return `Dots right of the line are agents that cooperation helped. What helped most: ${best.label} (${formatPercent(best.mean)}).`;
}
