/** The laws that a module of one's own is held to, on rows that it takes: its own table's, or drawn ones. */
import { KindredError } from '../core/errors.ts';
import { estimatorOfModule, withDefaults, type Own, type OwnOptions, type OwnTable, type TableModule } from '../core/own/define.ts';
import type { OwnStream } from '../core/own/stream.ts';
import type { Rows } from '../core/problem/rows.ts';
import { draw } from '../core/random.ts';
import { DEFAULTS } from '../config/defaults.ts';
import { checkKeys, STREAM_KEYS, TABLE_KEYS } from '../config/own-keys.ts';
import { checkEstimator } from '../testkit/estimator-laws.ts';
import type { LawResult } from '../testkit/law-result.ts';
import { checkOwnStream } from '../testkit/own-stream-laws.ts';
import { checkOwnTable } from '../testkit/own-table-laws.ts';
import { checkStrategy } from '../testkit/strategy-laws.ts';

const LAW_SEED = 1;
const DRAWN_ROWS = 60;
const DRAWN_FEATURES = 3;

/** Targets that modules are likely to take, the most particular last: drawn from one standard normal. */
const TARGETS: readonly ((z: number) => number)[] = [
  (z) => z,
  (z) => Math.exp(z),
  (z) => Math.round(Math.exp(z)),
  (z) => (z > 0 ? 1 : 0),
  (z) => (z > 0 ? 1 : -1),
  (z) => 1 / (1 + Math.exp(-z)),
];

/** Of an experiment that uses it: the rows of one task for a loss, drawn where there are none; the number of agents for a stream. */
export interface Used {
  readonly rows?: Rows | undefined;
  readonly agents?: number;
}

export function lawsOf(name: string, own: Own, given: OwnOptions, { rows, agents = DEFAULTS.agents }: Used = {}): LawResult[] {
  if (own.brings === 'strategy') return checkStrategy({ ...own.strategy, name }, withDefaults(own.strategy.options ?? {}, given));
  if (own.brings === 'estimator') return checkEstimator(estimatorOfModule(name, own.estimator), { options: given, signed: true });
  const options = withDefaults(own.problem.options ?? {}, given);
  const { problem } = own;
  if (problem.stream !== undefined) {
    const create = (agent: number): OwnStream => problem.stream({ agent, agents, seed: LAW_SEED, options });
    checkKeys('the stream', create(0), STREAM_KEYS, name);
    return checkOwnStream(create);
  }
  const create = tableOf(problem, options, rows?.features ?? DRAWN_FEATURES);
  checkKeys('the table', create(), TABLE_KEYS, name);
  return checkOwnTable(create, rows ?? drawnRows(name, create()));
}

function tableOf(problem: TableModule, options: OwnOptions, features: number): () => OwnTable {
  return () => problem.table({ features, options });
}

/** Features are standard normal; the target depends on the first of them. */
function drawnRows(name: string, table: OwnTable): Rows {
  const x = new Float64Array(DRAWN_ROWS * DRAWN_FEATURES);
  const noise = new Float64Array(DRAWN_ROWS);
  draw(1, 0, 'truth', 0).fillGaussian(x);
  draw(1, 0, 'truth', 1).fillGaussian(noise);
  const z = noise.map((value, i) => 0.5 * x[i * DRAWN_FEATURES] + 0.7 * value);
  const target = TARGETS.find((of) => z.every((value) => table.refuseTarget?.(of(value)) === undefined));
  if (target === undefined)
    throw new KindredError('USAGE', 'it takes none of the targets drawn for it; check the experiment that uses it: its table has some', { where: name });
  return { count: DRAWN_ROWS, features: DRAWN_FEATURES, x, y: z.map(target) };
}
