/** The schema for people and editors: JSON Schema for completion, and the markdown of docs/experiment-file.md. */
import { ERRORS } from '../core/errors.ts';
import { ESTIMATOR_CARDS } from '../core/relationship/index.ts';
import { STRATEGIES } from '../core/strategy/index.ts';
import { code, tableLines } from './markdown.ts';
import { EXPERIMENT, OWN_TABLE } from './schema.ts';

const MODULE_PATH = '[/\\\\]|\\.[cm]?[jt]s$';
const PATH_TITLE = "the path of a module of one's own";

interface SchemaNode {
  readonly type?: string;
  /** What is asked for, in words; instead of the type. */
  readonly title?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly required?: readonly string[];
  readonly anyOf?: readonly SchemaNode[];
  readonly oneOf?: readonly SchemaNode[];
  readonly discriminator?: { readonly propertyName: string };
  readonly items?: SchemaNode;
}

/** JSON Schema (draft 7 vocabulary) of the experiment file; a first line `# yaml-language-server: $schema=...` gives completion. */
export function experimentJsonSchema(): Record<string, unknown> {
  const plain = withPaths(JSON.parse(JSON.stringify(EXPERIMENT))) as Record<string, unknown>;
  return { $schema: 'http://json-schema.org/draft-07/schema#', title: 'Kindred experiment', ...plain };
}

/** Where a module of one's own may stand instead of a built-in name: the kind of the problem, an arm's strategy, the estimator. */
function withPaths(schema: unknown): unknown {
  const { problem, relationship, cooperate } = (schema as { properties: Record<string, SchemaNode> }).properties;
  const path = { type: 'string', pattern: MODULE_PATH, title: PATH_TITLE, description: 'Relative to this file: ./mine.ts' };
  const open = (tag: string): SchemaNode & { additionalProperties: true } => ({
    type: 'object',
    properties: { [tag]: path },
    required: [tag],
    additionalProperties: true,
  });
  const own = JSON.parse(JSON.stringify(OWN_TABLE)) as SchemaNode & { properties: Record<string, unknown> };
  own.properties['kind'] = path;
  Object.assign(problem, { oneOf: undefined, discriminator: undefined, anyOf: [...problem.oneOf!, own] });
  Object.assign(relationship, { oneOf: undefined, discriminator: undefined, anyOf: [...relationship.oneOf!, open('estimator')] });
  const arm = cooperate.properties!['arms'].items!.properties as Record<string, SchemaNode>;
  arm['strategy'] = { description: arm['strategy'].description!, anyOf: [arm['strategy'], path] };
  return JSON.parse(JSON.stringify(schema));
}

/** The text of docs/experiment-file.md. */
export function experimentReference(): string {
  return [
    '# The experiment file',
    '',
    '<!-- Generated from config/schema.ts: do not edit. -->',
    '',
    'A YAML file. Paths in it are relative to the file; `${NAME}` inside a text is replaced from the environment.',
    '`-c path=value` on the command line changes a key: `-c cooperate.steps=100`, `-c cooperate.arms[0].eta=.1`.',
    'An edge file is CSV with the header `source,target,weight`; agents are counted from 0.',
    '',
    ...sectionLines('', EXPERIMENT as unknown as SchemaNode),
    "## Modules of one's own",
    '',
    'A path stands in for a built-in name: `problem.kind: ./poisson.ts`, `strategy: ./mine.ts`, `estimator: ./mine.mjs` (with its',
    'options beside it). It has the keys of a table, but `loss` and `batch`, and the',
    "module's own `options`. [How to write one](own.md).",
    '',
    ...branchLines('problem', 'kind', ownBranch()),
    '## Strategies',
    '',
    ...tableLines(
      ['strategy', 'what it does'],
      Object.values(STRATEGIES).map(({ name, summary }) => [code(name), summary]),
    ),
    '## Estimators',
    '',
    ...tableLines(
      ['estimator', 'what it does'],
      Object.values(ESTIMATOR_CARDS).map(({ name, summary }) => [code(name), summary]),
    ),
    '## When the file is refused',
    '',
    ...tableLines(['code', 'meaning', 'what to do'], refusals()),
  ].join('\n');
}

function ownBranch(): SchemaNode {
  const node = OWN_TABLE as unknown as SchemaNode;
  return { ...node, properties: { ...node.properties, kind: { const: './mine.ts' } } };
}

function refusals(): string[][] {
  return Object.entries(ERRORS)
    .filter(([name]) => /^(CONFIG|MODULE|TABLE|GRAPH|RELATIONSHIP|STEP)_/.test(name))
    .map(([name, { message, hint }]) => [code(name), message, hint]);
}

/** A heading and a table of one object's keys, followed by those of the objects inside it. */
function sectionLines(path: string, node: SchemaNode): string[] {
  const heading = path === '' ? [] : [`## ${code(path)}`, '', `${node.description ?? ''}.`, ''];
  if (node.oneOf !== undefined) return [...heading, ...node.oneOf.flatMap((branch) => branchLines(path, node.discriminator!.propertyName, branch))];
  const properties = Object.entries(node.properties ?? {});
  const rows = properties.map(([key, child]) => keyRow(key, child, node.required ?? []));
  return [...heading, ...tableLines(['key', 'value', 'default', 'meaning'], rows), ...nestedLines(path, properties)];
}

function branchLines(path: string, tag: string, branch: SchemaNode): string[] {
  const name = String(branch.properties![tag].const);
  const properties = Object.entries(branch.properties ?? {}).filter(([key]) => key !== tag);
  const rows = properties.map(([key, child]) => keyRow(key, child, branch.required ?? []));
  const table = rows.length === 0 ? ['No options.', ''] : tableLines(['key', 'value', 'default', 'meaning'], rows);
  return [`### ${code(`${path}.${tag}: ${name}`)}`, '', `${branch.description ?? ''}.`, '', ...table, ...nestedLines(path, properties)];
}

function nestedLines(path: string, properties: readonly (readonly [string, SchemaNode])[]): string[] {
  return properties.flatMap(([key, child]) => {
    const inner = path === '' ? key : `${path}.${key}`;
    if (child.properties !== undefined || child.oneOf !== undefined) return sectionLines(inner, child);
    return child.items?.properties === undefined ? [] : sectionLines(`${inner}[]`, child.items);
  });
}

function keyRow(key: string, node: SchemaNode, required: readonly string[]): string[] {
  const fallback = required.includes(key) ? 'required' : node.default === undefined ? '' : code(JSON.stringify(node.default).replaceAll('"', ''));
  return [code(key), valueText(node), fallback, node.description ?? ''];
}

function valueText(node: SchemaNode): string {
  if (node.title !== undefined) return node.title;
  if (node.const !== undefined) return code(String(node.const));
  if (node.enum !== undefined) return node.enum.map(code).join(', ');
  if (node.anyOf !== undefined) return node.anyOf.map(valueText).join(' or ');
  if (node.oneOf !== undefined || (node.properties !== undefined && Object.keys(node.properties).length > 1)) return 'see below';
  if (node.properties !== undefined) return code(`{ ${Object.keys(node.properties)[0]}: ... }`);
  if (node.type === 'array') return 'a list, see below';
  return `${node.type ?? 'any'}${boundText(node)}`;
}

function boundText({ minimum, exclusiveMinimum, maximum }: SchemaNode): string {
  const low = minimum !== undefined ? ` >= ${minimum}` : exclusiveMinimum !== undefined ? ` > ${exclusiveMinimum}` : '';
  return low + (maximum === undefined ? '' : `${low === '' ? '' : ','} <= ${maximum}`);
}
