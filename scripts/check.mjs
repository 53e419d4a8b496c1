// What a change must pass before it is committed: format, lint, types (the build), fast tests; or those of them that are named.
//   npm run check            npm run check -- format lint
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const bin = (name, file) => path.join(root, 'node_modules', name, file);

const STEPS = [
  ['format', bin('prettier', 'bin/prettier.cjs'), ['--check', '--log-level=warn', '.']],
  ['lint', bin('oxlint', 'bin/oxlint'), ['--type-aware', '--deny-warnings']],
  ['tests', path.join(root, 'scripts', 'test.mjs'), ['unit']],
];

const wanted = process.argv.slice(2);
const names = STEPS.map(([name]) => name);
const unknown = wanted.filter((name) => !names.includes(name));
if (unknown.length > 0) {
  console.error(`check: nothing is named ${unknown.join(', ')}; there are ${names.join(', ')}`);
  process.exit(2);
}

for (const [name, script, args] of STEPS) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const startedAt = Date.now();
  const { status } = spawnSync(process.execPath, [script, ...args], { cwd: root, stdio: 'inherit' });
  console.error(`check: ${name} ${status === 0 ? 'ok' : 'FAILED'} (${((Date.now() - startedAt) / 1000).toFixed(1)} s)`);
  if (status !== 0) process.exit(1);
}
