import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

const CORE = new URL('../../../core/', import.meta.url);
/** What an agent process computes with. */
const LOADED_BY_AGENTS = [
  'random',
  'graph',
  'theory',
  'window-test',
  'problem/gmrf-regression',
  'linalg/cholesky',
  'relationship/local-view',
  'relationship/agent-hosted',
];

function importsOf(file: URL): string[] {
  return [...readFileSync(file, 'utf8').matchAll(/^(?:import|export)[^;]*?from '([^']+)'/gm)].map(([, name]) => name);
}

function closure(file: URL, seen = new Map<string, string[]>()): Map<string, string[]> {
  if (seen.has(file.href)) return seen;
  const imports = importsOf(file);
  seen.set(file.href, imports);
  for (const name of imports) if (name.startsWith('.')) closure(new URL(name, file), seen);
  return seen;
}

test('nothing an agent computes with loads ml-matrix; eigen.js does', () => {
  for (const name of LOADED_BY_AGENTS) {
    const imports = [...closure(new URL(`${name}.js`, CORE)).values()].flat();
    assert.deepEqual(
      imports.filter((one) => !one.startsWith('.')),
      [],
      name,
    );
  }
  assert.ok(importsOf(new URL('linalg/eigen.js', CORE)).includes('ml-matrix'));
});
