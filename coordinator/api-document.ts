/**
 * The OpenAPI 3.1 document of an application, from the schemas of the routes it has: JSON Schema is its language, so nothing
 * is said twice. A schema with a title stands once, under its name; a refusal's meaning is that of the error table.
 */
import type { FastifyInstance, RouteOptions } from 'fastify';
import { assert, ERRORS } from '../core/errors.ts';
import type { ErrorCode, ErrorEntry } from '../core/errors.ts';
import type { Schema } from './routes/schemas.ts';

/** Which token a request needs. */
export type Needed = 'none' | 'watch' | 'operate';

declare module 'fastify' {
  interface FastifySchema {
    summary?: string;
    token?: Needed;
    /** Beside those that follow from the token, and from a run in the path. */
    refusals?: readonly ErrorCode[];
  }
}

export interface Operation {
  readonly summary: string;
  readonly security: readonly Readonly<Record<string, readonly never[]>>[];
  readonly parameters: readonly { readonly name: string; readonly in: 'path'; readonly required: true; readonly schema: Schema }[];
  readonly requestBody?: { readonly required: true; readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content?: Readonly<Record<string, { readonly schema: Schema }>> }>>;
}

export interface ApiDocument {
  readonly openapi: '3.1.0';
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>>; readonly securitySchemes: Readonly<Record<string, Schema>> };
}

const INFO = {
  title: 'Kindred',
  version: '1',
  description:
    'What a coordinator tells of its run, and a server of stored runs of them. Agents join by a WebSocket at /agents, which is not part of this. ' +
    "A request must name the server by an address or localhost, and one with an Origin must come from the server's own page.",
};

const SECURITY: Readonly<Record<Exclude<Needed, 'none'>, Schema>> = {
  watch: { type: 'http', scheme: 'bearer', description: "the watcher's token or the operator's, of page-tokens.json" },
  operate: { type: 'http', scheme: 'bearer', description: "the operator's token, of page-tokens.json" },
};

const REFUSALS_OF: Readonly<Record<Needed, readonly ErrorCode[]>> = {
  none: [],
  watch: ['PAGE_TOKEN'],
  operate: ['PAGE_TOKEN', 'PAGE_READ_ONLY', 'RUN_NOT_LIVE'],
};

/** What is answered to whatever is refused. */
const REFUSAL: Schema = {
  title: 'Refusal',
  type: 'object',
  properties: { error: { type: 'string', description: 'a code of docs/errors.md' }, message: { type: 'string' }, hint: { type: 'string' } },
  required: ['error', 'message'],
};

/** To be called before the application gets its routes. */
export function documented(app: FastifyInstance): () => ApiDocument {
  const routes: RouteOptions[] = [];
  let made: ApiDocument | undefined;
  app.addHook('onRoute', (route) => {
    if (route.method !== 'HEAD') routes.push(route);
  });
  return () => (made ??= documentOf(routes));
}

function documentOf(routes: readonly RouteOptions[]): ApiDocument {
  const paths: Record<string, Record<string, Operation>> = {};
  for (const route of routes) {
    const path = route.url.replaceAll(/:(\w+)/g, '{$1}').replace('*', '{file}');
    for (const method of [route.method].flat()) (paths[path] ??= {})[method.toLowerCase()] = operationOf(route, path);
  }
  const schemas: Record<string, Schema> = {};
  const named = hoisted(paths, schemas) as ApiDocument['paths'];
  return { openapi: '3.1.0', info: INFO, paths: named, components: { schemas, securitySchemes: SECURITY } };
}

function operationOf({ url, schema = {} }: RouteOptions, path: string): Operation {
  const { summary, token, body } = schema;
  assert(summary !== undefined && token !== undefined, `nothing is said about ${url}`);
  return {
    summary,
    security: token === 'none' ? [] : [{ [token]: [] }],
    parameters: Array.from(path.matchAll(/\{(\w+)\}/g), ([, name]) => ({ name, in: 'path', required: true, schema: { type: 'string' } })),
    ...(body === undefined ? {} : { requestBody: { required: true, content: { 'application/json': { schema: body as Schema } } } }),
    responses: { ...answersOf(schema.response as Readonly<Record<string, Schema>>), ...refusalsOf(schema, token, path) },
  };
}

function answersOf(responses: Readonly<Record<string, Schema>>): Operation['responses'] {
  const asAnswer = (schema: Schema): Schema => ('content' in schema ? schema : { description: 'done', content: { 'application/json': { schema } } });
  return Object.fromEntries(Object.entries(responses).map(([status, schema]) => [status, asAnswer(schema)])) as Operation['responses'];
}

/** One answer for each status, which tells every code that comes with it. */
function refusalsOf({ refusals = [] }: { readonly refusals?: readonly ErrorCode[] }, token: Needed, path: string): Operation['responses'] {
  const ofRun: readonly ErrorCode[] = path.includes('{id}') ? ['RUN_UNKNOWN', 'COORDINATOR_UNREACHABLE'] : [];
  const ofAll: readonly ErrorCode[] = path === '/health' ? [] : ['PAGE_ORIGIN'];
  const said = new Map<number, string>();
  for (const code of [...ofAll, ...REFUSALS_OF[token], ...ofRun, ...refusals]) {
    const { http = 400, message }: ErrorEntry = ERRORS[code];
    said.set(http, [...(said.has(http) ? [said.get(http)!] : []), `${code}: ${message}`].join('; '));
  }
  return Object.fromEntries(Array.from(said, ([status, description]) => [status, { description, content: { 'application/json': { schema: REFUSAL } } }]));
}

/** Every titled schema in `value` moves to `schemas`; a reference stays. */
function hoisted(value: unknown, schemas: Record<string, Schema>): unknown {
  if (Array.isArray(value)) return value.map((one) => hoisted(one, schemas));
  if (typeof value !== 'object' || value === null) return value;
  const copy = Object.fromEntries(Object.entries(value).map(([key, one]) => [key, hoisted(one, schemas)]));
  const { title } = copy;
  if (typeof title !== 'string') return copy;
  schemas[title] = copy;
  return { $ref: `#/components/schemas/${title}` };
}
