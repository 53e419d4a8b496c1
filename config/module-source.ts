/**
 * A module of one's own as it stands in files: TypeScript or JavaScript, with what it imports from beside it. Types are taken
 * out and imports made calls by sucrase, which is loaded only where there is a module; types are not checked here.
 */
import { createRequire } from 'node:module';
import { basename, dirname, extname, join } from 'node:path';
import { KindredError } from '../core/errors.ts';
import { LIMITS } from '../core/limits.ts';
import { digestOf, evaluate, type ModuleFile, type OwnModule } from './own-module.ts';
import { readFailure, type ReadFile } from './table-facts.ts';

const TYPESCRIPT = ['.ts', '.mts'];
const JAVASCRIPT = ['.js', '.mjs'];

type Sucrase = typeof import('sucrase');
let loaded: Sucrase | undefined;

function sucrase(): Sucrase {
  return (loaded ??= createRequire(import.meta.url)('sucrase') as Sucrase);
}

/** Compiled, with everything it imports; it was run once. Throws MODULE_UNREADABLE and MODULE_INVALID. */
export function readModule(name: string, source: string, readFile: ReadFile): OwnModule {
  const folder = dirname(source);
  const files: ModuleFile[] = [];
  const find = (path: string): ModuleFile => {
    const file = { path, code: compiled(join(folder, path), join(dirname(name), path), readFile) };
    files.push(file);
    return file;
  };
  evaluate(find(basename(source)), name, find);
  return { name, source, digest: digestOf(files), files };
}

/** `shown` is the path as a person knows it. */
function compiled(path: string, shown: string, readFile: ReadFile): string {
  const ending = extname(path);
  const isTyped = TYPESCRIPT.includes(ending);
  if (!isTyped && !JAVASCRIPT.includes(ending))
    throw new KindredError('MODULE_UNREADABLE', `a module ends in ${[...TYPESCRIPT, ...JAVASCRIPT].join(', ')}`, { where: shown });
  const text = readText(path, shown, readFile);
  try {
    return sucrase().transform(text, { transforms: isTyped ? ['typescript', 'imports'] : ['imports'], filePath: path, disableESTransforms: true }).code;
  } catch (cause) {
    throw new KindredError('MODULE_INVALID', cause instanceof Error ? cause.message.replace(`Error transforming ${path}: `, '') : String(cause), {
      where: shown,
      cause,
    });
  }
}

function readText(path: string, shown: string, readFile: ReadFile): string {
  let text: string;
  try {
    text = readFile(path);
  } catch (cause) {
    throw new KindredError('MODULE_UNREADABLE', readFailure(cause), { where: shown, cause });
  }
  if (text.length <= LIMITS.moduleCharsMax) return text;
  throw new KindredError('MODULE_UNREADABLE', `it has ${text.length} characters; at most ${LIMITS.moduleCharsMax}`, { where: shown });
}
