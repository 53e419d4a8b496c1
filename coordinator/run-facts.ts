/** What a run knows of itself before anybody joins: who may talk to whom, the true graph, and which tasks are left out. */
import type { Graph } from '../core/graph.ts';
import type { Diagnostic } from '../core/relationship/relationship.ts';
import { hasTable, type Experiment, type GraphSpec } from '../config/experiment.ts';
import { loadGraph, loadTruth } from '../config/graph-file.ts';
import type { TrueGraph } from '../config/graph-file.ts';
import { readTableFacts } from '../config/table-facts.ts';
import type { ReadFile } from '../config/table-facts.ts';

/** A graph of many agents takes seconds to draw: where the network is the problem's graph, it is drawn once. */
export function graphsOf({ problem, network, agents, seed }: Experiment, readFile: ReadFile): { truth: TrueGraph | undefined; network: Graph } {
  const load = (graph: GraphSpec): Graph => loadGraph(graph, agents, seed, readFile);
  if (problem.kind !== 'gmrf-regression') return { truth: undefined, network: load(network.graph) };
  const truth = loadTruth(problem, agents, seed, readFile);
  // Who may talk to whom has nothing to do with what is wrong with the tasks.
  const isSame = network.graph === problem.graph && problem.signed === undefined && problem.outlier === undefined;
  return { truth, network: isSame ? truth.graph : load(network.graph) };
}

/** Tasks of a table with too few rows, where the file says to go on without them. */
export function droppedTasks({ problem }: Experiment, readFile: ReadFile): Diagnostic[] {
  if (!hasTable(problem) || problem.split.tooFew !== 'drop') return [];
  const { dropped } = readTableFacts(problem, readFile);
  const message = `${dropped.length} tasks have too few rows and were left out: ${dropped.join(', ')}`;
  return dropped.length === 0 ? [] : [{ code: 'TASKS_DROPPED', message, value: dropped.length }];
}
