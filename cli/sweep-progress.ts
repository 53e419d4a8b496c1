/** A sweep's progress on stderr: how many runs are done, how many failed, when it ends, what runs now. */
import { createProgress } from './progress.ts';
import { finishedResult } from './sweep-cells.ts';
import { settingsText } from './sweep-grid.ts';
import type { Cell } from './sweep-grid.ts';
import type { CellDone } from './sweep-worker.ts';
import { describeTerminal } from './terminal.ts';

export interface SweepProgress {
  started(cell: Cell): void;
  ended(done: CellDone): void;
  finish(): void;
}

export function sweepProgress({
  cells,
  directory,
  quiet,
}: {
  readonly cells: readonly Cell[];
  readonly directory: string;
  readonly quiet: boolean;
}): SweepProgress {
  const terminal = describeTerminal({ environment: process.env, stream: process.stderr, quiet });
  const progress = createProgress({ terminal, stream: process.stderr });
  const before = cells.filter((cell) => finishedResult(directory, cell) !== undefined).length;
  if (before > 0) progress.note(`${before} of ${cells.length} cells are finished`);
  const startMs = performance.now();
  const running = new Map<string, string>();
  let [done, failed] = [0, 0];
  const show = (): void => {
    const left = cells.length - before - done;
    // Half-done ones are not counted: at the beginning it says rather more than less.
    const secondsLeft = ((performance.now() - startMs) / 1000 / done) * left;
    progress.show({
      phase: 'sweep',
      done: before + done,
      of: cells.length,
      failed,
      running: [...running.values()],
      ...(done > 0 && left > 0 && { secondsLeft }),
    });
  };
  return {
    started({ runId, settings, seed }) {
      running.set(runId, `${settingsText(settings)}, seed ${seed}`);
      show();
    },
    ended({ runId, status }) {
      running.delete(runId);
      done++;
      if (!status.startsWith('completed')) failed++;
      // What comes next says so itself.
      if (running.size > 0 || before + done === cells.length) show();
    },
    finish: () => progress.finish(),
  };
}
