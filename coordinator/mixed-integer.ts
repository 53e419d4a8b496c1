/**
 * Linear and mixed-integer programmes solved by HiGHS, compiled to WebAssembly: what column generation asks, and what our own
 * search is compared with. The only file that knows it; it is loaded when it is first asked, which most runs never do.
 */
import type { Highs } from 'highs';
import { assert } from '../core/errors.ts';
import type { LinearSolver, RowProgramme, RowSolution } from '../core/grouping/column-generation.ts';

type Solver = Pick<Highs, 'solve'>;

/** HiGHS reads lines of at most 560 characters. */
const TERMS_PER_LINE = 12;

export async function loadMixedIntegerSolver(): Promise<LinearSolver> {
  // Its types are those of its CommonJS form; what is imported is a module.
  const load = (await import('highs')).default as unknown as () => Promise<Highs>;
  const highs = await load();
  return { solve: (programme) => solve(highs, programme) };
}

function solve(highs: Solver, programme: RowProgramme): RowSolution | undefined {
  const solution = highs.solve(programmeText(programme), { mip_rel_gap: 0, output_flag: false });
  if (solution.Status === 'Infeasible') return undefined;
  assert(solution.Status === 'Optimal', `HiGHS ended with "${solution.Status}"`);
  const x = programme.values.map((_, i) => Number(solution.Columns[`x${i}`].Primal));
  const prices = programme.binaries > 0 ? [] : pricesOf(solution.Rows);
  return { objective: solution.ObjectiveValue, x, prices };
}

function pricesOf(rows: readonly object[]): number[] {
  return rows.map((row) => ('Dual' in row ? Number(row.Dual) : 0));
}

/** In CPLEX' LP format. */
function programmeText({ values, rows, binaries }: RowProgramme): string {
  const objective = sum(values.map((value, i) => `${value < 0 ? '-' : '+'} ${Math.abs(value)} x${i}`));
  const lines = rows.map(({ columns, least, most }, row) => {
    const terms = sum(columns.length === 0 ? ['0 x0'] : columns.map((column) => `+ x${column}`));
    if (least === most) return ` r${row}: ${terms} = ${least}`;
    return most === Infinity ? ` r${row}: ${terms} >= ${least}` : ` r${row}: ${terms} <= ${most}`;
  });
  const names = values.map((_, i) => `x${i}`);
  const bounds = names.map((name) => ` 0 <= ${name} <= 1`);
  const whole = binaries === 0 ? [] : ['Binary', sum(names.slice(0, binaries))];
  return ['Maximize', ` value: ${objective}`, 'Subject To', ...lines, 'Bounds', ...bounds, ...whole, 'End', ''].join('\n');
}

function sum(terms: readonly string[]): string {
  const lines = Array.from({ length: Math.ceil(terms.length / TERMS_PER_LINE) }, (_, i) => terms.slice(i * TERMS_PER_LINE, (i + 1) * TERMS_PER_LINE).join(' '));
  return lines.join('\n  ');
}
