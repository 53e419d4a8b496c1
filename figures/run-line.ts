/** One line that says which run or runs a figure or a page is from. */
import type { RunResult } from '../core/run-result.ts';
import { plural } from './format.ts';
import { seedWords } from './seeds.ts';

export function runLine(runs: readonly RunResult[]): string {
  const [{ experiment, agents }] = runs;
  const modes = [...new Set(runs.map(({ mode }) => mode))].join(' and ');
  return `${experiment} · ${plural(agents.expected, 'agent')} · ${seedWords(runs)} · ${modes}`;
}
