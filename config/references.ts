/**
 * The generated documents: every file of docs/ that is derived from a table in the code, with its text.
 * `npm run docs` writes them; a test compares them with what is on disk.
 */
import { ERRORS, type ErrorEntry } from '../core/errors.ts';
import { LIMITS } from '../core/limits.ts';
import { experimentReference } from './describe.ts';
import { code, tableLines } from './markdown.ts';

export interface Reference {
  /** Relative to the project. */
  readonly path: string;
  readonly text: string;
}

/** `readSource` reads a file of the project: a limit's meaning is its comment. */
export function references(readSource: (path: string) => string): Reference[] {
  return [
    { path: 'docs/errors.md', text: errorsReference() },
    { path: 'docs/limits.md', text: limitsReference(readSource('core/limits.ts')) },
    { path: 'docs/experiment-file.md', text: experimentReference() },
  ];
}

function errorsReference(): string {
  const entries: readonly (readonly [string, ErrorEntry])[] = Object.entries(ERRORS);
  const rows = entries.map(([name, { message, hint, exit, http, close }]) => [
    code(name),
    message,
    hint,
    String(exit),
    String(http ?? ''),
    String(close ?? ''),
  ]);
  return [
    '# Errors',
    '',
    '<!-- Generated from core/errors.ts: do not edit. -->',
    '',
    'Every expected failure has a code `<AREA>_<WHAT>`. It is printed, stands in the JSON of `--json` and in the log, and names',
    'the failure to the other end of a link. *exit* is the exit code of the command: 1 failed, 2 wrong input, 3 completed with',
    'missing agents, 130 interrupted. *HTTP* is the status of a refused request, *close* the WebSocket close code (1011 where',
    'an error without a code of its own closes a link).',
    '',
    ...tableLines(['code', 'meaning', 'what to do', 'exit', 'HTTP', 'close'], rows),
  ].join('\n');
}

function limitsReference(source: string): string {
  const rows = Object.entries(LIMITS).map(([name, value]) => [code(name), valueWithUnit(name, value), commentOf(source, name)]);
  return [
    '# Limits',
    '',
    '<!-- Generated from core/limits.ts: do not edit. -->',
    '',
    'Every bound of the system. None is an option: they follow from the design, and a run that needs another value needs a',
    'change of `core/limits.ts`.',
    '',
    ...tableLines(['limit', 'value', 'meaning'], rows),
  ].join('\n');
}

/** The doc comment above a key. */
function commentOf(source: string, name: string): string {
  const comment = new RegExp(`/\\*\\* ([^\\n]*) \\*/\\n  ${name}:`).exec(source)?.[1];
  if (comment === undefined) throw new Error(`core/limits.ts says nothing about ${name}`);
  return comment.replace(/\.$/, '');
}

const BYTE_UNITS = [
  [1024 ** 2, 'MiB'],
  [1024, 'KiB'],
] as const;

/** The unit stands in the name: 4194304 of ...Bytes is 4 MiB, 30000 of ...Ms is 30 s. */
function valueWithUnit(name: string, value: number): string {
  if (name.endsWith('Ms')) return value >= 1_000 ? `${value / 1_000} s` : `${value} ms`;
  if (!/Bytes(Max)?$/.test(name)) return value.toLocaleString('en-US');
  const [size, unit] = BYTE_UNITS.find(([bytes]) => value % bytes === 0) ?? [1, 'bytes'];
  return `${value / size} ${unit}`;
}
