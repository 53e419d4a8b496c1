/** The package that this program is part of, wherever it was built or installed: its folder, and the image of its version. */
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { assert } from '../core/errors.ts';

const FILE = 'package.json';

export function ownFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, FILE))) {
    assert(folder !== dirname(folder), 'this program is outside of its package');
    folder = dirname(folder);
  }
  return folder;
}

export function ownVersion(): string {
  const { version } = JSON.parse(readFileSync(join(ownFolder(), FILE), 'utf8')) as { version: string };
  return version;
}

/** What a person types before a command: in a clone npm runs it, an installed package has a binary. */
export function typedProgram(): string {
  return basename(dirname(ownFolder())) === 'node_modules' ? 'npx kindred' : 'npm run --silent kindred --';
}

/** As deploy/build-image.sh tags it. */
export function ownImage(): string {
  return `kindred:${ownVersion()}`;
}
