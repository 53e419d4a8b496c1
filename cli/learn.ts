/**
 * `kindred learn`: a relationship from a K x M table of parameters, one agent per row, without a network.
 * The rows stand for what agents would report, free of noise unless an option of the estimator says otherwise.
 */
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { placed } from '../config/complaints.ts';
import { didYouMean } from '../config/did-you-mean.ts';
import { DEFAULTS } from '../config/defaults.ts';
import { readFailure, type ReadFile } from '../config/table-facts.ts';
import { readEstimates } from '../config/table.ts';
import { laterEstimators } from '../config/vocabulary.ts';
import { KindredError } from '../core/errors.ts';
import { evidenceDiagnostics, unsaid } from '../core/evidence-diagnostics.ts';
import { symmetricEigen } from '../core/linalg/eigen.ts';
import { fromRows, toRows, type Matrix } from '../core/linalg/matrix.ts';
import type { Estimator, EstimatorOptions } from '../core/relationship/estimator.ts';
import { reportOfEstimate } from '../core/relationship/evidence.ts';
import { ESTIMATOR_CARDS, ESTIMATORS, estimatorByName } from '../core/relationship/index.ts';
import type { Diagnostic } from '../core/relationship/relationship.ts';
import { learnOptions } from './learn-options.ts';
import { formatNumber, formatTable } from './table.ts';

/** The JSON of `learn --json`; the names are pinned. */
export interface LearnResult {
  readonly estimator: string;
  readonly agents: number;
  readonly dimension: number;
  readonly laplacian: readonly (readonly number[])[];
  /** Ascending. */
  readonly eigenvalues: readonly number[];
  /** [i, j, weight] with i < j and weight = -L_ij, where it is not zero. */
  readonly edges: readonly (readonly [number, number, number])[];
  readonly diagnostics: readonly Diagnostic[];
}

export interface LearnRequest {
  readonly estimates: string;
  readonly estimator: string;
  /** `option=value` each. */
  readonly options: readonly string[];
  readonly readFile: ReadFile;
}

const EDGES_SHOWN_MAX = 40;

export function learnCommand({ estimates, estimator: name, options, readFile }: LearnRequest): LearnResult {
  const estimator = findEstimator(name);
  const chosen = learnOptions(estimator, options);
  const rows = readEstimates(readText(estimates, readFile), estimates);
  return placed(estimates, () => learn(estimator, rows, chosen));
}

/** Every agent reports its row, without noise; the estimator does the rest. */
export function learn(estimator: Estimator, rows: readonly (readonly number[])[], options: EstimatorOptions): LearnResult {
  const begun = estimator.init(rows.length, options);
  const state = rows.reduce((current, row, agent) => estimator.observe(current, reportOfEstimate(agent, Float64Array.from(row))), begun);
  const { relationship, diagnostics } = estimator.estimate(state);
  const { laplacian } = relationship;
  const noise = new Float64Array(rows.length).fill(typeof options['noise'] === 'number' ? options['noise'] : 0);
  return {
    estimator: estimator.name,
    agents: rows.length,
    dimension: rows[0].length,
    laplacian: toRows(laplacian),
    eigenvalues: [...symmetricEigen(laplacian).values],
    edges: edgesOf(laplacian),
    diagnostics: [...diagnostics, ...unsaid(diagnostics, evidenceDiagnostics(fromRows(rows), noise, estimator.name))],
  };
}

export function learnText(result: LearnResult): string {
  const heaviest = [...result.edges].sort((a, b) => Math.abs(b[2]) - Math.abs(a[2]));
  const shown = heaviest.slice(0, EDGES_SHOWN_MAX).map(([i, j, weight]) => [String(i), String(j), formatNumber(weight)]);
  const columns = (['agent', 'agent', 'weight'] as const).map((title) => ({ title, align: 'right' }) as const);
  const hidden = result.edges.length - shown.length;
  return [
    `${result.estimator}: ${result.agents} agents, ${result.dimension} parameters each, ${result.edges.length} edges`,
    `eigenvalues ${result.eigenvalues.map((value) => formatNumber(Math.abs(value) < 1e-10 ? 0 : value)).join(' ')}`,
    '',
    formatTable(columns, shown) + (hidden > 0 ? `\n... and ${hidden} weaker ones; --json lists all` : ''),
    ...result.diagnostics.map(({ code, message }) => `note ${code}: ${message}`),
  ].join('\n');
}

export function addLearnCommand(program: Command, write: (text: string) => void = (text) => process.stdout.write(text)): void {
  program
    .command('learn')
    .description('learn a relationship from a table of parameters, without a network')
    .requiredOption('--estimates <file>', 'CSV without a header: one agent per row, one parameter per column')
    .option('--estimator <name>', `one of ${Object.keys(ESTIMATORS).join(', ')}`, DEFAULTS.estimator)
    .option('-c, --config <option=value>', 'an option of the estimator; may be repeated', (value: string, before: string[] = []) => [...before, value])
    .option('--json', 'print JSON')
    .addHelpText('after', `\n${optionsHelp()}\n\nExample:\n  $ kindred learn --estimates W.csv --estimator cgl -c noise=0.05`)
    .action((options: { estimates: string; estimator: string; config?: string[]; json?: boolean }) => {
      const readFile = (path: string) => readFileSync(path, 'utf8');
      const result = learnCommand({ estimates: options.estimates, estimator: options.estimator, options: options.config ?? [], readFile });
      write(options.json === true ? `${JSON.stringify(result)}\n` : `${learnText(result)}\n`);
    });
}

function optionsHelp(): string {
  const lines = Object.values(ESTIMATORS).flatMap(({ name, summary, options }) => [
    `  ${name}: ${summary}`,
    ...Object.entries(options).map(
      ([key, option]) => `    -c ${key}=<${option.type}>  ${option.description}${option.default === undefined ? '' : ` (default ${option.default})`}`,
    ),
  ]);
  return ['Estimators and their options:', ...lines].join('\n');
}

function findEstimator(name: string): Estimator {
  const estimator = estimatorByName(name);
  if (estimator !== undefined) return estimator;
  const here = Object.keys(ESTIMATORS);
  if (Object.hasOwn(ESTIMATOR_CARDS, name))
    throw new KindredError('USAGE', `${name} learns from the rows of a table: run an experiment on it`, { where: '--estimator' });
  if (laterEstimators().includes(name)) {
    throw new KindredError('CONFIG_UNSUPPORTED', `"${name}" comes in a later version; this one has ${here.join(', ')}`, {
      where: '--estimator',
    });
  }
  throw new KindredError('USAGE', `must be one of ${here.join(', ')} (got "${name}")${didYouMean(name, here)}`, { where: '--estimator' });
}

function readText(path: string, readFile: ReadFile): string {
  try {
    return readFile(path);
  } catch (cause) {
    throw new KindredError('ESTIMATES_INVALID', readFailure(cause), { where: path, cause });
  }
}

function edgesOf({ rows: agents, data }: Matrix): [number, number, number][] {
  const edges: [number, number, number][] = [];
  for (let i = 0; i < agents; i++) {
    for (let j = i + 1; j < agents; j++) {
      const weight = -data[i * agents + j];
      if (weight !== 0) edges.push([i, j, weight]);
    }
  }
  return edges;
}
