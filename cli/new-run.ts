/** A run's identity and directory. Ids match ^[a-z0-9-]{1,32}$: they become paths and log lines. */
import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Experiment } from '../config/experiment.ts';
import { writing } from './run-files.ts';

export interface NewRun {
  readonly runId: string;
  readonly directory: string;
}

const NAME_CHARS_MAX = 11;

export function createRun(experiment: Experiment): NewRun {
  const runId = newRunId(experiment);
  const directory = join(experiment.output.directory, runId);
  writing(directory, () => mkdirSync(directory, { recursive: true }));
  return { runId, directory };
}

export function newRunId({ name }: Pick<Experiment, 'name'>): string {
  const when = new Date().toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-');
  return `${shortName(name)}-${when}-${randomBytes(2).toString('hex')}`;
}

/** What an id begins with. */
export function shortName(name: string): string {
  const short = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
    .slice(0, NAME_CHARS_MAX);
  return short || 'run';
}
