/** Remembers the last value of each name, and makes it anew only when something that it was made of is another one. */
export class Memo {
  readonly #last = new Map<string, { readonly from: readonly unknown[]; readonly value: unknown }>();

  of<T>(name: string, from: readonly unknown[], make: () => T): T {
    const last = this.#last.get(name);
    if (last !== undefined && last.from.length === from.length && last.from.every((one, i) => Object.is(one, from[i]))) return last.value as T;
    const value = make();
    this.#last.set(name, { from, value });
    return value;
  }
}
