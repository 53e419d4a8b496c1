/** What Prometheus is told: well-formed, whole, the numbers of the view, and to nobody without a token. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newPageTokens } from '../../../coordinator/access.ts';
import { createApp } from '../../../coordinator/app.ts';
import { metricsText } from '../../../coordinator/metrics-text.ts';
import { METRICS } from '../../../coordinator/metrics.ts';
import type { MetricFacts } from '../../../coordinator/metrics.ts';
import { metricsRoutes } from '../../../coordinator/routes/metrics.ts';
import { viewFixture } from '../../support/view-fixture.ts';

const view = viewFixture(4, { status: 'cooperating', elapsedMs: 10_000 });
const facts: MetricFacts = {
  view,
  events: new Map([
    ['joined', 4],
    ['odd"\\\nname', 1],
  ]),
  viewers: 2,
  memory: { rss: 1_048_576, heapUsed: 1_024 },
  uptimeSeconds: 12.5,
};

interface Family {
  readonly type: string;
  readonly samples: Map<string, number>;
}

/** By the grammar of the format: anything else throws. */
function parsed(text: string): Map<string, Family> {
  assert.ok(text.endsWith('\n'));
  const families = new Map<string, Family>();
  for (const line of text.slice(0, -1).split('\n')) {
    const [, comment, about, words] = /^# (HELP|TYPE) ([a-z_]+) (.+)$/.exec(line) ?? [];
    if (comment === 'HELP') assert.ok(!families.has(about), `${about} twice`);
    if (comment === 'TYPE') families.set(about, { type: words, samples: new Map() });
    if (comment !== undefined) continue;
    const [, name, labels = '', value] =
      /^([a-z_]+)(\{[a-z]+="(?:[^"\\\n]|\\[\\"n])*"(?:,[a-z]+="(?:[^"\\\n]|\\[\\"n])*")*\})? (-?[0-9.]+(?:e[+-]?\d+)?)$/.exec(line) ?? [];
    assert.ok(name !== undefined, line);
    const { samples } = families.get(name)!;
    assert.ok(!samples.has(labels), `${line} is told twice`);
    samples.set(labels, Number(value));
  }
  return families;
}

test('every metric of the table is told once, with HELP and TYPE, and every sample parses', () => {
  const families = parsed(metricsText(facts));
  assert.deepEqual(
    Array.from(families, ([name, { type }]) => [name, type]),
    METRICS.map(({ name, type }) => [name, type]),
  );
  for (const { name, type } of METRICS) assert.equal(name.endsWith('_total'), type === 'counter', name);
  for (const { name, labels, value } of METRICS) for (const sample of value(facts)) assert.equal(sample.length, labels.length + 1, name);
});

test('the numbers are those of the view, in base units', () => {
  const families = parsed(metricsText(facts));
  const at = (name: string, labels = ''): number | undefined => families.get(name)!.samples.get(labels);
  assert.equal(at('kindred_phase', '{phase="cooperating"}'), 1);
  assert.equal(at('kindred_phase', '{phase="exploring"}'), 0);
  assert.equal(at('kindred_agents_expected'), 4);
  assert.equal(at('kindred_agents', '{state="done"}'), 4);
  assert.equal(at('kindred_elapsed_seconds'), 10);
  assert.equal(at('kindred_faults_active'), 1);
  assert.equal(at('kindred_viewers'), 2);
  assert.equal(at('kindred_process_resident_memory_bytes'), 1_048_576);
  assert.equal(at('kindred_events_total', '{type="odd\\"\\\\\\nname"}'), 1);
  const [link] = view.links;
  assert.equal(at('kindred_link_round_trip_seconds', `{from="${link.from}",to="${link.to}",quantile="0.95"}`), link.roundTripMs!.p95 / 1_000);
  const gains = view.peers.map(({ gains: [, , gain] }) => gain!);
  const mean = gains.reduce((sum, gain) => sum + gain, 0) / 4;
  assert.ok(Math.abs(at('kindred_arm_gain_ratio', `{arm="2",label="${view.curves[2].label}"}`)! - mean) < 1e-12);
});

test('a fault that is over is not in force; what is not known is left out', () => {
  const later = parsed(metricsText({ ...facts, view: { ...view, elapsedMs: 15_000, curves: [{ ...view.curves[0], error: [], steadyError: null }] } }));
  assert.equal(later.get('kindred_faults_active')!.samples.get(''), 0);
  assert.equal(later.get('kindred_arm_error')!.samples.size, 0);
});

test('a token of the page is needed, either will do; the host is checked', async () => {
  const app = createApp('127.0.0.1');
  const tokens = newPageTokens();
  metricsRoutes(app, { facts: () => facts }, tokens);
  const ask = async (token: string, host = 'localhost') => app.inject({ url: '/metrics', headers: { host, authorization: `Bearer ${token}` } });
  for (const token of [tokens.watch, tokens.operate]) {
    const { statusCode, headers, body } = await ask(token);
    assert.equal(statusCode, 200);
    assert.equal(headers['content-type'], 'text/plain; version=0.0.4; charset=utf-8');
    assert.equal(parsed(body).size, METRICS.length);
  }
  assert.match((await ask('a guess')).body, /PAGE_TOKEN/);
  assert.match((await ask(tokens.watch, 'attacker.example')).body, /PAGE_ORIGIN/);
});
