/** How a command that failed says so: code, place and hint on stderr - or one JSON object - and the exit code. */
import { ERRORS, KindredError, type ErrorCode } from '../core/errors.ts';

export interface ReportOptions {
  readonly json: boolean;
  /** The command that was called: whose help a wrong call is pointed to. */
  readonly command?: string;
  readonly write: (text: string) => void;
}

export interface ErrorReport {
  readonly code: ErrorCode;
  readonly message: string;
  readonly where: string | null;
  readonly hint: string;
  readonly exit: number;
}

/** Prints the error and returns the exit code. Anything but a KindredError is a bug: its stack is shown. */
export function reportError(error: unknown, { json, write, command }: ReportOptions): number {
  const found = errorReport(error);
  const report = found.code === 'USAGE' && command !== undefined ? { ...found, hint: `see \`kindred ${command} --help\`` } : found;
  write(json ? `${JSON.stringify({ error: report })}\n` : `${errorText(report)}\n`);
  return report.exit;
}

export function errorReport(error: unknown): ErrorReport {
  if (error instanceof KindredError) {
    return { code: error.code, message: error.detail, where: error.where ?? null, hint: error.hint, exit: error.exit };
  }
  if (isFullDisk(error)) return errorReport(new KindredError('OUTPUT_UNWRITABLE', 'no space is left where it goes', { where: 'the output' }));
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { code: 'INTERNAL', message, where: null, hint: ERRORS.INTERNAL.hint, exit: ERRORS.INTERNAL.exit };
}

/** Of a write that nobody guarded: what a command prints, sent to a file. */
function isFullDisk(error: unknown): boolean {
  const { code, syscall } = (error ?? {}) as NodeJS.ErrnoException;
  return code === 'ENOSPC' && syscall === 'write';
}

function errorText({ code, message, where, hint }: ErrorReport): string {
  return `error ${code} ${where === null ? '' : `${where} `}${message}\n  hint: ${hint}`;
}
