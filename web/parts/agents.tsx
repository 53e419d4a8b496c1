/** One row per agent: how it stands, and what cooperating gained it against learning alone. Who was harmed is marked. */
import { useState } from 'preact/hooks';
import type { AgentView, RunView } from '../../core/run-view.ts';
import { formatBytes, formatCount, formatNumber, formatPercent, isNumber } from '../../figures/format.ts';
import { Card } from './card.tsx';
import { Choice } from './choice.tsx';
import { Sortable, type Column } from './sortable.tsx';

type Measure = 'gains' | 'errors';

export function Agents({ view }: { view: RunView }) {
  const [measure, setMeasure] = useState<Measure>('gains');
  const columns = [...FIXED, ...armColumns(view, measure)];
  const choice = <Choice label="Show of every arm" options={{ gains: 'Gain', errors: 'Error' }} value={measure} onChange={setMeasure} />;
  return (
    <Card id="agents" title="Agents" wide aside={choice}>
      <p class="quiet">
        {measure === 'gains' ? 'Gain: the share of its error alone that an agent saves by cooperating. ▼ marks whom it harmed.' : `Error: ${view.errorName}.`}
      </p>
      <Sortable label="Agents" columns={columns} rows={view.peers} rowKey={({ agent }) => String(agent)} first={{ by: 'Agent', descending: false }} />
    </Card>
  );
}

const FIXED: readonly Column<AgentView>[] = [
  { name: 'Agent', value: ({ agent }) => agent, show: ({ agent, name }) => (name === String(agent) ? name : `${agent} ${name}`), text: true },
  { name: 'State', value: ({ state }) => state, show: ({ state }) => <State state={state} />, text: true },
  { name: 'Iteration', value: ({ iteration }) => iteration, show: ({ iteration }) => formatCount(iteration) },
  {
    name: 'Restarts',
    hint: 'How often its process was started again',
    value: ({ incarnation }) => incarnation,
    show: ({ incarnation }) => restarts(incarnation),
    descendingFirst: true,
  },
  { name: 'Sent', value: ({ bytesSent }) => bytesSent, show: ({ bytesSent }) => formatBytes(bytesSent), descendingFirst: true },
];

function restarts(incarnation: number): string {
  return formatCount(Math.max(0, incarnation - 1));
}

const STATES: Readonly<Record<string, string>> = { up: '●', done: '✓', suspect: '?', away: '○', 'left-out': '✕' };

function State({ state }: { state: string }) {
  return (
    <span class={`state ${state}`}>
      <span aria-hidden="true">{STATES[state] ?? '·'}</span> {state.replaceAll('-', ' ')}
    </span>
  );
}

/** What learns alone gains nothing against itself. */
function armColumns({ curves }: RunView, measure: Measure): Column<AgentView>[] {
  return curves.flatMap(({ arm, label, strategy }): Column<AgentView>[] => {
    const value = (agent: AgentView): number | null => agent[measure][arm] ?? null;
    if (measure === 'errors') return [{ name: label, value, show: (agent) => formatNumber(value(agent), 3) }];
    return strategy === 'non-cooperative' ? [] : [{ name: label, value, show: (agent) => <Gain value={value(agent)} />, descendingFirst: true }];
  });
}

export function Gain({ value }: { value: number | null }) {
  if (!isNumber(value)) return <>–</>;
  if (value >= 0) return <>{formatPercent(100 * value)}</>;
  return (
    <span class="harmed">
      <span aria-hidden="true">▼ </span>
      <span class="hidden">harmed: </span>
      {formatPercent(100 * value)}
    </span>
  );
}
