import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TableTrainer } from '../../../agent/table-trainer.ts';
import type { TrainerRequest } from '../../../agent/trainer.ts';
import type { TableProblem } from '../../../config/experiment.ts';
import type { Rows } from '../../../core/problem/rows.ts';
import { draw } from '../../../core/random.ts';
import type { Work } from '../../../proto/messages.ts';

const PROBLEM = { kind: 'csv-table', loss: 'logistic', standardize: 'per-agent' } as TableProblem;

function rows(count: number): Rows {
  const x = new Float64Array(3 * count);
  draw(1, 0, 'truth', count).fillGaussian(x);
  return { count, features: 3, x, y: Float64Array.from({ length: count }, (_, i) => Number(x[3 * i] > 0)) };
}

/** What the work's activity asks for, one after another, until its report. */
function requests(trainer: TableTrainer, work: Work): TrainerRequest[] {
  const activity = trainer.begin(work);
  const asked: TrainerRequest[] = [];
  do asked.push(activity.advance());
  while (asked.at(-1)!.kind === 'pause');
  return asked;
}

test('long local work breathes between its pieces, so that a heartbeat gets through', () => {
  const trainer = new TableTrainer(PROBLEM, { training: rows(30), heldOut: 6, test: rows(20) }, 0, 2, 1);
  const ridges = requests(trainer, { kind: 'standardize', shift: [], scale: [], ridges: [0.1, 1, 10] });
  assert.deepEqual(
    ridges.map(({ kind }) => kind),
    ['pause', 'pause', 'pause', 'report'],
  );
  const fits = requests(trainer, { kind: 'evidence', needs: ['average'], ridge: 1 });
  assert.deepEqual(
    fits.map(({ kind }) => kind),
    ['pause', 'report'],
  );
});
