/** The table of metrics as Prometheus reads it (text format 0.0.4), and as people read it (docs/metrics.md). */
import { code, tableLines } from '../config/markdown.ts';
import { METRICS } from './metrics.ts';
import type { Metric, MetricFacts, Sample } from './metrics.ts';

export const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** What is not known is left out. */
export function metricsText(facts: MetricFacts): string {
  return METRICS.map((metric) => family(metric, metric.value(facts))).join('');
}

function family({ name, type, help, labels }: Metric, samples: readonly Sample[]): string {
  const known = samples.filter(([value]) => value !== null && Number.isFinite(value));
  const lines = known.map(([value, ...values]) => `${name}${labelled(labels, values)} ${value}`);
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...lines, ''].join('\n');
}

function labelled(labels: readonly string[], values: readonly string[]): string {
  if (labels.length === 0) return '';
  return `{${labels.map((label, i) => `${label}="${escaped(values[i])}"`).join(',')}}`;
}

function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

export const METRICS_DOCUMENT = 'docs/metrics.md';

export function metricsReference(): string {
  return [
    '# Metrics',
    '',
    '<!-- Generated from coordinator/metrics.ts: do not edit. -->',
    '',
    '`GET /metrics` of the coordinator of a run tells Prometheus (text format 0.0.4) what its page shows. It needs the token of who',
    'watches as `Authorization: Bearer ...`; it stands in `page-tokens.json` of the run. What is not known yet is left out, and',
    'agents are told by index and name. Stored runs do not change: `kindred show --open` has no metrics, `kindred export` has their',
    'numbers. A counter starts again with the process that it counts in.',
    '',
    ...tableLines(
      ['metric', 'type', 'labels', 'meaning'],
      METRICS.map(({ name, type, labels, help }) => [code(name), type, labels.map(code).join(', '), help]),
    ),
  ].join('\n');
}
