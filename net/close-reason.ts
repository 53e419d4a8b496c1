/** How an error of the table travels when a link is refused or closed: its close code, and a reason that starts with its name. */
import { assert, type ErrorCode, ERRORS } from '../core/errors.ts';

export function closeCodeOf(code: ErrorCode): number {
  const { close } = ERRORS[code];
  assert(close !== undefined, `${code} closes no link`);
  return close;
}

export function reasonOf(code: ErrorCode, detail: string = ERRORS[code].message): string {
  return `${code}: ${detail}`;
}

/** The error that a reason names, if it does. */
export function codeIn(reason: string): ErrorCode | undefined {
  const code = reason.split(':', 1)[0];
  return Object.hasOwn(ERRORS, code) ? (code as ErrorCode) : undefined;
}
