/** Relationship files of runs, and runs that are given them. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseRelationship, relationshipFile, type RelationshipFile } from '../../config/relationship-file.ts';
import type { Relationship } from '../../core/relationship/relationship.ts';
import type { RunResult } from '../../core/run-result.ts';
import { output } from './experiments.ts';

export function fileOf({ directory }: RunResult, version = 1): string {
  return join(directory, 'relationship', `v000${version}.json`);
}

export const readFile = (path: string): RelationshipFile => parseRelationship(readFileSync(path, 'utf8')).file;

/** Overrides of an experiment that is given this file. */
export const given = (path: string): string[] => ['relationship=null', `relationship.file=${path}`];

/** What the run did, in the words of its events. */
export const eventsOf = ({ directory }: RunResult): string => readFileSync(join(directory, 'events.jsonl'), 'utf8');

/** The file with another relationship in it, or other facts about it. */
export function rewritten(path: string, relationship: Relationship): string {
  const { digest: _digest, groups: _groups, servedBy: _servedBy, laplacian: _laplacian, prior: _prior, subspace: _subspace, ...about } = readFile(path);
  const at = join(output, `rewritten-${relationship.kind}.json`);
  writeFileSync(at, JSON.stringify(relationshipFile(relationship, about)));
  return at;
}

/** The rows of these tasks only, in a table of their own; `change` makes another line of each. */
export function tasksOf(
  path: string,
  holds: (task: string) => boolean,
  change: (cells: readonly string[]) => readonly (string | number)[] = (cells) => cells,
): string {
  const [head, ...lines] = readFileSync(path, 'utf8').trim().split('\n');
  const kept = lines.map((line) => line.split(',')).filter(([task]) => holds(task));
  const at = path.replace(/\.csv$/, `-${kept.length}.csv`);
  writeFileSync(at, [head, ...kept.map((cells) => change(cells).join(','))].join('\n'));
  return at;
}
