/**
 * Which runs are of one experiment: those whose settings are equal. What is drawn - the seed, of a table also the seed of its
 * split - and where output goes are no settings. Experiments are told apart by the settings in which they differ.
 */
import { canonicalJson } from '../config/canonical-json.ts';
import type { StoredRun } from './stored-runs.ts';

/** Settings by their path, as in the experiment file. */
export type Settings = ReadonlyMap<string, unknown>;

/** Follows from the others, or is drawn, or says where and how often something is written. */
const NO_SETTINGS = /^(seed|hash|agentNames|output|problem\.split\.seed|problem\.features|modules\[\d+\]\.(files|source))($|[.[])/;
const SHOWN_MAX = 3;

export function settingsOf({ experiment, result }: StoredRun): Settings {
  if (experiment?.problem !== undefined) return new Map(leaves('', experiment).filter(([path]) => !NO_SETTINGS.test(path)));
  // Only the result is there: it says this much.
  const arms = result?.arms.map(({ strategy, relationship }) => `${strategy} ${relationship}`) ?? [];
  return new Map<string, unknown>([
    ['name', result?.experiment ?? experiment?.name ?? ''],
    ['agents', result?.agents.expected ?? 0],
    ...leaves('problem', result?.problem ?? {}),
    ...arms.map((arm, i): [string, unknown] => [`cooperate.arms[${i}]`, arm]),
  ]);
}

export function settingsKey(settings: Settings): string {
  return canonicalJson([...settings].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** One label each: its name where that tells them apart, else the settings that not all have alike. */
export function settingsLabels(all: readonly Settings[]): string[] {
  const names = all.map((settings) => String(settings.get('name')));
  if (new Set(names).size === all.length) return names;
  const paths = [...new Set(all.flatMap((settings) => [...settings.keys()]))];
  const differing = paths.filter((path) => new Set(all.map((settings) => canonicalJson(settings.get(path) ?? null))).size > 1);
  const labels = all.map((settings) => labelOf(settings, differing));
  return labels.map((label, i) => (labels.indexOf(label) === labels.lastIndexOf(label) ? label : `${label} #${i + 1}`));
}

function labelOf(settings: Settings, differing: readonly string[]): string {
  const said = differing.filter((path) => path !== 'name' && settings.has(path)).map((path) => `${path}=${shown(settings.get(path))}`);
  const more = said.length > SHOWN_MAX ? [`and ${said.length - SHOWN_MAX} more`] : [];
  const name = differing.includes('name') || said.length === 0 ? [String(settings.get('name'))] : [];
  return [...name, ...said.slice(0, SHOWN_MAX), ...more].join(' ');
}

function shown(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function leaves(path: string, value: unknown): [string, unknown][] {
  if (Array.isArray(value)) return value.flatMap((item, i) => leaves(`${path}[${i}]`, item));
  if (typeof value !== 'object' || value === null) return [[path, value]];
  return Object.entries(value).flatMap(([key, item]) => leaves(path === '' ? key : `${path}.${key}`, item));
}
