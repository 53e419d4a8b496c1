/** All runs that this server knows, the newest first; two of them can be picked and compared. */
import { useEffect, useState } from 'preact/hooks';
import type { RunListing } from '../../core/run-view.ts';
import { fetchRuns, wordsOf } from '../api.ts';
import { dateText } from '../model/words.ts';
import { addressOf } from '../model/route.ts';
import { Note } from '../parts/note.tsx';
import { Status } from '../parts/status.tsx';

/** A run may begin or end while one looks. */
const ASK_AGAIN_MS = 5_000;

export function RunList() {
  const { runs, problem } = useRuns();
  const [picked, setPicked] = useState<readonly string[]>([]);
  if (runs === null) return <Note busy={problem === ''}>{problem === '' ? 'Loading the runs …' : problem}</Note>;
  if (runs.length === 0) return <Note>There is no run yet. Start one: kindred run examples/paper.yaml</Note>;
  const toggle = (runId: string): void => setPicked(picked.includes(runId) ? picked.filter((one) => one !== runId) : [...picked, runId].slice(-2));
  return (
    <section class="card" aria-labelledby="runs-heading">
      <div class="head">
        <h1 id="runs-heading">Runs</h1>
        <Compare picked={picked} />
      </div>
      {problem !== '' && <p class="warn">{problem}</p>}
      <RunTable runs={runs} picked={picked} toggle={toggle} />
    </section>
  );
}

function useRuns(): { runs: readonly RunListing[] | null; problem: string } {
  const [state, setState] = useState<{ runs: readonly RunListing[] | null; problem: string }>({ runs: null, problem: '' });
  useEffect(() => {
    const look = (): Promise<void> =>
      fetchRuns().then(
        (runs) => setState({ runs, problem: '' }),
        (error) => setState((old) => ({ ...old, problem: wordsOf(error) })),
      );
    void look();
    const timer = setInterval(() => void look(), ASK_AGAIN_MS);
    return () => clearInterval(timer);
  }, []);
  return state;
}

function Compare({ picked }: { picked: readonly string[] }) {
  if (picked.length < 2) return <span class="quiet">Pick two to compare them</span>;
  return (
    <a class="button" href={addressOf({ page: 'compare', runIds: picked })}>
      Compare the two
    </a>
  );
}

interface RunTableProps {
  readonly runs: readonly RunListing[];
  readonly picked: readonly string[];
  readonly toggle: (runId: string) => void;
}

function RunTable({ runs, picked, toggle }: RunTableProps) {
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="List of runs">
      <table>
        <thead>
          <tr>
            {['Compare', 'Run', 'Experiment', 'Status', 'Agents', 'Seed', 'Mode', 'Arms', 'Begun'].map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {runs.map((run) => (
            <tr key={run.runId}>
              <td>
                <input type="checkbox" aria-label={`Compare ${run.runId}`} checked={picked.includes(run.runId)} onChange={() => toggle(run.runId)} />
              </td>
              <th scope="row">
                <a href={addressOf({ page: 'run', runId: run.runId })}>{run.runId}</a>
              </th>
              <td>{run.experiment}</td>
              <td>
                <Status status={run.status} live={run.live} />
              </td>
              <td class="number">{run.agents ?? '–'}</td>
              <td class="number">{run.seed ?? '–'}</td>
              <td>{run.mode ?? '–'}</td>
              <td class="wrap">{run.arms.join(', ')}</td>
              <td>{dateText(run.date)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
