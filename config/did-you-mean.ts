/** The nearest known word to a mistyped one, for "did you mean" in every message that refuses a name. */

/** Edits (insert, delete, replace, swap of neighbours) that turn a into b: the optimal string alignment distance. */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = last[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      row[j] = Math.min(replaced, last[j] + 1, row[j - 1] + 1);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) row[j] = Math.min(row[j], beforeLast[j - 2] + 1);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length];
}

/** The closest of `known` if it is close enough to be a slip (a third of the word), or begins or ends with what was typed. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const typed = normal(word);
  const scored = known.map((name) => ({ name, distance: editDistance(typed, normal(name)) }));
  const best = scored.reduce<(typeof scored)[number] | undefined>((a, b) => (a === undefined || b.distance < a.distance ? b : a), undefined);
  if (best !== undefined && best.distance <= Math.max(1, Math.floor(Math.max(typed.length, best.name.length) / 3))) return best.name;
  return typed.length < 3 ? undefined : known.find((name) => normal(name).startsWith(typed) || normal(name).endsWith(typed));
}

/** ` did you mean "x"?` with its separator, or nothing. */
export function didYouMean(word: string, known: readonly string[]): string {
  const name = nearest(word, known);
  return name === undefined ? '' : `; did you mean "${name}"?`;
}

/** step_size, step-size and stepSize are the same slip. */
function normal(word: string): string {
  return word.toLowerCase().replace(/[-_ ]/g, '');
}
