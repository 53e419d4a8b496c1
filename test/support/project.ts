/** Where the project's sources are, seen from compiled tests. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const projectRoot = findRoot(dirname(fileURLToPath(import.meta.url)));

/** The data that may not be copied into the project; undefined where it is not beside it. */
export const sharedData = existingOrUndefined(join(projectRoot, '..', 'shared', 'data'));

function findRoot(from: string): string {
  return existsSync(join(from, 'package.json')) ? from : findRoot(dirname(from));
}

function existingOrUndefined(path: string): string | undefined {
  return existsSync(path) ? path : undefined;
}
