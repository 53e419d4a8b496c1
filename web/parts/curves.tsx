/** How the network's error falls, arm by arm: the plot, and a legend that switches arms off and tells values. */
import { useMemo, useState } from 'preact/hooks';
import type { CurveView, RunView } from '../../core/run-view.ts';
import { formatNumber } from '../../figures/format.ts';
import { armStyles, type Style } from '../../figures/palette.ts';
import { colourOf } from '../drawing/ink.ts';
import { useDark } from '../hooks.ts';
import { valueAt } from '../model/curve-table.ts';
import { Card } from './card.tsx';
import { CurvePlot } from './curve-plot.tsx';

export function Curves({ view, wide }: { view: RunView; wide: boolean }) {
  const { curves, errorName } = view;
  const styles = useMemo(() => armStyles(curves), [curves]);
  return (
    <Card id="curves" title="Error by iteration" wide={wide} aside={<span class="quiet">dotted: what theory predicts</span>}>
      <CurvesWithLegend curves={curves} styles={styles} errorName={errorName} />
    </Card>
  );
}

interface CurvesProps {
  readonly curves: readonly CurveView[];
  /** One per curve. */
  readonly styles: readonly Style[];
  readonly errorName: string;
}

export function CurvesWithLegend({ curves, styles, errorName }: CurvesProps) {
  const [hidden, setHidden] = useState<ReadonlySet<number>>(NONE);
  const [iteration, setIteration] = useState<number | null>(null);
  const toggle = (arm: number): void => setHidden((old) => new Set(old.has(arm) ? [...old].filter((one) => one !== arm) : [...old, arm]));
  if (curves.every(({ iteration: at }) => at.length === 0))
    return <p class="quiet">No error is known: it is told while the agents cooperate, or when an arm ends.</p>;
  return (
    <>
      <CurvePlot curves={curves} styles={styles} hidden={hidden} errorName={errorName} onIteration={setIteration} />
      <Legend {...{ curves, styles, hidden, iteration, toggle }} />
    </>
  );
}

const NONE: ReadonlySet<number> = new Set();

interface LegendProps {
  readonly curves: readonly CurveView[];
  readonly styles: readonly Style[];
  readonly hidden: ReadonlySet<number>;
  readonly iteration: number | null;
  readonly toggle: (arm: number) => void;
}

function Legend({ curves, styles, hidden, iteration, toggle }: LegendProps) {
  return (
    <ul class="legend" aria-label="Arms; press to hide or show">
      {curves.map((curve, i) => (
        <li key={curve.label}>
          <button type="button" aria-pressed={!hidden.has(i)} onClick={() => toggle(i)}>
            <Swatch style={styles[i]} />
            {curve.label} <span class="value">{legendValue(curve, iteration)}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}

/** The value under the pointer, else the steady state, else the newest one. */
function legendValue(curve: CurveView, iteration: number | null): string {
  const value = iteration === null ? (curve.steadyError ?? valueAt(curve, null)) : valueAt(curve, iteration);
  return formatNumber(value, 3);
}

export function Swatch({ style }: { style: Style }) {
  const colour = colourOf(style, useDark());
  return (
    <svg width="30" height="10" aria-hidden="true">
      <line x1="0" x2="30" y1="5" y2="5" stroke={colour} stroke-width="2.4" stroke-dasharray={style.dash ?? undefined} />
    </svg>
  );
}
