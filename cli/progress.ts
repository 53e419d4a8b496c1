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

export interface Progress {
  show(event: ProgressEvent): void;
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

function lineProgress({ stream, every = everyMs }: ProgressOptions): Progress {
  let latest: ProgressEvent | undefined;
  const write = () => latest !== undefined && stream.write(`${latest.phase}: ${progressText(latest)}\n`);
  const stop = every(LINE_EVERY_MS, write);
  return {
    show(event) {
      const isNewPhase = latest?.phase !== event.phase;
      latest = event;
      if (isNewPhase) write();
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
  const begin = (event: ProgressEvent) => {
    if (phase !== undefined) bar.stop();
    phase = event.phase;
    bar.start(event.steps ?? 1, 0, payload(event));
  };
  return {
    show(event) {
      if (event.phase !== phase) begin(event);
      bar.setTotal(event.steps ?? Math.max(1, event.step));
      bar.update(Math.min(event.step, event.steps ?? event.step), payload(event));
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

function payload(event: ProgressEvent): { phase: string; text: string } {
  return { phase: event.phase, text: progressText(event) };
}

function everyMs(ms: number, callback: () => void): () => void {
  const timer = setInterval(callback, ms);
  timer.unref();
  return () => clearInterval(timer);
}
