/**
 * What a page shows of a run, from its record alone, and from its coordinator too while it goes on. The same function for
 * both. What did not change since the last view is the same object in the next one: nobody need write it out again.
 */
import { faultBands } from '../../core/fault/bands.ts';
import { ENDINGS, runClock } from '../../core/run-clock.ts';
import type { RunEvent } from '../../core/run-event.ts';
import type { RunResult } from '../../core/run-result.ts';
import type { AgentView, LinkView, Matrix, RelationshipView, RunListing, RunView } from '../../core/run-view.ts';
import type { RelationshipFile } from '../../config/relationship-file.ts';
import { ALONE, comparedErrorByAgent, comparesByAuc, errorName, gain } from '../../figures/arms.ts';
import { reproduceCommand, UNKNOWN } from '../../figures/reproduce.ts';
import type { AgentRecord } from '../run-state.ts';
import { curvesOf } from './curves.ts';
import type { LivePoints } from './curves.ts';
import { eventViews } from './event-texts.ts';
import { Memo } from './memo.ts';
import { livePresence, recordedPresence } from './peers.ts';
import { phasesOf } from './phases.ts';
import { recordedArms } from './recorded-arms.ts';
import type { EndedArm } from './recorded-arms.ts';
import type { RecordedRun } from './run-directory.ts';

/** What only the coordinator of a run that goes on knows. */
export interface LiveRun {
  readonly phase: string;
  readonly paused: boolean;
  readonly waitingFor: string;
  /** The result so far. */
  readonly result: RunResult;
  readonly truth: Matrix | null;
  readonly agents: readonly (AgentRecord & { readonly bytesSent: number })[];
  readonly links: readonly LinkView[];
  readonly points: (arm: number) => LivePoints | undefined;
  /** By agent: its error in that arm, as last told. */
  readonly errors: (arm: number) => readonly (number | null)[] | undefined;
}

/** Whether the asker may steer it is not the run's. */
export type SharedView = Omit<RunView, 'steerable'>;

/** `goesOn`: its processes are there. */
export function listingOf(run: RecordedRun, goesOn: boolean, live?: Pick<LiveRun, 'phase'>): RunListing {
  const { runId, experiment, startedMs, events, result } = run;
  return {
    runId,
    status: live?.phase ?? (goesOn ? lastPhase(events) : (result?.status ?? 'unfinished')),
    live: goesOn,
    experiment: experiment.name,
    seed: experiment.seed,
    mode: modeOf(events) ?? result?.mode ?? null,
    agents: experiment.agents,
    arms: experiment.cooperate.arms.map(({ strategy }) => strategy),
    date: new Date(startedMs).toISOString(),
  };
}

export class RunViews {
  readonly #memo = new Memo();

  of(run: RecordedRun, goesOn: boolean, nowMs: number, live?: LiveRun): SharedView {
    const { events, experiment, metrics, relationships } = run;
    // The result of an earlier try says nothing while the run goes on.
    const result = live?.result ?? (goesOn ? undefined : run.result);
    const of: Memo['of'] = (name, from, make) => this.#memo.of(name, from, make);
    const arms: readonly EndedArm[] = result?.arms ?? of('recorded', [events, metrics], () => recordedArms(experiment, events, metrics));
    const points = experiment.cooperate.arms.map((_, arm) => (arms[arm] === undefined ? live?.points(arm) : undefined));
    const listing = listingOf(run, goesOn, live);
    const isOver = !goesOn || ENDINGS.includes(events.at(-1)?.type ?? '');
    return {
      ...listing,
      arms: of('arms', [experiment], () => listing.arms),
      paused: live?.paused ?? false,
      elapsedMs: elapsedOf(events, isOver ? undefined : nowMs),
      waitingFor: live?.waitingFor ?? '',
      errorName: errorNameOf(run, arms, result),
      peers: peersOf({ run, arms, nowMs, live, silences: of('silences', [events], () => silencesOf(events)) }),
      phases: of('phases', [events, isOver], () => closed(phasesOf(events), isOver ? elapsedOf(events, undefined) : null)),
      faults: of('faults', [events, isOver], () => faultBands(events, experiment.faults, isOver ? elapsedOf(events, undefined) : null)),
      relationships: of('relationships', [relationships], () => relationships.map(relationshipView)),
      truth: of('truth', [relationships, live?.truth], () => relationships.findLast(({ truth }) => truth !== null)?.truth ?? live?.truth ?? null),
      curves: of('curves', [experiment, ...arms, ...points], () => curvesOf(experiment.cooperate.arms, arms, points)),
      links: live?.links ?? NO_LINKS,
      events: of('events', [events], () => eventViews(events, experiment.agentNames)),
      diagnostics: [...(result?.relationship?.diagnostics ?? []), ...(result?.diagnostics ?? [])],
      failure: result?.error ?? null,
      command: reproduceCommand({ seed: experiment.seed, mode: listing.mode ?? 'processes' }, run.typed ?? UNKNOWN),
    };
  }
}

