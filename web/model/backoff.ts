/** How long to wait before asking a server again that did not answer: doubling, up to a limit that a reader bears. */
const FIRST_MS = 500;
const LONGEST_MS = 10_000;

export function backoffMs(failures: number): number {
  return Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.max(0, failures - 1));
}
