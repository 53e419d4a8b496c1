/**
 * THE experiment schema: validation, types, JSON Schema for editors and docs/experiment-file.md all come from here.
 * Branches are built from the registries, so a new estimator or strategy appears everywhere by being registered.
 * `default` is documentation only; resolve.ts applies the values of defaults.ts.
 */
import Type, { type Static, type TSchema } from 'typebox';
import { LIMITS } from '../core/limits.ts';
import { MLP_FAMILIES, type MlpFamilyName } from '../core/problem/mlp-families.ts';
import { TAILS } from '../core/problem/task-law.ts';
import { GRAPH_CHANGES } from '../core/problem/true-graph.ts';
import type { OwnOptions } from '../core/own/define.ts';
import type { Estimator, EstimatorOption } from '../core/relationship/estimator.ts';
import { ESTIMATOR_CARDS } from '../core/relationship/index.ts';
import type { Strategy } from '../core/strategy/strategy.ts';
import { DEFAULTS } from './defaults.ts';
import { FAULT } from './fault-schema.ts';
import { DURATION, PERCENT } from './quantity.ts';
import { ARM_RELATIONSHIPS, GRAPH_NAMES, strategyNames } from './vocabulary.ts';

const SEED_MAX = 2 ** 32 - 1;

/** Any vector will do, however old. */
export const ASYNC_STALENESS = 2 ** 32 - 1;

const closed = (description: string) => ({ description, additionalProperties: false as const });

const whole = (minimum: number, description: string, more: { default?: number; maximum?: number } = {}) => Type.Integer({ minimum, description, ...more });

const autoOr = <T extends TSchema>(schema: T, description: string) => Type.Union([schema, Type.Literal('auto')], { default: 'auto', description });

const STEP_SIZE = autoOr(
  Type.Number({ exclusiveMinimum: 0 }),
  'mu, the step of every local gradient step; auto keeps mean-square stability well inside its bound, and is .1 for networks',
);

const EDGE_FILE = Type.Object({ file: Type.String({ minLength: 1, description: 'CSV with the header source,target,weight' }) }, closed('An edge file'));

function graphOr<const Name extends string>(names: readonly Name[], description: string, fallback: Name) {
  return Type.Unsafe<Name | { file: string }>(Type.Union([Type.Enum([...names]), EDGE_FILE], { default: fallback, description }));
}

const DRIFT = Type.Object(
  {
    coherence: Type.Optional(
      Type.Number({ minimum: 1, description: 'T, steps after which a task has kept 1/e of itself (AR(1)); left out, tasks move only where the graph changes' }),
    ),
    change: Type.Optional(
      Type.Enum([...GRAPH_CHANGES], { description: 'What the true graph becomes: the same with its agents permuted, or with half of its edges elsewhere' }),
    ),
    at: Type.Optional(whole(1, 'The step of every arm at which the change begins')),
    over: Type.Optional(whole(0, 'How many steps the change takes; 0 is a jump', { default: 0 })),
  },
  closed('How the true tasks move while the agents cooperate; they explore what is true at the beginning'),
);

const spread = (description: string) => Type.Optional(Type.Number({ minimum: 1, default: 1, description }));

const GMRF = Type.Object(
  {
    kind: Type.Literal('gmrf-regression'),
    graph: Type.Optional(graphOr(GRAPH_NAMES, 'The true graph of the tasks', DEFAULTS.gmrf.graph)),
    dimension: Type.Optional(whole(1, 'M, parameters of each agent', { default: DEFAULTS.gmrf.dimension, maximum: LIMITS.dimensionMax })),
    batch: Type.Optional(whole(1, 'B, fresh samples per gradient', { default: DEFAULTS.gmrf.batch })),
    noise: Type.Optional(Type.Number({ minimum: 0, default: DEFAULTS.gmrf.noise, description: 's, the variance of the noise on each sample' })),
    tails: Type.Optional(
      Type.Enum([...TAILS], { default: 'gaussian', description: 'The law of the true parameters: elliptical tails scale a coordinate of all agents at once' }),
    ),
    signed: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 1, description: 'Share of the true edges that are negative: their tasks differ' })),
    rank: Type.Optional(whole(1, 'How many directions the true tasks lie in; all of them when left out')),
    outlier: Type.Optional(whole(0, 'Index of an agent whose task is related to nobody')),
    components: Type.Optional(whole(1, 'How many separate copies the graph has, of agents / components each', { default: 1 })),
    noiseSpread: spread("Noise of the noisiest agent over the quietest's; `noise` is their middle"),
    featureSpread: spread('Variance of the strongest feature over the weakest; their mean is 1'),
    drift: Type.Optional(DRIFT),
  },
  closed('Linear regression on synthetic streams whose true parameters are drawn from a Gaussian Markov random field'),
);

