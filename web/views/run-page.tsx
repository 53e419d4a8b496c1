/** One run, live or stored: every part of the page, in the order in which one asks. */
import type { RunView } from '../../core/run-view.ts';
import { useRun, type Following } from '../follow.ts';
import { Agents } from '../parts/agents.tsx';
import { Connection } from '../parts/connection.tsx';
import { Curves } from '../parts/curves.tsx';
import { Diagnostics, Events } from '../parts/events.tsx';
import { FaultControls } from '../parts/fault-controls.tsx';
import { Graphs, isWide } from '../parts/graphs.tsx';
import { Links } from '../parts/links.tsx';
import { Note } from '../parts/note.tsx';
import { RunHeader } from '../parts/run-header.tsx';
import { Timeline } from '../parts/timeline.tsx';

export function RunPage({ runId }: { runId: string }) {
  const following = useRun(runId);
  const { view } = following;
  if (view === null) return <Waiting following={following} />;
  return (
    <>
      <Connection following={following} />
      <RunHeader view={view} />
      <div class="grid">
        <Parts view={view} />
      </div>
    </>
  );
}

function Parts({ view }: { view: RunView }) {
  return (
    <>
      <Timeline view={view} />
      <Curves view={view} wide={isWide(view)} />
      <Graphs view={view} />
      <Agents view={view} />
      <Links view={view} />
      <Events view={view} />
      <div class="column">
        <Diagnostics view={view} />
        <FaultControls view={view} />
      </div>
    </>
  );
}

function Waiting({ following }: { following: Following }) {
  if (following.connection === 'loading') return <Note busy>Loading the run …</Note>;
  if (following.connection === 'refused') return <Note>{following.problem}</Note>;
  return <Connection following={following} />;
}
