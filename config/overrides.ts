/** `-c path=value`: keys of the experiment file changed on the command line, before anything is checked. */
import { KindredError } from '../core/errors.ts';
import type { Path, Place } from './complaints.ts';
import { parseValue } from './source.ts';

export interface Override {
  readonly path: Path;
  readonly value: unknown;
  /** As typed, for messages. */
  readonly text: string;
}

/** `cooperate.arms[0].eta=.1` or `cooperate.arms.0.eta=.1`; the value is YAML. */
export function parseOverride(text: string): Override {
  const at = text.indexOf('=');
  if (at < 1) throw invalid(text, 'must read path=value, for example -c cooperate.steps=100');
  return { path: parsePath(text.slice(0, at), text), value: valueOf(text.slice(at + 1), text), text };
}

/** What to name where an override is at fault: `-c cooperate.arms[0].eta=-1`. Overrides are listed after the file. */
export function placeOfOverride({ text }: Override): Place {
  return { text: text.startsWith('--') ? text : `-c ${text}`, order: Infinity };
}

/** The last override that set this path or a section around it. */
export function overrideOf(path: Path, overrides: readonly Override[]): Override | undefined {
  return overrides.findLast((override) => startsWith(path, override.path));
}

export function startsWith(path: Path, prefix: Path): boolean {
  return prefix.every((part, i) => path[i] === part);
}

/** A copy of `value` with the overrides applied in order; sections that are not there are made. */
export function applyOverrides(value: unknown, overrides: readonly Override[]): unknown {
  return overrides.reduce((current, override) => put(current, override.path, 0, override), value);
}

function put(current: unknown, path: Path, depth: number, override: Override): unknown {
  if (depth === path.length) return override.value;
  const part = path[depth];
  if (Array.isArray(current)) return putItem(current, part, path, depth, override);
  if (typeof part === 'number') throw invalid(override.text, `there is no list at "${path.slice(0, depth).join('.')}" in the file`);
  const section = typeof current === 'object' && current !== null ? (current as Record<string, unknown>) : {};
  const isLast = depth + 1 === path.length;
  // `path=null` takes the key out: its default holds again.
  if (isLast && override.value === null) return Object.fromEntries(Object.entries(section).filter(([key]) => key !== part));
  return { ...section, [part]: put(Object.hasOwn(section, part) ? section[part] : undefined, path, depth + 1, override) };
}

function putItem(items: readonly unknown[], part: string | number, path: Path, depth: number, override: Override): unknown[] {
  if (typeof part !== 'number' || part >= items.length) {
    throw invalid(override.text, `the list has items 0 to ${items.length - 1}, not ${part}`);
  }
  return items.map((item, i) => (i === part ? put(item, path, depth + 1, override) : item));
}

function parsePath(path: string, text: string): Path {
  const parts = path
    .trim()
    .replace(/\[(\d+)\]/g, '.$1')
    .split('.');
  return parts.map((part) => {
    if (/^\d+$/.test(part)) return Number(part);
    if (!/^[A-Za-z][\w-]*$/.test(part)) throw invalid(text, `"${path}" is not a path such as cooperate.arms[0].eta`);
    return part;
  });
}

function valueOf(value: string, text: string): unknown {
  try {
    return parseValue(value);
  } catch (cause) {
    throw invalid(text, `the value is not YAML: ${cause instanceof KindredError ? cause.detail : String(cause)}`);
  }
}

function invalid(text: string, detail: string): KindredError {
  return new KindredError('CONFIG_INVALID', detail, { where: `-c ${text}` });
}