const SPLIT = Type.Object(
  {
    train: Type.Optional(
      Type.Number({
        exclusiveMinimum: 0,
        default: DEFAULTS.split.train,
        description: 'Training rows of each task: a count from 1, or a fraction below 1',
      }),
    ),
    test: Type.Optional(Type.Enum(['rest'], { default: DEFAULTS.split.test, description: 'All other rows test' })),
    seed: Type.Optional(whole(0, 'r, the key of the random split', { default: DEFAULTS.split.seed, maximum: SEED_MAX })),
    order: Type.Optional(Type.Enum(['random', 'file'], { default: DEFAULTS.split.order, description: 'Keyed shuffle, or the first rows of the file train' })),
    tooFew: Type.Optional(
      Type.Enum(['refuse', 'drop'], {
        default: DEFAULTS.split.tooFew,
        description: 'What happens to a task with fewer than train + 3 rows',
      }),
    ),
  },
  closed('Which rows train and which test'),
);

const SITE = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: LIMITS.nameCharsMax, description: 'Name of the site: the value of its task column, if its table has one' }),
    file: Type.Optional(
      Type.String({ minLength: 1, description: 'Its table, read by its own agent only; left out where the agent is started with `kindred agent --data FILE`' }),
    ),
  },
  closed('A table that stays where it is: one agent each, in this order'),
);

/** Where the rows of a table are, and which of them train. */
const ROW_KEYS = {
  path: Type.Optional(Type.String({ minLength: 1, description: 'The CSV file of all tasks; or else sites' })),
  sites: Type.Optional(
    Type.Array(SITE, { minItems: LIMITS.agentsMin, description: 'Instead of path: every agent has a table of its own, which nobody else reads' }),
  ),
  features: Type.Optional(
    Type.Array(Type.String({ minLength: 1 }), {
      minItems: 1,
      description: 'Columns to learn from; all but task and target if left out, which needs path',
    }),
  ),
  task: Type.Optional(
    Type.String({
      minLength: 1,
      default: DEFAULTS.table.task,
      description: 'Column naming the task: one agent per value, in order of first appearance',
    }),
  ),
  target: Type.Optional(Type.String({ minLength: 1, default: DEFAULTS.table.target, description: 'Column to predict' })),
  split: Type.Optional(SPLIT),
  standardize: Type.Optional(
    Type.Enum(['global', 'per-agent', 'none'], {
      default: DEFAULTS.table.standardize,
      description: "Features and target, from training rows only; errors are reported in the target's own units",
    }),
  ),
};

/** What every table has, whatever is learned from it. */
const TABLE_KEYS = {
  ...ROW_KEYS,
  ridge: Type.Optional(autoOr(Type.Number({ minimum: 0 }), 'Penalty of the slopes in non-cooperative; auto chooses one for all agents by leave-one-out')),
};

const TABLE = Type.Object(
  {
    kind: Type.Literal('csv-table'),
    loss: Type.Optional(Type.Enum(['squared', 'logistic'], { default: DEFAULTS.table.loss, description: 'Regression, or two classes' })),
    ...TABLE_KEYS,
    batch: Type.Optional(whole(1, 'When given, local steps are stochastic gradients on this many rows instead of exact solves')),
  },
  closed('Every task is a group of rows of a CSV table'),
);

const MLP = Type.Object(
  {
    kind: Type.Literal('mlp'),
    family: Type.Optional(
      Type.Enum(Object.keys(MLP_FAMILIES) as MlpFamilyName[], {
        description: 'Synthetic tasks in three clusters that share a first layer each, instead of a table: easy (heads alike inside a cluster) or hard',
      }),
    ),
    ...ROW_KEYS,
    hidden: Type.Optional(
      whole(1, "Units of the hidden layer; a family's own number where it is left out", { default: DEFAULTS.mlp.hidden, maximum: LIMITS.hiddenMax }),
    ),
    batch: Type.Optional(whole(1, 'Training rows of each gradient', { default: DEFAULTS.mlp.batch })),
  },
  closed('A network of tanh units for every task of a table, or of a synthetic family: agents may share the layer, the linear head is their own'),
);

/** The path as it is written; what it holds is the module's business. */
const MODULE = Type.String({ minLength: 1, title: "the path of a module of one's own", description: 'Relative to this file: ./mine.ts' });
const OPTIONS = Type.Optional(Type.Record(Type.String(), Type.Any(), { description: 'Options of the module: it says which' }));

/** By which `problem` is checked, where its kind is a path. */
export const OWN_TABLE = Type.Object({ kind: MODULE, options: OPTIONS, ...TABLE_KEYS }, closed("A table with a loss of one's own, which a module brings"));

