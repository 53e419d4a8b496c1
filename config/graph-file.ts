/** Graphs of an experiment: the named ones, or an edge file with the header `source,target,weight` (weight optional, 1). */
import { KindredError } from '../core/errors.ts';
import { buildGraph, graphFromEdges } from '../core/graph.ts';
import type { Edge, Graph } from '../core/graph.ts';
import { changedGraph, sideBySide, violated } from '../core/problem/true-graph.ts';
import { readRecords, refuse } from './csv.ts';
import type { Records } from './csv.ts';
import type { GmrfProblem, GraphSpec } from './experiment.ts';
import { readFailure } from './table-facts.ts';
import type { ReadFile } from './table-facts.ts';

export function loadGraph(spec: GraphSpec, agents: number, seed: number, readFile: ReadFile): Graph {
  return typeof spec === 'string' ? buildGraph(spec, agents, seed) : graphFromEdges(agents, parseEdges(readEdgeFile(spec.file, readFile), spec.file));
}

/** The true graph of synthetic tasks, and what it becomes where it changes. */
export interface TrueGraph {
  readonly graph: Graph;
  readonly changed: Graph | undefined;
}

export function loadTruth(problem: GmrfProblem, agents: number, seed: number, readFile: ReadFile): TrueGraph {
  const { components = 1, drift } = problem;
  const whole =
    components === 1
      ? loadGraph(problem.graph, agents, seed, readFile)
      : sideBySide(components, (copy) => loadGraph(problem.graph, agents / components, seed + copy, readFile));
  const graph = violated(whole, problem, seed);
  return { graph, changed: drift?.change === undefined ? undefined : changedGraph(graph, drift.change, seed) };
}

export function parseEdges(text: string, fileName: string): Edge[] {
  const table = readRecords(text, fileName, 'GRAPH_INVALID');
  const [header] = table.records;
  if (header?.[0]?.trim() !== 'source' || header[1]?.trim() !== 'target') throw refuse(table, 0, 0, 'the header must be source,target,weight');
  return table.records.slice(1).map((record, index) => ({
    source: cell(table, index + 1, 0, record[0]),
    target: cell(table, index + 1, 1, record[1]),
    weight: record[2] === undefined || record[2].trim() === '' ? 1 : cell(table, index + 1, 2, record[2]),
  }));
}

function cell(table: Records, record: number, column: number, text: string | undefined): number {
  const value = Number(text);
  if (text === undefined || text.trim() === '' || !Number.isFinite(value)) throw refuse(table, record, column, `"${text ?? ''}" is not a number`);
  return value;
}

function readEdgeFile(path: string, readFile: ReadFile): string {
  try {
    return readFile(path);
  } catch (cause) {
    throw new KindredError('GRAPH_INVALID', readFailure(cause), { where: path, cause });
  }
}
