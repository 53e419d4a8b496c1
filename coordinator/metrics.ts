/**
 * What a coordinator tells Prometheus: one table. /metrics, docs/metrics.md and their tests are made of it. All of a run is
 * taken from the view that its page shows too, so both tell the same.
 */
import type { LinkView, RunView } from '../core/run-view.ts';
import type { RunPhase } from './run-state.ts';
import type { SharedView } from './view/run-view.ts';

export interface RunFacts {
  readonly view: SharedView;
  /** All events of the record, by their type. */
  readonly events: ReadonlyMap<string, number>;
  readonly viewers: number;
}

export interface MetricFacts extends RunFacts {
  readonly memory: { readonly rss: number; readonly heapUsed: number };
  readonly uptimeSeconds: number;
}

/** A value, null where it is not known, and the values of the labels in their order. */
export type Sample = readonly [value: number | null, ...labels: string[]];

export interface Metric {
  readonly name: string;
  readonly type: 'gauge' | 'counter';
  readonly help: string;
  readonly labels: readonly string[];
  readonly value: (facts: MetricFacts) => readonly Sample[];
}

const PHASES: Readonly<Record<RunPhase, true>> = {
  assembling: true,
  exploring: true,
  estimating: true,
  cooperating: true,
  completed: true,
  'completed-with-missing': true,
  failed: true,
  cancelled: true,
};
const STATES = ['up', 'suspect', 'away', 'left-out', 'done'];

const gauge = (name: string, help: string, labels: readonly string[], value: Metric['value']): Metric => ({ name, type: 'gauge', help, labels, value });
const counter = (name: string, help: string, labels: readonly string[], value: Metric['value']): Metric => ({ name, type: 'counter', help, labels, value });

export const METRICS: readonly Metric[] = [
  gauge('kindred_run_info', 'Always 1: which run this is.', ['run', 'experiment', 'seed', 'mode'], ({ view }) => [
    [1, view.runId, view.experiment, String(view.seed), view.mode ?? ''],
  ]),
  gauge('kindred_phase', '1 for the phase that the run is in, 0 for the others.', ['phase'], ({ view }) =>
    Object.keys(PHASES).map((phase) => [Number(phase === view.status), phase]),
  ),
  gauge('kindred_paused', '1 while the run is paused.', [], ({ view }) => [[Number(view.paused)]]),
  gauge('kindred_elapsed_seconds', 'Time since the run began, as its record counts it.', [], ({ view }) => [[view.elapsedMs / 1_000]]),
  gauge('kindred_agents_expected', 'Agents of the experiment.', [], ({ view }) => [[view.peers.length]]),
  gauge('kindred_agents', 'Agents in each state.', ['state'], ({ view }) =>
    STATES.map((state) => [view.peers.filter((peer) => peer.state === state).length, state]),
  ),
  gauge('kindred_iteration', 'The iteration of each agent in the current stage.', ['agent', 'name'], ({ view }) => byAgent(view, ({ iteration }) => iteration)),
  counter('kindred_agent_sent_bytes_total', 'Bytes that each agent sent.', ['agent', 'name'], ({ view }) => byAgent(view, ({ bytesSent }) => bytesSent)),
  counter('kindred_agent_restarts_total', 'Processes that each agent has had beyond its first.', ['agent', 'name'], ({ view }) =>
    byAgent(view, ({ incarnation }) => Math.max(0, incarnation - 1)),
  ),
  gauge('kindred_link_open', '1 while a direction of a link is open.', ['from', 'to'], ({ view }) => byLink(view, ({ open }) => Number(open))),
  gauge('kindred_link_round_trip_seconds', 'Round trips of the last seconds, by their quantile.', ['from', 'to', 'quantile'], ({ view }) =>
    view.links.flatMap(({ from, to, roundTripMs }): Sample[] => [
      [secondsOf(roundTripMs?.p50), String(from), String(to), '0.5'],
      [secondsOf(roundTripMs?.p95), String(from), String(to), '0.95'],
    ]),
  ),
  gauge('kindred_link_lost_ratio', 'Share of the frames of the last seconds that did not arrive whole.', ['from', 'to'], ({ view }) =>
    byLink(view, ({ lost }) => lost),
  ),
  gauge('kindred_link_staleness_exchanges', 'How many exchanges old the newest vector is.', ['from', 'to'], ({ view }) =>
    byLink(view, ({ staleness }) => staleness),
  ),
  counter('kindred_link_received_bytes_total', 'Bytes that the process of the receiver has got.', ['from', 'to'], ({ view }) =>
    byLink(view, ({ bytes }) => bytes),
  ),
  gauge('kindred_arm_error', 'Error of each arm: of its end, or the newest network mean.', ['arm', 'label'], ({ view }) =>
    view.curves.map(({ arm, label, error, steadyError }) => [steadyError ?? error.at(-1) ?? null, String(arm), label]),
  ),
  gauge('kindred_arm_gain_ratio', 'Mean over the agents of 1 - error / error alone; below 0 cooperating harms.', ['arm', 'label'], ({ view }) =>
    view.curves.map(({ arm, label }) => [meanGain(view, arm), String(arm), label]),
  ),
  gauge('kindred_faults_active', 'Faults in force.', [], ({ view }) => [[activeFaults(view)]]),
  counter('kindred_events_total', 'Events of the record.', ['type'], ({ events }) => Array.from(events, ([type, count]) => [count, type])),
  gauge('kindred_viewers', 'Open streams of the live page.', [], ({ viewers }) => [[viewers]]),
  gauge('kindred_process_resident_memory_bytes', 'Resident memory of the coordinator.', [], ({ memory }) => [[memory.rss]]),
  gauge('kindred_process_heap_used_bytes', 'JavaScript heap in use in the coordinator.', [], ({ memory }) => [[memory.heapUsed]]),
  gauge('kindred_process_uptime_seconds', 'Age of the process of the coordinator.', [], ({ uptimeSeconds }) => [[uptimeSeconds]]),
];

function byAgent({ peers }: SharedView, value: (peer: RunView['peers'][number]) => number): Sample[] {
  return peers.map((peer) => [value(peer), String(peer.agent), peer.name]);
}

function byLink({ links }: SharedView, value: (link: LinkView) => number): Sample[] {
  return links.map((link) => [value(link), String(link.from), String(link.to)]);
}

function secondsOf(ms: number | undefined): number | null {
  return ms === undefined ? null : ms / 1_000;
}

function meanGain({ peers }: SharedView, arm: number): number | null {
  const known = peers.map(({ gains }) => gains[arm] ?? null).filter((gain) => gain !== null);
  return known.length === 0 ? null : known.reduce((sum, gain) => sum + gain, 0) / known.length;
}

function activeFaults({ faults, elapsedMs }: SharedView): number {
  return faults.filter(({ fromMs, untilMs }) => fromMs <= elapsedMs && (untilMs === null || untilMs > elapsedMs)).length;
}
