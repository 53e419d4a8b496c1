/** Two runs beside each other: their curves in one plot, and every arm that both have in numbers. */
import { useEffect, useMemo, useState } from 'preact/hooks';
import type { RunView } from '../../core/run-view.ts';
import { formatNumber, formatPercent } from '../../figures/format.ts';
import { armStyles } from '../../figures/palette.ts';
import { fetchRun, wordsOf } from '../api.ts';
import { comparedArms, type ComparedArm } from '../model/compared-arms.ts';
import { addressOf } from '../model/route.ts';
import { Card } from '../parts/card.tsx';
import { CurvesWithLegend } from '../parts/curves.tsx';
import { Note } from '../parts/note.tsx';
import { Status } from '../parts/status.tsx';

const LETTERS = ['A', 'B'];
/** The second run's lines are dotted, in the same colours; theory is left out. */
const SECOND_DASH = '2 3';
const NO_THEORY = { predicted: null, predictedError: null };

export function ComparePage({ runIds }: { runIds: readonly string[] }) {
  const { runs, problem } = useRuns(runIds);
  if (problem !== '') return <Note>{problem}</Note>;
  if (runs === null) return <Note busy>Loading the two runs …</Note>;
  return (
    <div class="grid">
      <Sides runs={runs} />
      <Card id="curves" title="Error by iteration" wide aside={<span class="quiet">A as in its own page, B dotted</span>}>
        <Overlaid runs={runs} />
      </Card>
      <Card id="arms" title="Arm by arm" wide>
        <ArmTable arms={comparedArms(runs[0], runs[1])} />
        <p class="quiet">Two runs are one pair: whether a difference is more than chance, kindred compare tells over several seeds.</p>
      </Card>
    </div>
  );
}

function useRuns(runIds: readonly string[]): { runs: readonly RunView[] | null; problem: string } {
  const [state, setState] = useState<{ runs: readonly RunView[] | null; problem: string }>({ runs: null, problem: '' });
  useEffect(() => {
    void Promise.all(runIds.map(fetchRun)).then(
      (runs) => setState({ runs, problem: '' }),
      (error) => setState({ runs: null, problem: wordsOf(error) }),
    );
  }, []);
  return state;
}

function Sides({ runs }: { runs: readonly RunView[] }) {
  return (
    <section class="card wide" aria-labelledby="compare-heading">
      <h1 id="compare-heading">Two runs</h1>
      {runs.map((run, i) => (
        <p key={LETTERS[i]} class="facts">
          <strong>{LETTERS[i]}</strong>
          <a href={addressOf({ page: 'run', runId: run.runId })}>{run.runId}</a>
          <Status status={run.status} live={run.live} />
          <span>seed {run.seed ?? '–'}</span>
          <span>{run.mode ?? '–'}</span>
          <span>{run.agents ?? '–'} agents</span>
        </p>
      ))}
      {runs[0].errorName !== runs[1].errorName && <p class="warn">These runs measure different errors: their numbers do not compare.</p>}
    </section>
  );
}

function Overlaid({ runs }: { runs: readonly RunView[] }) {
  const curves = useMemo(
    () => runs.flatMap((run, i) => run.curves.map((curve) => ({ ...curve, label: `${LETTERS[i]}: ${curve.label}`, ...NO_THEORY }))),
    [runs],
  );
  const styles = useMemo(() => runs.flatMap((run, i) => armStyles(run.curves).map((style) => (i === 0 ? style : { ...style, dash: SECOND_DASH }))), [runs]);
  return <CurvesWithLegend curves={curves} styles={styles} errorName={runs[0].errorName} />;
}

function ArmTable({ arms }: { arms: readonly ComparedArm[] }) {
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="Arms of both runs">
      <table>
        <thead>
          <tr>
            {['Arm', 'A: steady error', 'B: steady error', 'B against A'].map((name, i) => (
              <th key={name} scope="col" class={i === 0 ? undefined : 'number'}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {arms.map(({ label, errors: [a, b], difference }) => (
            <tr key={label}>
              <th scope="row">{label}</th>
              <td class="number">{formatNumber(a, 4)}</td>
              <td class="number">{formatNumber(b, 4)}</td>
              <td class="number">
                {difference === null ? '–' : `${formatPercent(100 * difference)} ${difference > 0 ? '(worse)' : difference < 0 ? '(better)' : ''}`}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
