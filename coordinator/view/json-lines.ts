/**
 * A file that grows by lines of JSON: every look reads what was added, and without news gives the same array as before. A line
 * that is still being written is left for the next look; one that a kill cut off is left out.
 */
import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs';

const NEW_LINE = 10;

export class JsonLines<T> {
  readonly #path: string;
  #values: readonly T[] = [];
  #readBytes = 0;

  constructor(path: string) {
    this.#path = path;
  }

  look(): readonly T[] {
    if (!existsSync(this.#path)) return this.#values;
    const added = this.#newBytes();
    const whole = added.subarray(0, added.lastIndexOf(NEW_LINE) + 1);
    if (whole.length === 0) return this.#values;
    this.#readBytes += whole.length;
    const lines = whole.toString('utf8').split('\n');
    this.#values = [...this.#values, ...lines.flatMap((line) => valueOf<T>(line))];
    return this.#values;
  }

  #newBytes(): Buffer {
    const file = openSync(this.#path, 'r');
    try {
      const bytes = Buffer.alloc(Math.max(0, fstatSync(file).size - this.#readBytes));
      return bytes.subarray(0, readSync(file, bytes, 0, bytes.length, this.#readBytes));
    } finally {
      closeSync(file);
    }
  }
}

function valueOf<T>(line: string): T[] {
  try {
    return [JSON.parse(line) as T];
  } catch {
    return [];
  }
}
