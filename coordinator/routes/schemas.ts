/**
 * What the routes answer, as JSON Schema, for the API's document. They are not used to write answers. A key that a type has
 * and its schema has not, or the other way round, does not compile.
 */
import type { Diagnostic } from '../../core/relationship/relationship.ts';
import type { AgentView, CurveView, EventView, FaultView, LinkView, PhaseView, RelationshipView, RunListing, RunUpdate, RunView } from '../../core/run-view.ts';
import type { RunProgress } from '../run-progress.ts';

export type Schema = Readonly<Record<string, unknown>>;

const TEXT = { type: 'string' };
const NUMBER = { type: 'number' };
const COUNT = { type: 'integer' };
const FLAG = { type: 'boolean' };
const NUMBER_OR_NULL = { type: ['number', 'null'] };
const TEXT_OR_NULL = { type: ['string', 'null'] };

const listOf = (items: Schema): Schema => ({ type: 'array', items });
const orNull = (schema: Schema): Schema => ({ oneOf: [schema, { type: 'null' }] });
const about = (schema: Schema, description: string): Schema => ({ ...schema, description });

function objectOf<T>(title: string, properties: Readonly<Record<keyof T, Schema>>, required: readonly string[] = Object.keys(properties)): Schema {
  return { title, type: 'object', properties, required };
}

const MATRIX = about(listOf(listOf(NUMBER)), 'K x K');

const LISTING: Readonly<Record<keyof RunListing, Schema>> = {
  runId: TEXT,
  status: about(TEXT, 'the phase while it goes on, then how it ended'),
  live: about(FLAG, 'whether it goes on'),
  experiment: TEXT,
  seed: NUMBER_OR_NULL,
  mode: TEXT_OR_NULL,
  agents: NUMBER_OR_NULL,
  arms: listOf(TEXT),
  date: about({ type: 'string', format: 'date-time' }, 'when it began'),
};

const AGENT = objectOf<AgentView>('AgentView', {
  agent: about(COUNT, 'its index'),
  name: TEXT,
  state: { enum: ['up', 'suspect', 'away', 'left-out', 'done'] },
  incarnation: about(COUNT, 'how many processes have been this agent'),
  iteration: COUNT,
  bytesSent: COUNT,
  errors: about(listOf(NUMBER_OR_NULL), 'by arm'),
  gains: about(listOf(NUMBER_OR_NULL), 'by arm: 1 - error / error alone; below 0 cooperating harmed it'),
});

const PHASE = objectOf<PhaseView>('PhaseView', { phase: TEXT, fromMs: NUMBER, untilMs: about(NUMBER_OR_NULL, 'null: it goes on') });

const FAULT_VIEW = objectOf<FaultView>('FaultView', {
  what: about(TEXT, 'in words'),
  kind: TEXT,
  agents: about(listOf(COUNT), 'whom it touches; empty: everybody'),
  fromMs: NUMBER,
  untilMs: NUMBER_OR_NULL,
});

const RELATIONSHIP = objectOf<RelationshipView>('RelationshipView', {
  version: COUNT,
  kind: TEXT,
  estimator: TEXT,
  contributors: listOf(COUNT),
  laplacian: orNull(MATRIX),
  relativeError: about(NUMBER_OR_NULL, 'null where the truth is not known'),
});

const CURVE = objectOf<CurveView>('CurveView', {
  arm: COUNT,
  label: TEXT,
  strategy: TEXT,
  relationship: TEXT,
  iteration: listOf(NUMBER),
  error: about(listOf(NUMBER), 'network mean at those iterations'),
  predicted: about(orNull(listOf(NUMBER)), "theory's curve at the same iterations"),
  steadyError: NUMBER_OR_NULL,
  predictedError: NUMBER_OR_NULL,
});

const ROUND_TRIP = { type: 'object', properties: { p50: NUMBER, p95: NUMBER }, required: ['p50', 'p95'] };

const LINK = objectOf<LinkView>('LinkView', {
  from: COUNT,
  to: COUNT,
  open: FLAG,
  roundTripMs: orNull(ROUND_TRIP),
  lost: about(NUMBER, 'share of the frames of the last seconds that did not arrive whole'),
  staleness: about(NUMBER, 'how many exchanges old the newest vector is'),
  bytes: COUNT,
});

const EVENT = objectOf<EventView>('EventView', { ms: NUMBER, type: TEXT, text: about(TEXT, 'in plain words') });

const DIAGNOSTIC = objectOf<Diagnostic>('Diagnostic', { code: TEXT, message: TEXT, value: NUMBER }, ['code', 'message']);

const FAILURE = objectOf<NonNullable<RunView['failure']>>('Failure', { code: about(TEXT, 'a code of docs/errors.md'), message: TEXT, hint: TEXT });

const VIEW: Readonly<Record<keyof RunView, Schema>> = {
  ...LISTING,
  paused: FLAG,
  steerable: about(FLAG, "whether the asker's token may steer it"),
  elapsedMs: NUMBER,
  waitingFor: about(TEXT, 'for whom and what; empty: for nobody'),
  errorName: about(TEXT, 'what the errors are'),
  peers: listOf(AGENT),
  phases: listOf(PHASE),
  faults: listOf(FAULT_VIEW),
  relationships: listOf(RELATIONSHIP),
  truth: about(orNull(MATRIX), 'the true Laplacian where it is known'),
  curves: listOf(CURVE),
  links: listOf(LINK),
  events: about(listOf(EVENT), 'oldest first, the last 500'),
  diagnostics: listOf(DIAGNOSTIC),
  failure: about(orNull(FAILURE), 'why it failed; null where it did not'),
  command: about(TEXT, 'what repeats this run'),
};

export const RUN_LISTING = objectOf<RunListing>('RunListing', LISTING);
export const RUN_VIEW = objectOf<RunView>('RunView', VIEW);
export const RUN_UPDATE = objectOf<RunUpdate>('RunUpdate', VIEW, []);

export const PROGRESS = objectOf<RunProgress>('RunProgress', {
  phase: TEXT,
  paused: FLAG,
  label: TEXT,
  iteration: COUNT,
  total: COUNT,
  agentsUp: COUNT,
  agents: COUNT,
  bytesSent: COUNT,
  waitingFor: TEXT,
  waitSeconds: NUMBER,
});

/** Without properties: what may stand in it is the experiment file's to say. */
export const FAULT = { title: 'Fault', type: 'object', description: 'an entry of the section faults of an experiment file' } as const;
export const FAULTS_BODY = { type: 'array', maxItems: 1_000, items: FAULT } as const;
export const FAULTS = { type: 'object', properties: { faults: listOf(FAULT) }, required: ['faults'] };

export function answerOf(type: string, schema: Schema, description = 'done'): Schema {
  return { description, content: { [type]: { schema } } };
}

/** An object with these fields. */
export function fields(properties: Readonly<Record<string, Schema>>): Schema {
  return { type: 'object', properties, required: Object.keys(properties) };
}

export const VALUES = { TEXT, NUMBER, COUNT, FLAG, listOf } as const;
