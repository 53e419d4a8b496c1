/** What `kindred reproduce --json` printed, as markdown: docs/reproduce.md between its markers. */
import type { Finding, Study } from './study.ts';

export interface Reproduced extends Pick<Study, 'name' | 'title' | 'claim'> {
  readonly findings: readonly Finding[];
}

const BEGIN = '<!-- reproduced: written by npm run docs from docs/reproduced.json -->';
const END = '<!-- /reproduced -->';

export function withFindings(
  document: string,
  studies: readonly Reproduced[],
  table: (head: readonly string[], rows: readonly (readonly string[])[]) => string[],
): string {
  const [begin, end] = [document.indexOf(BEGIN), document.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`the document lacks its markers ${BEGIN} and ${END}`);
  const lines = studies.flatMap(({ name, title, claim, findings }) => [
    `### ${name}: ${title}`,
    '',
    claim,
    '',
    ...table(['setting', 'quantity', 'measured', 'expected', ''], findings.map(cellsOf)),
  ]);
  return `${document.slice(0, begin)}${BEGIN}\n\n${lines.join('\n')}${document.slice(end)}`;
}

function cellsOf({ setting, quantity, mean, standardError, band, holds }: Finding): string[] {
  const measured = standardError === null ? digits(mean) : `${digits(mean)} ± ${standardError.toPrecision(1)}`;
  return [setting, quantity, measured, expectedText(band), holds === null ? '' : holds ? 'holds' : '**OFF**'];
}

function expectedText(band: Finding['band']): string {
  if (band === null) return '';
  const { low, high } = band;
  if (low === null) return `at most ${digits(high!)}`;
  return high === null ? `at least ${digits(low)}` : `${digits(low)} to ${digits(high)}`;
}

const digits = (value: number): string => String(Number(value.toPrecision(3)));