/** The same, where the module brings a stream. */
export const OWN_STREAM = Type.Object({ kind: MODULE, options: OPTIONS }, closed("A stream of one's own, which a module brings"));

interface OwnStreamSection {
  readonly kind: 'own-stream';
  readonly module: string;
  readonly options: OwnOptions;
}

type OwnTableSection = Omit<Static<typeof OWN_TABLE>, 'kind' | 'options'> & {
  readonly kind: 'own-table';
  readonly module: string;
  readonly options: OwnOptions;
};

const EXPLORE = Type.Object(
  { stepSize: Type.Optional(STEP_SIZE), steps: Type.Optional(autoOr(Type.Integer({ minimum: 1 }), 'Iterations; auto is the window test')) },
  closed('Phase 1: every agent learns alone, and what they report becomes the relationship'),
);

const ARM = Type.Object(
  {
    strategy: Type.Enum(strategyNames(), { description: 'How agents cooperate' }),
    relationship: Type.Optional(
      Type.Enum([...ARM_RELATIONSHIPS], {
        default: 'learned',
        description:
          'learned, known (the truth), permuted (learned, with agents mixed up), complete (mean regularisation) or frozen (recursive: as first learned)',
      }),
    ),
    eta: Type.Optional(autoOr(Type.Number({ minimum: 0 }), 'Strength of cooperation')),
    guard: Type.Optional(
      Type.Boolean({
        description: 'Whether agents fall back to what they learned alone where cooperating is shown to harm them; true for squared loss, false for labels',
      }),
    ),
  },
  closed('One way to cooperate'),
);

const COOPERATE = Type.Object(
  {
    stepSize: Type.Optional(STEP_SIZE),
    steps: Type.Optional(autoOr(Type.Integer({ minimum: 1 }), 'Iterations of each arm; of networks auto is 400')),
    arms: Type.Optional(Type.Array(ARM, { minItems: 1, description: 'Each arm runs on the same agents and the same data streams' })),
  },
  closed('Phase 2: the agents cooperate'),
);

/** Staleness is an unsigned 32-bit number on the wire, and its largest value says async. */
const BOUNDED = Type.Object(
  { bounded: whole(1, 'How many exchanges old the last known vector of a neighbour may be', { maximum: ASYNC_STALENESS - 1 }) },
  closed('Rounds that wait for vectors that are too old only'),
);

const ROUNDS = Type.Union([Type.Enum(['bsp', 'async']), BOUNDED], {
  default: DEFAULTS.rounds,
  description: 'bsp: every round waits for all neighbours, equal bits every time; bounded: it goes on with vectors of the last rounds; async: it never waits',
});

const NETWORK = Type.Object(
  {
    graph: Type.Optional(
      graphOr(['problem', ...GRAPH_NAMES], "Who may talk to whom; problem is the problem's own graph, complete where it has none", 'problem'),
    ),
    rounds: Type.Optional(ROUNDS),
    open: Type.Optional(Type.Boolean({ default: DEFAULTS.open, description: 'A learned edge that is no link opens one' })),
  },
  closed('The links between agents'),
);

const PARTICIPATION = Type.Object(
  {
    quorum: Type.Optional(
      Type.Union([Type.Integer({ minimum: LIMITS.agentsMin }), Type.Literal('all'), Type.String({ pattern: PERCENT.pattern, title: PERCENT.words })], {
        title: 'all, a number of agents, or a percentage of them such as "80%"',
        default: DEFAULTS.quorum,
        description: 'How many agents must take part; the run goes on without the others',
      }),
    ),
    wait: Type.Optional(
      Type.String({
        pattern: DURATION.pattern,
        title: DURATION.words,
        default: `${LIMITS.rejoinMs / 1_000}s`,
        description: 'How long the run waits for an agent that is away',
      }),
    ),
  },
  closed('Agents that are away: how many the run can do without, and how long it waits for them'),
);

const OUTPUT = Type.Object(
  {
    directory: Type.Optional(
      Type.String({
        minLength: 1,
        default: DEFAULTS.outputDirectory,
        description: 'Where run directories go; absent means runs in the current directory',
      }),
    ),
    every: Type.Optional(whole(1, 'Every how many iterations the error is recorded', { default: DEFAULTS.every })),
  },
  closed('What is recorded, and where'),
);

/** One branch of the section `relationship`: the estimator's name with its options beside it. */
export function estimatorSchema({ name, summary, options }: Pick<Estimator, 'name' | 'summary' | 'options'>): TSchema {
  return Type.Object({ estimator: Type.Literal(name), ...optionKeys(options) }, closed(summary));
}

