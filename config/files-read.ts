/** What an experiment reads beside its own file, by content: tables and edge files. Modules and a given relationship are part of it as they are. */
import { createHash } from 'node:crypto';
import { hasTable, type Experiment, type GraphSpec } from './experiment.ts';
import { readFailure, type ReadFile } from './table-facts.ts';

/** Absolute paths. */
export function filesReadBy({ problem, network }: Experiment): string[] {
  const graphs: readonly GraphSpec[] = problem.kind === 'gmrf-regression' ? [problem.graph, network.graph] : [network.graph];
  const edges = graphs.flatMap((graph) => (typeof graph === 'string' ? [] : [graph.file]));
  if (!hasTable(problem)) return edges;
  const tables = [problem.path, ...(problem.sites ?? []).map(({ file }) => file)];
  return [...edges, ...tables.filter((path) => path !== undefined)];
}

/** sha256 of the text, or why there is none: whoever needs the file will say so. */
export function contentDigest(path: string, readFile: ReadFile): string {
  try {
    return createHash('sha256').update(readFile(path)).digest('hex');
  } catch (cause) {
    return readFailure(cause);
  }
}
