/**
 * What a run leaves on disk, in its own directory:
 *   experiment.json (resolved), events.jsonl and metrics.jsonl (append-only), relationship/v0001.json,
 *   parameters/<arm>-<strategy>-<relationship>.json, run.json (the result, written last and whole).
 */
import { appendFileSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunResult } from '../core/run-result.ts';
import type { Experiment } from '../config/experiment.ts';
import type { RelationshipFile } from '../config/relationship-file.ts';

export interface RunStore {
  readonly directory: string;
  event(type: string, fields: Readonly<Record<string, unknown>>): void;
  metrics(fields: Readonly<Record<string, unknown>>): void;
  relationship(version: number, file: RelationshipFile): void;
  parameters(name: string, vectors: readonly Float64Array[]): void;
  result(result: RunResult): void;
}

export function createRunStore(directory: string, experiment: Experiment, hash: string): RunStore {
  mkdirSync(join(directory, 'relationship'), { recursive: true });
  mkdirSync(join(directory, 'parameters'), { recursive: true });
  writeJson(join(directory, 'experiment.json'), { ...experiment, hash });
  const append = (file: string, fields: object): void => appendFileSync(join(directory, file), `${JSON.stringify(fields)}\n`);
  return {
    directory,
    event: (type, fields) => append('events.jsonl', { at: new Date().toISOString(), type, ...fields }),
    metrics: (fields) => append('metrics.jsonl', fields),
    relationship: (version, content) => writeJson(join(directory, 'relationship', `v${String(version).padStart(4, '0')}.json`), content),
    parameters: (name, vectors) =>
      writeJson(
        join(directory, 'parameters', `${name}.json`),
        vectors.map((vector) => Array.from(vector)),
      ),
    result: (result) => writeJson(join(directory, 'run.json'), result),
  };
}

/** Whole or not at all: a reader never sees half a file. */
function writeJson(path: string, content: unknown): void {
  writeFileSync(`${path}.part`, `${JSON.stringify(content, null, 1)}\n`);
  renameSync(`${path}.part`, path);
}