interface Scene {
  readonly run: RecordedRun;
  readonly arms: readonly EndedArm[];
  readonly nowMs: number;
  readonly live: LiveRun | undefined;
  readonly silences: ReadonlyMap<number, number>;
}

const NO_LINKS: readonly LinkView[] = [];

function relationshipView({ version, kind, estimator, contributors, relativeError, ...fields }: RelationshipFile): RelationshipView {
  return { version, kind, estimator, contributors, laplacian: (fields['laplacian'] as Matrix | undefined) ?? null, relativeError };
}

function closed(phases: RunView['phases'], endMs: number | null): RunView['phases'] {
  return phases.map((one) => ({ ...one, untilMs: one.untilMs ?? endMs }));
}

function modeOf(events: readonly RunEvent[]): string | undefined {
  return events.find(({ type }) => type === 'started')?.['mode'] as string | undefined;
}

function lastPhase(events: readonly RunEvent[]): string {
  return (events.findLast(({ type }) => type === 'stage')?.['phase'] as string | undefined) ?? 'assembling';
}

function elapsedOf(events: readonly RunEvent[], nowMs: number | undefined): number {
  const last = events.at(-1);
  return last === undefined ? 0 : runClock(events)(nowMs ?? Date.parse(last.at));
}

/** Before the first arm ended nobody can tell by what a table is judged but by its loss. */
function errorNameOf({ experiment: { problem } }: RecordedRun, arms: readonly EndedArm[], result: RunResult | undefined): string {
  const about = {
    kind: problem.kind,
    ...(problem.kind === 'csv-table' ? { loss: problem.loss } : {}),
    ...(problem.kind === 'own-stream' ? { measure: problem.measure } : {}),
    ...result?.problem,
  };
  return errorName({ arms, problem: about } as unknown as RunResult);
}

function peersOf({ run, arms: ended, nowMs, live, silences }: Scene): AgentView[] {
  const { experiment, events } = run;
  const { arms } = experiment.cooperate;
  const recorded = live === undefined ? recordedPresence(events, experiment.agents) : [];
  const errors = arms.map((_, arm) => errorsOf(ended, arm) ?? live?.errors(arm));
  const bytesSent = bytesByAgent(run.metrics);
  const alone = errors[arms.findIndex(({ strategy }) => strategy === ALONE)];
  return experiment.agentNames.map((name, agent) => {
    const record = live?.agents[agent];
    const silentMs = nowMs - (silences.get(agent) ?? -Infinity);
    const own = errors.map((byAgent) => byAgent?.[agent] ?? null);
    return {
      agent,
      name,
      ...(record === undefined ? recorded[agent] : livePresence(record, silentMs)),
      iteration: record?.iteration ?? ended.at(-1)?.rounds ?? 0,
      bytesSent: record?.bytesSent ?? bytesSent[agent] ?? 0,
      errors: own,
      // An arm on its way is far from where learning alone ended: only what ended is compared.
      gains: own.map((error, arm) => (ended[arm] === undefined ? null : shareOf(gain(error, alone?.[agent])))),
    };
  });
}

/** When each agent was last found silent. */
function silencesOf(events: readonly RunEvent[]): ReadonlyMap<number, number> {
  return new Map(events.flatMap(({ type, agent, at }) => (type === 'suspect' ? [[agent as number, Date.parse(at)] as const] : [])));
}

function errorsOf(ended: readonly EndedArm[], arm: number): readonly (number | null)[] | undefined {
  return ended[arm] === undefined ? undefined : comparedErrorByAgent(ended[arm], comparesByAuc({ arms: ended }));
}

/** In the arms that ended. */
function bytesByAgent(metrics: RecordedRun['metrics']): number[] {
  const sums: number[] = [];
  for (const { agent, bytesSent = 0 } of metrics) sums[agent] = (sums[agent] ?? 0) + bytesSent;
  return sums;
}

/** From per cent. */
function shareOf(gained: number | null): number | null {
  return gained === null ? null : gained / 100;
}
