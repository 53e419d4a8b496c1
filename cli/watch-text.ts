/** A run that goes on, as text: the screen of a terminal, or one line where nothing can be redrawn. Both are of the page's own data. */
import type { AgentView, CurveView, FaultView, LinkView, RunView } from '../core/run-view.ts';
import { scaleOf, sparkline } from './sparkline.ts';
import { formatBytes, formatDuration, formatGain, formatNumber, formatTable } from './table.ts';
import { isWorthAWord } from './run.ts';
import { paint } from './terminal.ts';
import type { Terminal } from './terminal.ts';

export type Watched = Omit<RunView, 'steerable'>;

const SPARK_WIDTH = 32;
const WORST_SHOWN = 5;
const EVENTS_SHOWN = 5;
const WELL = new Set(['up', 'done']);
/** From agents' names and event texts: nothing that a terminal would obey. */
// oxlint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/g;

/** Lines no longer than the terminal is wide. */
export function screenOf(view: Watched, terminal: Terminal): string[] {
  const blocks = [headOf(view, terminal), curvesOf(view), agentsOf(view, terminal), networkOf(view), faultsOf(view), eventsOf(view)];
  const lines = blocks.filter((block) => block.length > 0).flatMap((block, i) => (i === 0 ? block : ['', ...block]));
  return lines.map((line) => cut(line, terminal.columns));
}

/** `cooperating 42s: agents 10/10, multitask 0.1916 at 120, worst 3 -2.1 %, links 45/45, p95 3.1 ms`. */
export function lineOf(view: Watched): string {
  const { peers } = view;
  const curve = currentCurve(view);
  const worst = worstAgents(view).at(0);
  const worstGain = worst === undefined ? null : gainOf(worst, view);
  const faults = faultsNow(view).length;
  const parts = [
    `agents ${peers.filter(({ state }) => WELL.has(state)).length}/${peers.length}`,
    curve === undefined ? '' : `${curve.label} ${formatNumber(curve.steadyError ?? curve.error.at(-1))} ${whenOf(curve)}`,
    worst === undefined || worstGain === null ? '' : `worst ${worst.name} ${formatGain(worstGain)}`,
    linksText(view.links),
    faults === 0 ? '' : `${faults} ${faults === 1 ? 'fault' : 'faults'}`,
    waitingText(view),
  ];
  return plain(`${statusText(view)} ${formatDuration(view.elapsedMs / 1000)}: ${parts.filter((part) => part !== '').join(', ')}`);
}

function waitingText({ status, waitingFor }: Watched): string {
  return isWorthAWord(status, waitingFor) ? `waiting for ${waitingFor}` : '';
}

function statusText({ status, paused }: Watched): string {
  return paused ? `${status} (paused)` : status;
}

function headOf(view: Watched, terminal: Terminal): string[] {
  const { experiment, seed, mode, runId, elapsedMs, phases } = view;
  const waiting = waitingText(view);
  const past = phases.map(({ phase, fromMs, untilMs }) => `${phase} ${formatDuration(((untilMs ?? elapsedMs) - fromMs) / 1000)}`);
  const status = statusText(view);
  const now = `${status} ${formatDuration(elapsedMs / 1000)}${past.length === 0 ? '' : `   ${past.join(' > ')}`}`;
  const painted = (style: 'bold' | 'yellow', text: string, length = text.length): string => paint(terminal, style, text.slice(0, length)) + text.slice(length);
  return [
    plain(`${experiment} · ${runId} · seed ${seed ?? '-'} · ${mode ?? '-'}`),
    painted('bold', cut(plain(now), terminal.columns), status.length),
    ...(waiting === '' ? [] : [painted('yellow', cut(plain(waiting), terminal.columns))]),
  ];
}

function curvesOf({ curves, errorName }: Watched): string[] {
  const begun = curves.filter(({ error, steadyError }) => error.length > 0 || steadyError !== null);
  if (begun.length === 0) return [];
  const scale = scaleOf(begun.map(({ error }) => error));
  const rows = begun.map(({ label, error, iteration, steadyError, predictedError }) => [
    plain(label),
    sparkline(error, scale, SPARK_WIDTH).padEnd(error.length === 0 ? 0 : SPARK_WIDTH),
    formatNumber(steadyError ?? error.at(-1)),
    whenOf({ steadyError, iteration }),
    predictedError === null ? '' : `theory ${formatNumber(predictedError)}`,
  ]);
  return [
    `${errorName}${Number.isFinite(scale.low) ? ', on a logarithmic scale' : ''}`,
    ...formatTable([{ title: '' }, { title: '' }, { title: '', align: 'right' }, { title: '' }, { title: '' }], rows)
      .split('\n')
      .slice(2),
  ];
}

function whenOf({ steadyError, iteration }: Pick<CurveView, 'steadyError' | 'iteration'>): string {
  return steadyError === null ? `at ${iteration.at(-1)}` : 'steady';
}

