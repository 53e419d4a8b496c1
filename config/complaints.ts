/** What is wrong with an experiment file: complaints gathered with their paths, then thrown as ONE error that lists all. */
import { KindredError, type ErrorCode } from '../core/errors.ts';

/** A place in the file: `['cooperate', 'arms', 2, 'eta']`. */
export type Path = readonly (string | number)[];

export interface Complaint {
  readonly code: ErrorCode;
  readonly path: Path;
  /** What is wrong there, without the path: `must be >= 0 (got -1)`. */
  readonly message: string;
}

/** `cooperate.arms[2].eta`; the whole file is `the file`. */
export function pathText(path: Path): string {
  if (path.length === 0) return 'the file';
  return path.map((part, i) => (typeof part === 'number' ? `[${part}]` : i === 0 ? part : `.${part}`)).join('');
}

/** Where a path was written, for messages, and in which order places are listed. */
export interface Place {
  readonly text: string;
  readonly order: number;
}

/** Throws if there are complaints: one a line, in the order of the file; the common code, or CONFIG_INVALID. */
export function refuse(complaints: readonly Complaint[], placeOf: (path: Path) => Place): void {
  if (complaints.length === 0) return;
  const lines = complaints.map(({ path, message }) => ({ place: placeOf(path), text: `${pathText(path)}: ${message}` }));
  const [first, ...rest] = lines.sort((a, b) => a.place.order - b.place.order);
  const { code } = complaints[0];
  const common = complaints.every((complaint) => complaint.code === code) ? code : 'CONFIG_INVALID';
  throw new KindredError(common, [first.text, ...rest.map(({ place, text }) => `${place.text} ${text}`)].join('\n'), {
    where: first.place.text,
  });
}

/** Does `work`; an error that names no place gets this one. */
export function placed<T>(where: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof KindredError) || error.where !== undefined) throw error;
    throw new KindredError(error.code, error.detail, { where, cause: error });
  }
}

/** A value as it may be quoted in a message: short, on one line. */
export function shown(value: unknown): string {
  const text = typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? String(value));
  return text.length <= 60 ? text : `${text.slice(0, 57)}...`;
}
