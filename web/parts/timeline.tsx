/** When the run was in which phase, and below it what was broken on purpose: one clock for both. */
import type { FaultView, PhaseView, RunView } from '../../core/run-view.ts';
import { useWidth } from '../hooks.ts';
import { lanesOf, timeTicks } from '../model/lanes.ts';
import { momentText, tickTimeText } from '../model/words.ts';
import { Card } from './card.tsx';

const PHASE_HEIGHT = 30;
const LANE_HEIGHT = 22;
const LANES_MAX = 8;
const AXIS_HEIGHT = 26;
const LEFT = 74;
/** Room for the last tick's text. */
const RIGHT = 26;

export function Timeline({ view }: { view: RunView }) {
  const [ref, width] = useWidth<HTMLDivElement>();
  return (
    <Card id="timeline" title="Timeline" wide aside={<span class="quiet">{timelineNote(view)}</span>}>
      <div ref={ref} class="plot">
        {width > 0 && view.phases.length > 0 && <Bands view={view} width={width} />}
        {view.phases.length === 0 && <p class="quiet">The run has not begun yet.</p>}
      </div>
      {view.faults.length > 0 && <FaultList faults={view.faults} />}
    </Card>
  );
}

function timelineNote({ faults }: RunView): string {
  const open = faults.filter(({ untilMs }) => untilMs === null).length;
  return faults.length === 0 ? 'no fault planned or injected' : `${faults.length} fault${faults.length === 1 ? '' : 's'}, ${open} now`;
}

interface Scale {
  readonly x: (ms: number) => number;
  readonly endMs: number;
}

function Bands({ view, width }: { view: RunView; width: number }) {
  const endMs = Math.max(view.elapsedMs, ...view.phases.map(({ untilMs }) => untilMs ?? 0), 1);
  const scale: Scale = { x: (ms) => LEFT + (Math.min(ms, endMs) / endMs) * (width - LEFT - RIGHT), endMs };
  const lanes = lanesOf(view.faults, endMs);
  const laneCount = Math.min(LANES_MAX, Math.max(0, ...lanes.map((lane) => lane + 1)));
  const bottom = PHASE_HEIGHT + 6 + laneCount * LANE_HEIGHT;
  return (
    <svg width={width} height={bottom + AXIS_HEIGHT} role="img" aria-label={description(view)}>
      <Axis scale={scale} bottom={bottom} width={width} />
      <text x={0} y={PHASE_HEIGHT / 2 + 4} class="muted">
        phase
      </text>
      {view.phases.map((phase, i) => (
        <PhaseBand key={i} phase={phase} scale={scale} odd={i % 2 === 1} />
      ))}
      {laneCount > 0 && (
        <text x={0} y={PHASE_HEIGHT + 6 + LANE_HEIGHT / 2 + 3} class="muted">
          faults
        </text>
      )}
      {view.faults.map((fault, i) => lanes[i] < LANES_MAX && <FaultBand key={i} fault={fault} scale={scale} lane={lanes[i]} />)}
    </svg>
  );
}

function description({ phases, faults }: RunView): string {
  const told = phases.map(({ phase, fromMs, untilMs }) => `${phase} from ${momentText(fromMs)} ${untilMs === null ? 'on' : `to ${momentText(untilMs)}`}`);
  return `Phases: ${told.join(', ')}. ${faults.length} faults${faults.length === 0 ? '' : ', listed below'}.`;
}

function PhaseBand({ phase: { phase, fromMs, untilMs }, scale, odd }: { phase: PhaseView; scale: Scale; odd: boolean }) {
  const [from, to] = [scale.x(fromMs), scale.x(untilMs ?? scale.endMs)];
  return (
    <g>
      <title>{`${phase}: ${momentText(fromMs)} to ${untilMs === null ? 'now' : momentText(untilMs)}`}</title>
      <rect x={from} y={0} width={Math.max(1, to - from)} height={PHASE_HEIGHT} class={odd ? 'phase odd' : 'phase'} />
      {to - from > 7 * phase.length + 8 && (
        <text x={(from + to) / 2} y={PHASE_HEIGHT / 2 + 4} text-anchor="middle">
          {phase}
        </text>
      )}
    </g>
  );
}

function FaultBand({ fault: { what, fromMs, untilMs }, scale, lane }: { fault: FaultView; scale: Scale; lane: number }) {
  const [from, to] = [scale.x(fromMs), scale.x(untilMs ?? scale.endMs)];
  const y = PHASE_HEIGHT + 6 + lane * LANE_HEIGHT;
  const room = Math.floor((to - from - 10) / 6.4);
  return (
    <g>
      <title>{`${what}: ${momentText(fromMs)} to ${untilMs === null ? 'now' : momentText(untilMs)}`}</title>
      <rect x={from} y={y} width={Math.max(3, to - from)} height={LANE_HEIGHT - 4} rx={2} class={untilMs === null ? 'fault now' : 'fault'} />
      {room > 5 && (
        <text x={from + 6} y={y + 13} class="small">
          {what.length <= room ? what : `${what.slice(0, room - 1)}…`}
        </text>
      )}
    </g>
  );
}

function Axis({ scale, bottom, width }: { scale: Scale; bottom: number; width: number }) {
  const ticks = timeTicks(scale.endMs, Math.max(2, Math.floor((width - LEFT - RIGHT) / 90)));
  const step = ticks.length > 1 ? ticks[1] : scale.endMs;
  return (
    <g class="axis">
      <line x1={LEFT} x2={width - RIGHT} y1={bottom + 2} y2={bottom + 2} />
      {ticks.map((ms) => (
        <g key={ms}>
          <line x1={scale.x(ms)} x2={scale.x(ms)} y1={0} y2={bottom + 6} />
          <text x={scale.x(ms)} y={bottom + 20} text-anchor="middle" class="muted">
            {tickTimeText(ms, step)}
          </text>
        </g>
      ))}
    </g>
  );
}

function FaultList({ faults }: { faults: readonly FaultView[] }) {
  return (
    <details>
      <summary>The faults in words</summary>
      <ul class="plain">
        {faults.map(({ what, fromMs, untilMs }, i) => (
          <li key={i}>
            {momentText(fromMs)} – {untilMs === null ? 'now' : momentText(untilMs)}: {what}
          </li>
        ))}
      </ul>
    </details>
  );
}
