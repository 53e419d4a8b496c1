/**
 * One table as one CSV text per agent, for agents that keep their rows at home: the header, and the rows of its own task
 * exactly as they stand, in the file's order. Tasks that take no part (`tooFew: drop`) are left out.
 */
import type { TableSource } from './experiment.ts';
import { readRawRecords } from './csv.ts';
import { readTableFacts } from './table-facts.ts';

/** In agent order. Throws TABLE_*. */
export function splitTable(text: string, problem: TableSource & { readonly path: string }): string[] {
  // Everything that can be wrong with the table is said here.
  const { names } = readTableFacts(problem, () => text);
  const [header, ...rows] = readRawRecords(text, problem.path, 'TABLE_INVALID');
  const taskColumn = header.record.findIndex((name) => name.trim() === problem.task);
  const linesByTask = new Map<string, string[]>(names.map((name) => [name, [header.raw]]));
  for (const { record, raw } of rows) linesByTask.get(record[taskColumn].trim())?.push(raw);
  return [...linesByTask.values()].map((lines) => `${lines.join('\n')}\n`);
}
