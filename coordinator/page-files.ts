/**
 * The built page: index.html and files named after their content. They are read once, when the first is asked for; a name that
 * is not among them is no file, whatever it looks like.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

export interface PageFile {
  readonly type: string;
  readonly zipped: Buffer;
  readonly plain: Buffer;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** Beside the compiled sources, and beside the bundle. */
export const PAGE_FOLDER = fileURLToPath(new URL('../web', import.meta.url));

export class PageFiles {
  readonly #folder: string;
  #files: ReadonlyMap<string, PageFile> | undefined;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** By its path on the server: /assets/main-0123456789.js. */
  get(path: string): PageFile | undefined {
    this.#files ??= this.#read();
    return this.#files.get(path);
  }

  #read(): Map<string, PageFile> {
    const names = existsSync(this.#folder) ? readdirSync(this.#folder, { recursive: true }).map(String) : [];
    const known = names.filter((name) => Object.hasOwn(TYPES, extname(name)));
    return new Map(known.map((name) => [`/${name.replaceAll('\\', '/')}`, fileOf(join(this.#folder, name))]));
  }
}

function fileOf(path: string): PageFile {
  const plain = readFileSync(path);
  return { type: TYPES[extname(path)], plain, zipped: gzipSync(plain) };
}
