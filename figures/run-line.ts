/** One line that says which run a figure or a page is from. */
import type { RunResult } from '../core/run-result.ts';
import { plural } from './format.ts';

export function runLine(result: RunResult): string {
  return `${result.experiment} · ${plural(result.agents.expected, 'agent')} · seed ${result.seed} · ${result.mode}`;
}
