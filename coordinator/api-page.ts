/** The API's document as a page to read: made from it alone, plain text in plain elements, styled by a sheet of its own. */
import { element } from '../figures/svg.ts';
import type { Child, Markup } from '../figures/svg.ts';
import type { ApiDocument, Operation } from './api-document.ts';
import type { Schema } from './routes/schemas.ts';

export function apiPage({ info, paths, components }: ApiDocument): string {
  const operations = Object.entries(paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, one]) => operationPart(method, path, one)));
  const body = element(
    'main',
    {},
    element('h1', {}, `${info.title}: the HTTP interface`),
    element('p', { class: 'lead' }, info.description),
    element('p', {}, 'For programs: ', element('a', { href: '/openapi.json' }, 'openapi.json'), '. Tokens are sent as Authorization: Bearer ...'),
    table(
      ['token', 'which'],
      Object.entries(components.securitySchemes).map(([name, { description }]) => [name, description as string]),
    ),
    operations,
    Object.entries(components.schemas).map(([name, schema]) => schemaPart(name, schema)),
  );
  return `<!doctype html>\n${element('html', { lang: 'en' }, head(info.title), element('body', {}, body)).markup}\n`;
}

function head(title: string): Markup {
  return element(
    'head',
    {},
    element('meta', { charset: 'utf-8' }),
    element('meta', { name: 'viewport', content: 'width=device-width, initial-scale=1' }),
    element('title', {}, `${title}: the HTTP interface`),
    element('link', { rel: 'stylesheet', href: '/docs.css' }),
  );
}

function operationPart(method: string, path: string, { summary, security, parameters, requestBody, responses }: Operation): Markup {
  const [token = 'none'] = security.flatMap((one) => Object.keys(one));
  const asked = Object.values(requestBody?.content ?? {}).map(({ schema }) => ['body', nameOf(schema)]);
  const given = parameters.map(({ name, schema }) => [`{${name}}`, nameOf(schema)]);
  return element(
    'section',
    {},
    element('h2', {}, element('code', {}, `${method.toUpperCase()} ${path}`)),
    element('p', {}, `${summary}. Token: ${token}.`),
    table(['request', 'type'], [...given, ...asked]),
    table(
      ['answer', 'meaning', 'type'],
      Object.entries(responses).map(([status, { description, content = {} }]) => [
        status,
        description,
        Object.entries(content).map(([type, { schema }], i) => [i > 0 ? ', ' : '', `${type}: `, nameOf(schema)]),
      ]),
    ),
  );
}

function schemaPart(name: string, { description, properties = {}, required = [] }: Schema): Markup {
  const rows = Object.entries(properties as Readonly<Record<string, Schema>>).map(([key, schema]) => [
    (required as readonly string[]).includes(key) ? key : `${key}?`,
    nameOf(schema),
    (schema['description'] as string | undefined) ?? '',
  ]);
  return element(
    'section',
    { id: name },
    element('h2', {}, name),
    typeof description === 'string' ? element('p', {}, description) : null,
    table(['key', 'type', 'meaning'], rows),
  );
}

/** In words, with a link to what has a name. */
function nameOf({ $ref, type, items, oneOf, properties, enum: values }: Schema): Child {
  if (typeof $ref === 'string') return element('a', { href: `#${$ref.split('/').at(-1)!}` }, $ref.split('/').at(-1)!);
  if (Array.isArray(values)) return values.join(' | ');
  if (Array.isArray(oneOf)) return oneOf.map((one: Schema, i) => [i > 0 ? ' or ' : '', nameOf(one)]);
  if (type === 'array') return ['list of ', nameOf(items as Schema)];
  if (typeof properties === 'object' && properties !== null)
    return ['{ ', Object.entries(properties).map(([key, one], i) => [i > 0 ? ', ' : '', `${key}: `, nameOf(one as Schema)]), ' }'];
  return Array.isArray(type) ? type.join(' or ') : String(type ?? 'anything');
}

function table(header: readonly string[], rows: readonly (readonly Child[])[]): Markup | null {
  if (rows.length === 0) return null;
  const line = (name: string, cells: readonly Child[]): Markup =>
    element(
      'tr',
      {},
      cells.map((cell) => element(name, { class: 'text' }, cell)),
    );
  return element(
    'div',
    { class: 'scroll' },
    element(
      'table',
      {},
      element('thead', {}, line('th', header)),
      element(
        'tbody',
        {},
        rows.map((cells) => line('td', cells)),
      ),
    ),
  );
}
