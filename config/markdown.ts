/** The little markdown that generated documents need. */

/** A table and the blank line after it. */
export function tableLines(header: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line), ''];
}

export function code(text: string): string {
  return `\`${text}\``;
}