/** The arm that agents are in, or were in last. */
function currentArm({ peers }: Watched): number {
  const arms = Math.max(0, ...peers.map(({ errors }) => errors.length));
  return Array.from({ length: arms }, (_, arm) => arm).findLast((arm) => peers.some(({ errors }) => (errors[arm] ?? null) !== null)) ?? -1;
}

function currentCurve(view: Watched): CurveView | undefined {
  return view.curves.findLast(({ error }) => error.length > 0);
}

function gainOf({ gains }: AgentView, view: Watched): number | null {
  return gains[currentArm(view)] ?? null;
}

/** Whoever is not there first, then by gain, then by error. */
function worstAgents(view: Watched): AgentView[] {
  const arm = currentArm(view);
  const badness = (one: AgentView): readonly number[] => [WELL.has(one.state) ? 0 : 1, -(one.gains[arm] ?? 0), one.errors[arm] ?? 0];
  return [...view.peers].sort((a, b) => {
    const [x, y] = [badness(a), badness(b)];
    const at = x.findIndex((value, i) => value !== y[i]);
    return at < 0 ? a.agent - b.agent : y[at] - x[at];
  });
}

function agentsOf(view: Watched, terminal: Terminal): string[] {
  const { peers } = view;
  if (peers.length === 0) return [];
  const arm = currentArm(view);
  const right = ['restarts', 'iteration', 'error', 'gain', 'sent'].map((title) => ({ title, align: 'right' as const }));
  const shown = worstAgents(view).slice(0, WORST_SHOWN);
  const rows = shown.map((one) => [
    plain(one.name),
    one.state,
    String(Math.max(0, one.incarnation - 1)),
    String(one.iteration),
    formatNumber(one.errors[arm] ?? null),
    formatGain(one.gains[arm] ?? null),
    formatBytes(one.bytesSent),
  ]);
  const [titles, , ...lines] = formatTable([{ title: 'agent' }, { title: 'state' }, ...right], rows).split('\n');
  const counts = [...new Set(peers.map(({ state }) => state))].map((state) => `${peers.filter((one) => one.state === state).length} ${state}`);
  const style = (one: AgentView): 'red' | undefined => (!WELL.has(one.state) || (one.gains[arm] ?? 0) < 0 ? 'red' : undefined);
  const painted = lines.map((line, i) => (style(shown[i]) === undefined ? line : paint(terminal, 'red', cut(line, terminal.columns))));
  return [`agents: ${counts.join(', ')}${peers.length > WORST_SHOWN ? '; served worst:' : ''}`, titles, ...painted];
}

function networkOf({ links, peers }: Watched): string[] {
  const text = linksText(links);
  if (text === '') return [];
  const slowest = links.reduce<LinkView | null>((most, link) => ((link.roundTripMs?.p95 ?? 0) > (most?.roundTripMs?.p95 ?? 0) ? link : most), null);
  const name = (agent: number): string => plain(peers[agent]?.name ?? String(agent));
  const said = slowest === null ? '' : `; slowest ${name(slowest.from)}->${name(slowest.to)} p95 ${milliseconds(slowest.roundTripMs!.p95)}`;
  return [`${text}${said}`];
}

/** Empty where nobody measures links. */
function linksText(links: readonly LinkView[]): string {
  if (links.length === 0) return '';
  const open = links.filter((link) => link.open);
  const trips = open.flatMap(({ roundTripMs }) => (roundTripMs === null ? [] : [roundTripMs]));
  const lost = open.length === 0 ? 0 : open.reduce((sum, link) => sum + link.lost, 0) / open.length;
  const stale = open.reduce((most, { staleness }) => Math.max(most, staleness), 0);
  return [
    `links ${open.length}/${links.length}`,
    ...(trips.length === 0
      ? []
      : [`round trip p50 ${milliseconds(median(trips.map(({ p50 }) => p50)))} p95 ${milliseconds(median(trips.map(({ p95 }) => p95)))}`]),
    ...(lost > 0 ? [`${(100 * lost).toFixed(1)} % lost`] : []),
    ...(stale > 0 ? [`up to ${stale} exchanges old`] : []),
  ].join(', ');
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

function milliseconds(ms: number): string {
  return `${ms < 10 ? ms.toFixed(1) : ms.toFixed(0)} ms`;
}

function faultsNow({ faults }: Watched): FaultView[] {
  return faults.filter(({ untilMs }) => untilMs === null);
}

function faultsOf(view: Watched): string[] {
  return faultsNow(view).map(({ what, fromMs }) => plain(`fault for ${formatDuration((view.elapsedMs - fromMs) / 1000)}: ${what}`));
}

function eventsOf({ events }: Watched): string[] {
  return events.slice(-EVENTS_SHOWN).map(({ ms, text }) => plain(`${formatDuration(ms / 1000).padStart(6)}  ${text}`));
}

function plain(text: string): string {
  return text.replaceAll(CONTROL, '?');
}

/** Painted lines were cut before they were painted. */
function cut(line: string, columns: number): string {
  return line.includes('\u001b') || line.length <= columns ? line : `${line.slice(0, columns - 1)}…`;
}
