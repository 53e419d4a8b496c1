/** How a command that failed says so: code, place and hint on stderr - or one JSON object - and the exit code. */
import { ERRORS, KindredError, type ErrorCode } from '../core/errors.ts';

export interface ReportOptions {
  readonly json: boolean;
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
export function reportError(error: unknown, { json, write }: ReportOptions): number {
  const report = errorReport(error);
  write(json ? `${JSON.stringify({ error: report })}\n` : `${errorText(report)}\n`);
  return report.exit;
}

export function errorReport(error: unknown): ErrorReport {
  if (error instanceof KindredError) {
    return { code: error.code, message: error.detail, where: error.where ?? null, hint: error.hint, exit: error.exit };
  }
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { code: 'INTERNAL', message, where: null, hint: ERRORS.INTERNAL.hint, exit: ERRORS.INTERNAL.exit };
}

function errorText({ code, message, where, hint }: ErrorReport): string {
  return `error ${code} ${where === null ? '' : `${where} `}${message}\n  hint: ${hint}`;
}