/** Options of a module, which has them in a section of their own: those without a default must be there. */
export function optionsSchema(options: Estimator['options']): TSchema {
  return Type.Unsafe<unknown>({ ...Type.Object(optionKeys(options), closed('Options of the module')), required: requiredOf(options) });
}

/** An arm by a strategy of one's own: what it declares stands beside the keys of every arm. */
export function ownArmSchema({ summary, options = {} }: Pick<Strategy, 'summary' | 'options'>): TSchema {
  const required = ['strategy', ...requiredOf(options)];
  return Type.Unsafe<unknown>({ ...Type.Object({ ...ARM.properties, strategy: MODULE, ...optionKeys(options) }, closed(summary)), required });
}

/** Keys that no option of a strategy may be called. */
export const ARM_KEYS: readonly string[] = Object.keys(ARM.properties);

function requiredOf(options: Estimator['options']): string[] {
  return Object.keys(options).filter((key) => options[key].default === undefined);
}

function optionKeys(options: Estimator['options']): Record<string, TSchema> {
  return Object.fromEntries(Object.entries(options).map(([key, option]) => [key, Type.Optional(optionSchema(option))]));
}

function optionSchema({ orAuto, orList, default: fallback, description, ...option }: EstimatorOption): TSchema {
  const about = { description, ...(fallback === undefined ? {} : { default: fallback }) };
  const others = [...(orAuto === true ? [Type.Literal('auto')] : []), ...(orList === undefined ? [] : [listSchema(orList)])];
  if (others.length === 0) return Type.Unsafe<unknown>({ ...option, ...about });
  return Type.Union([Type.Unsafe<unknown>({ ...option }), ...others], { ...about, ...(orList && { title: orList.title }) });
}

function listSchema({ minimum }: NonNullable<EstimatorOption['orList']>): TSchema {
  return Type.Array(Type.Number({ minimum }), { minItems: 1 });
}

/** Exactly the branch that `tag` names is checked, so its errors are about the branch that was meant. */
function branches<T>(tag: string, oneOf: readonly TSchema[], description: string) {
  return Type.Unsafe<T>({ type: 'object', description, required: [tag], discriminator: { propertyName: tag }, oneOf });
}

export interface RelationshipSection {
  readonly estimator: string;
  readonly [option: string]: number | boolean | string | readonly number[];
}

/** In place of an estimator: nothing is estimated. Files leave the name out. */
export const FROM_FILE = 'file';

const GIVEN = Type.Object(
  {
    estimator: Type.Literal(FROM_FILE),
    file: Type.String({ minLength: 1, description: 'A relationship file, such as relationship/v0001.json of a run; write the key `file` alone' }),
  },
  closed(
    'No estimator: the relationship that another run learned. Groups are for grouped, a subspace for shared-representation, a prior for hierarchical, a graph for multitask and filter. Nobody explores where the file tells the noise of every agent',
  ),
);

const RELATIONSHIP = branches<RelationshipSection>(
  'estimator',
  [...Object.values(ESTIMATOR_CARDS).map(estimatorSchema), GIVEN],
  'How the relationship is estimated: the estimator, and its options beside the name',
);

const PROBLEM = branches<Static<typeof GMRF> | Static<typeof TABLE> | Static<typeof MLP> | OwnTableSection | OwnStreamSection>(
  'kind',
  [GMRF, TABLE, MLP],
  'What the agents learn',
);

export const EXPERIMENT = Type.Object(
  {
    name: Type.Optional(
      Type.String({
        minLength: 1,
        pattern: '^[A-Za-z0-9][A-Za-z0-9._ -]*$',
        title: 'letters, digits, spaces, dots, dashes or underscores, and begin with a letter or digit',
        description: "Name of the experiment; the file's name if absent",
      }),
    ),
    seed: Type.Optional(whole(0, 'Keys every random draw', { default: DEFAULTS.seed, maximum: SEED_MAX })),
    agents: Type.Optional(
      whole(LIMITS.agentsMin, 'K, the number of agents; on a table it is the number of tasks, and 9 where networks are of a family and nothing is said', {
        default: DEFAULTS.agents,
        maximum: LIMITS.agentsMax,
      }),
    ),
    problem: PROBLEM,
    explore: Type.Optional(EXPLORE),
    relationship: Type.Optional(RELATIONSHIP),
    cooperate: Type.Optional(COOPERATE),
    network: Type.Optional(NETWORK),
    participation: Type.Optional(PARTICIPATION),
    faults: Type.Optional(Type.Array(FAULT, { default: [], description: 'What is broken on purpose, when and for how long' })),
    output: Type.Optional(OUTPUT),
  },
  closed('A Kindred experiment'),
);

/** A valid file, before defaults. */
export type ExperimentFile = Static<typeof EXPERIMENT>;
