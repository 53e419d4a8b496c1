// Before npm packs: everything built, and the types of what is exported. Speaks to stderr only.
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
await import('./setup.mjs');
rmSync(path.join(root, 'dist', 'types'), { recursive: true, force: true });
const compiler = path.join(root, 'node_modules', 'typescript', 'bin', 'tsc');
const { status } = spawnSync(process.execPath, [compiler, '-p', path.join(root, 'tsconfig.package.json')], { stdio: ['ignore', 2, 2] });
process.exitCode = status ?? 1;
