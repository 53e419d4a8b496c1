/**
 * Progress on stderr: a bar where the terminal can redraw one, otherwise one line each 5 s - also while nothing
 * happens, so that a wait always shows whom it waits for. The only owner of cli-progress.
 */
import cliProgress from 'cli-progress';
import { formatBytes, formatDuration, formatNumber } from './table.ts';
import type { Terminal } from './terminal.ts';

export interface ProgressEvent {
  readonly phase: string;
  readonly step: number;
  /** Absent while the end is not known. */
  readonly steps?: number;
  readonly agentsUp: number;
  readonly agents: number;
  readonly error?: number;
  readonly bytesPerSecond?: number;
  readonly secondsLeft?: number;
  /** Whom a wait is for and until when, in words. */
  readonly waitingFor?: string;
}

/** Of a command that makes many runs, one after another or at once. */
export interface ManyRuns {
  readonly phase: string;
  readonly done: number;
  readonly of: number;
  readonly failed?: number;
  /** What runs now, in words. */
  readonly running?: readonly string[];
  readonly secondsLeft?: number;
}

export interface Progress {
  show(event: ProgressEvent | ManyRuns): void;
  /** A line that stays, above the bar. */
  note(line: string): void;
  finish(): void;
}

export interface ProgressOptions {
  readonly terminal: Terminal;
  readonly stream: NodeJS.WritableStream;
  /** Calls back each `ms` until the returned function is called; tests bring their own. */
  readonly every?: (ms: number, callback: () => void) => () => void;
}

const LINE_EVERY_MS = 5_000;
const BAR_FORMAT = '{phase} [{bar}] {text}';
const BAR_WIDTH = 24;

export function createProgress(options: ProgressOptions): Progress {
  if (options.terminal.quiet) return { show: () => undefined, note: () => undefined, finish: () => undefined };
  return options.terminal.interactive ? barProgress(options) : lineProgress(options);
}

/** `step 120/300, agents 10/10, error 0.193, 1.2 MB/s, 12s left`. */
export function progressText(event: ProgressEvent): string {
  const parts = [
    event.steps === undefined ? `step ${event.step}` : `step ${event.step}/${event.steps}`,
    `agents ${event.agentsUp}/${event.agents}`,
    event.error === undefined ? undefined : `error ${formatNumber(event.error)}`,
    event.bytesPerSecond === undefined ? undefined : `${formatBytes(event.bytesPerSecond)}/s`,
    event.secondsLeft === undefined ? undefined : `${formatDuration(event.secondsLeft)} left`,
    event.waitingFor === undefined ? undefined : `waiting for ${event.waitingFor}`,
  ];
  return parts.filter((part) => part !== undefined).join(', ');
}

/** `3 of 12 runs, 1 failed, 40s left, now dimension=50 seed 4 and 2 more`. */
export function manyRunsText({ done, of, failed = 0, running = [], secondsLeft }: ManyRuns): string {
  const now = running.length < 2 ? running[0] : `${running[0]} and ${running.length - 1} more`;
  const parts = [
    `${done} of ${of} runs`,
    failed === 0 ? undefined : `${failed} failed`,
    secondsLeft === undefined ? undefined : `${formatDuration(secondsLeft)} left`,
    now === undefined ? undefined : `now ${now}`,
  ];
  return parts.filter((part) => part !== undefined).join(', ');
}

/** What every display needs of either. */
interface Shown {
  readonly phase: string;
  readonly step: number;
  readonly steps?: number;
  readonly text: string;
  /** The first word of when it ends. */
  readonly hasEnd: boolean;
}

function shown(event: ProgressEvent | ManyRuns): Shown {
  const { phase, secondsLeft } = event;
  const hasEnd = secondsLeft !== undefined;
  if ('of' in event) return { phase, step: event.done, steps: event.of, text: manyRunsText(event), hasEnd };
  const { step, steps } = event;
  return { phase, step, ...(steps !== undefined && { steps }), text: progressText(event), hasEnd };
}

function lineProgress({ stream, every = everyMs }: ProgressOptions): Progress {
  let latest: Shown | undefined;
  const write = () => latest !== undefined && stream.write(`${latest.phase}: ${latest.text}\n`);
  const stop = every(LINE_EVERY_MS, write);
  return {
    show(event) {
      const before = latest;
      latest = shown(event);
      if (before?.phase !== latest.phase || (latest.hasEnd && !before.hasEnd)) write();
    },
    note: (line) => stream.write(`${line}\n`),
    finish() {
      stop();
      write();
      latest = undefined;
    },
  };
}

function barProgress({ stream, terminal }: ProgressOptions): Progress {
  const bar = new cliProgress.SingleBar(
    { format: BAR_FORMAT, stream, hideCursor: true, clearOnComplete: false, barsize: BAR_WIDTH, fps: 8, linewrap: terminal.columns < 60 },
    cliProgress.Presets.shades_classic,
  );
  let phase: string | undefined;
  const begin = (now: Shown) => {
    if (phase !== undefined) bar.stop();
    phase = now.phase;
    bar.start(now.steps ?? 1, 0, now);
  };
  return {
    show(event) {
      const now = shown(event);
      if (now.phase !== phase) begin(now);
      bar.setTotal(now.steps ?? Math.max(1, now.step));
      bar.update(Math.min(now.step, now.steps ?? now.step), now);
    },
    note(line) {
      if (phase !== undefined) bar.stop();
      phase = undefined;
      stream.write(`${line}\n`);
    },
    finish() {
      if (phase !== undefined) bar.stop();
      phase = undefined;
    },
  };
}

function everyMs(ms: number, callback: () => void): () => void {
  const timer = setInterval(callback, ms);
  timer.unref();
  return () => clearInterval(timer);
}
