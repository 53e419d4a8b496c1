/** The document tells every route that there is, and every view as it is; the page tells all of the document. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { newPageTokens } from '../../../coordinator/access.ts';
import type { ApiDocument } from '../../../coordinator/api-document.ts';
import { createApp } from '../../../coordinator/app.ts';
import { pageApi } from '../../../coordinator/page-api.ts';
import { metricsRoutes } from '../../../coordinator/routes/metrics.ts';
import type { RunsSource } from '../../../coordinator/routes/runs.ts';
import { statusRoutes } from '../../../coordinator/routes/status.ts';
import { viewFixture } from '../../support/view-fixture.ts';

const app = createApp('127.0.0.1');
/** Beside those of createApp itself. */
const routes = ['GET /openapi.json', 'GET /docs', 'GET /docs.css'];
app.addHook('onRoute', ({ method, url }) => {
  if (method !== 'HEAD') routes.push(...[method].flat().map((one) => `${one} ${url.replaceAll(/:(\w+)/g, '{$1}').replace('*', '{file}')}`));
});
const tokens = newPageTokens();
// Nothing is asked of a run here.
const nothing = {} as never;
statusRoutes(app, nothing);
pageApi(app, { list: () => [], open: () => nothing, finish: () => undefined } satisfies RunsSource, tokens);
metricsRoutes(app, nothing, tokens);

const document = async (): Promise<ApiDocument> => (await app.inject('/openapi.json')).json();

test('every route is in the document, and nothing else', async () => {
  const { paths, openapi } = await document();
  const told = Object.entries(paths).flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`));
  assert.equal(openapi, '3.1.0');
  assert.ok(routes.length >= 17, routes.join());
  assert.deepEqual(told.sort(), routes.sort());
});

test('every operation has a summary, an answer, its token, its parameters, and the refusals that follow', async () => {
  const { paths, components } = await document();
  for (const [path, methods] of Object.entries(paths))
    for (const { summary, responses, security, parameters } of Object.values(methods)) {
      assert.ok(summary.length > 10, path);
      assert.ok('200' in responses, path);
      for (const name of security.flatMap((one) => Object.keys(one))) assert.ok(name in components.securitySchemes);
      assert.equal('401' in responses, security.length > 0, path);
      assert.equal(parameters.length, path.split('{').length - 1, path);
    }
  assert.match(paths['/api/runs/{id}/stop']['post'].responses['403'].description, /PAGE_ORIGIN.*PAGE_READ_ONLY/);
  assert.match(paths['/api/runs/{id}/stream']['get'].responses['503'].description, /PAGE_CROWDED/);
  assert.ok(!('403' in paths['/health']['get'].responses));
});

test('every reference leads to a schema; a run as the page gets it is as its schema says, a broken one is not', async () => {
  const all = await document();
  const references = [...JSON.stringify(all).matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name);
  assert.ok(references.length > 10);
  for (const name of references) assert.ok(name in all.components.schemas, name);
  const ajv = new Ajv2020({ strict: false, formats: { 'date-time': true } });
  ajv.addSchema({ $id: 'kindred', ...all });
  const isView = ajv.compile({ $ref: 'kindred#/components/schemas/RunView' });
  const view = viewFixture(4);
  assert.ok(isView(view), JSON.stringify(isView.errors));
  assert.ok(!isView({ ...view, peers: [{ ...view.peers[0], name: 1 }] }));
});

test('the page names every route and every schema, without a token, and holds to the policy', async () => {
  const { body, headers, statusCode } = await app.inject('/docs');
  assert.equal(statusCode, 200);
  assert.match(String(headers['content-security-policy']), /style-src 'self'/);
  for (const route of routes) assert.ok(body.includes(`<code>${route}</code>`), route);
  for (const name of Object.keys((await document()).components.schemas)) assert.ok(body.includes(`<section id="${name}">`), name);
  assert.doesNotMatch(body, /<script|<style|style="|https?:/);
  const style = await app.inject('/docs.css');
  assert.match(String(style.headers['content-type']), /^text\/css/);
  assert.doesNotMatch(style.body, /url\(|@import/);
});

test('the host is checked there too', async () => {
  for (const url of ['/openapi.json', '/docs', '/docs.css']) assert.equal((await app.inject({ url, headers: { host: 'attacker.example' } })).statusCode, 403);
});
