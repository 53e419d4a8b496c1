/** A run's identity and directory. Ids match ^[a-z0-9-]{1,32}$: they become paths and log lines. */
import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Experiment } from '../config/experiment.ts';
import { readFailure } from '../config/table-facts.ts';
import { KindredError } from '../core/errors.ts';

export interface NewRun {
  readonly runId: string;
  readonly directory: string;
}

const NAME_CHARS_MAX = 11;

export function createRun(experiment: Experiment): NewRun {
  const runId = newRunId(experiment);
  const directory = join(experiment.output.directory, runId);
  try {
    mkdirSync(directory, { recursive: true });
  } catch (cause) {
    throw new KindredError('OUTPUT_UNWRITABLE', readFailure(cause), { where: directory, cause });
  }
  return { runId, directory };
}

export function newRunId({ name }: Pick<Experiment, 'name'>): string {
  const short = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
    .slice(0, NAME_CHARS_MAX);
  const when = new Date().toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-');
  return `${short || 'run'}-${when}-${randomBytes(2).toString('hex')}`;
}
