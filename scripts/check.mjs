// What a change must pass before it is committed: format, lint, types (the build), fast tests. Under a minute.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const bin = (name, file) => path.join(root, 'node_modules', name, file);

const STEPS = [
  ['format', bin('prettier', 'bin/prettier.cjs'), ['--check', '--log-level=warn', '.']],
  ['lint', bin('oxlint', 'bin/oxlint'), ['--type-aware', '--deny-warnings']],
  ['fast tests', path.join(root, 'scripts', 'test.mjs'), ['unit']],
];

for (const [name, script, args] of STEPS) {
  const startedAt = Date.now();
  const { status } = spawnSync(process.execPath, [script, ...args], { cwd: root, stdio: 'inherit' });
  console.error(`check: ${name} ${status === 0 ? 'ok' : 'FAILED'} (${((Date.now() - startedAt) / 1000).toFixed(1)} s)`);
  if (status !== 0) process.exit(1);
}
