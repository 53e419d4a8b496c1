/**
 * An experiment file as text: parsed with YAML 1.2, remembering the line and column of every key.
 * Only this file imports the package `yaml`.
 */
import { LineCounter, parseDocument, isMap, isPair, isScalar, isSeq, stringify, type Document } from 'yaml';
import { KindredError } from '../core/errors.ts';
import type { Path, Place } from './complaints.ts';

export interface Source {
  readonly value: unknown;
  /** `experiment.yaml:14:7` of a path, or of the nearest enclosing one that stands in the file. */
  where(path: Path): Place;
  has(path: Path): boolean;
}

export function parseSource(text: string, file: string): Source {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const placeAt = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { text: `${file}:${Math.max(1, line)}:${Math.max(1, col)}`, order: offset };
  };
  const error = document.errors[0];
  if (error !== undefined) throw new KindredError('CONFIG_UNREADABLE', oneLine(error.message), { where: placeAt(error.pos[0]).text });
  return {
    value: toPlain(document, file),
    where: (path) => placeAt(walk(document, path).offset),
    has: (path) => walk(document, path).found === path.length,
  };
}

/** One value as the command line gives it: YAML, so that `.1`, `true`, `auto` and `{ file: a.csv }` mean what they mean in the file. */
export function parseValue(text: string): unknown {
  const document = parseDocument(text, { prettyErrors: false });
  const error = document.errors[0];
  if (error !== undefined) throw new KindredError('CONFIG_INVALID', oneLine(error.message));
  return document.toJS();
}

/** A plain value as YAML that readers of 1.1 and of 1.2 take alike: what either would take for another type is quoted. */
export function yamlText(value: unknown): string {
  return stringify(value, { version: '1.1', lineWidth: 0, aliasDuplicateObjects: false });
}

function toPlain(document: Document, file: string): unknown {
  try {
    return document.toJS();
  } catch (cause) {
    throw new KindredError('CONFIG_UNREADABLE', oneLine(String(cause instanceof Error ? cause.message : cause)), { where: file, cause });
  }
}

/** Follows a path as far as it goes: how many parts were found, and where the last one begins (its key, where it has one). */
function walk(document: Document, path: Path): { found: number; offset: number } {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  let found = 0;
  for (const part of path) {
    const child = childOf(node, part);
    if (child === undefined) break;
    offset = child.offset ?? offset;
    node = child.value;
    found++;
  }
  return { found, offset };
}

function childOf(node: unknown, part: string | number): { value: unknown; offset: number | undefined } | undefined {
  if (isSeq(node) && typeof part === 'number') {
    const item = node.items[part];
    return item === undefined ? undefined : { value: item, offset: startOf(item) };
  }
  if (!isMap(node)) return undefined;
  const pair = node.items.find((item) => isPair(item) && isScalar(item.key) && String(item.key.value) === String(part));
  return pair === undefined ? undefined : { value: pair.value, offset: startOf(pair.key) };
}

function startOf(node: unknown): number | undefined {
  const range = (node as { range?: [number, number, number] } | null | undefined)?.range;
  return range?.[0];
}

function oneLine(message: string): string {
  return message.split('\n')[0].trim();
}
