/**
 * The house rules that a compiler does not check: who may import whom, who owns which package, and what the core must
 * not touch. On failure it prints the offending imports.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { test } from 'node:test';
import { projectRoot } from '../support/project.ts';

/** Low to high: a room may import the ones listed, and itself. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  core: [],
  proto: ['core'],
  config: ['core', 'proto'],
  net: ['core', 'proto', 'config'],
  agent: ['core', 'proto', 'config', 'net'],
  coordinator: ['core', 'proto', 'config', 'net', 'figures'],
  sim: ['core', 'proto', 'config', 'net', 'agent', 'coordinator'],
  study: ['core'],
  figures: ['core'],
  deploy: ['core', 'config'],
  // In a browser: the core's types, and the figures' colours, places and words, which need nothing of Node.
  web: ['core', 'figures'],
  cli: ['core', 'proto', 'config', 'net', 'agent', 'coordinator', 'sim', 'study', 'figures', 'deploy', 'testkit'],
  testkit: ['core', 'proto', 'config', 'net', 'agent', 'coordinator', 'sim'],
  bench: ['core', 'proto', 'config', 'net', 'agent', 'coordinator', 'sim', 'cli'],
};

/** Each package has one owner: a file or a folder. */
const OWNERS: Readonly<Record<string, readonly string[]>> = {
  protobufjs: ['proto/'],
  ws: ['net/websocket-'],
  fastify: ['coordinator/'],
  highs: ['coordinator/mixed-integer.ts'],
  'ml-matrix': ['core/linalg/eigen.ts'],
  pino: ['coordinator/main.ts'],
  typebox: ['config/'],
  ajv: ['config/'],
  yaml: ['config/source.ts', 'config/overrides.ts'],
  'csv-parse': ['config/csv.ts'],
  sucrase: ['config/module-source.ts'],
  commander: ['cli/'],
  'cli-progress': ['cli/progress.ts'],
  'd3-scale': ['figures/'],
  preact: ['web/'],
  uplot: ['web/parts/curve-plot.tsx'],
  '@napi-rs/canvas': ['cli/png.ts'],
};

interface Import {
  readonly from: string;
  readonly to: string;
  readonly typeOnly: boolean;
}

const files = Object.keys(MAY_IMPORT).flatMap((room) =>
  readdirSync(join(projectRoot, room), { recursive: true })
    .map((file) => `${room}/${String(file)}`)
    .filter((file) => /\.tsx?$/.test(file) && !file.includes('generated')),
);
const imports = files.flatMap(importsOf);

function importsOf(file: string): Import[] {
  const text = readFileSync(join(projectRoot, file), 'utf8');
  const statements = text.matchAll(/^(?:import|export)\s+(type\s)?[^;]*?from\s+'([^']+)'/gm);
  const bare = text.matchAll(/^import\s+()'([^']+)'/gm);
  const dynamic = text.matchAll(/\bimport\(()'([^']+)'\)/g);
  return [...statements, ...bare, ...dynamic].map(([, typeOnly, target]) => ({
    from: file,
    to: target.startsWith('.') ? normalize(join(dirname(file), target)) : target,
    typeOnly: Boolean(typeOnly),
  }));
}

const roomOf = (file: string): string => file.split('/')[0];
const isOurs = (target: string): boolean => /\.tsx?$/.test(target) || target.includes('generated/');
const shown = (list: readonly Import[]): string[] => list.map(({ from, to }) => `${from} -> ${to}`);

test('rooms import downwards only', () => {
  assert.ok(imports.length > 200, `only ${imports.length} imports were found`);
  const wrong = imports.filter(({ from, to }) => isOurs(to) && roomOf(to) !== roomOf(from) && !MAY_IMPORT[roomOf(from)].includes(roomOf(to)));
  assert.deepEqual(shown(wrong), []);
});

test('the check sees a planted upward import', () => {
  const planted = { from: 'core/graph.ts', to: 'agent/agent.ts', typeOnly: false };
  assert.equal(MAY_IMPORT[roomOf(planted.from)].includes(roomOf(planted.to)), false);
});

test('machines, and what they are made of, import only the core and message types', () => {
  const machines = files.filter((file) => file.endsWith('-machine.ts'));
  const parts = new Set(machines.flatMap((machine) => [...reachable(machine)]).filter((file) => roomOf(file) !== 'core'));
  const wrong = imports.filter(
    ({ from, to, typeOnly }) => parts.has(from) && !to.startsWith('core/') && !parts.has(to) && !(typeOnly && to === 'proto/messages.ts'),
  );
  assert.deepEqual(shown(wrong), []);
  assert.deepEqual(
    [...parts].filter((file) => !/^(agent|coordinator)\//.test(file)),
    [],
  );
});

test('each package has one owner', () => {
  const external = imports.filter(({ to }) => !isOurs(to) && !to.startsWith('node:'));
  const packageOf = (target: string): string =>
    target
      .split('/')
      .slice(0, target.startsWith('@') ? 2 : 1)
      .join('/');
  const wrong = external.filter(({ from, to }) => !OWNERS[packageOf(to)]?.some((owner) => from.startsWith(owner)));
  assert.deepEqual(shown(wrong), []);
});

test('the core is pure: no I/O, no clock, no global randomness', () => {
  const touching = imports.filter(({ from, to }) => roomOf(from) === 'core' && to.startsWith('node:'));
  assert.deepEqual(shown(touching), []);
  const impure = files
    .filter((file) => roomOf(file) === 'core')
    .filter((file) => {
      const code = readFileSync(join(projectRoot, file), 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
      return /Math\.random|Date\.now|new Date\(|performance\.now|setTimeout|process\.|globalThis/.test(code);
    });
  assert.deepEqual(impure, []);
});

test('an agent process loads neither fastify nor ml-matrix nor pino nor the schema', () => {
  const loaded = reachable('agent/main.ts');
  const heavy = ['fastify', 'ml-matrix', 'pino', 'typebox', 'ajv', 'yaml', 'commander', 'sucrase', 'highs', '@napi-rs/canvas'].filter((name) =>
    [...loaded].some((target) => target === name || target.startsWith(`${name}/`)),
  );
  assert.deepEqual(heavy, []);
  assert.ok(loaded.has('ws'), 'the walk did not reach the sockets');
});

test('the page reaches nothing that a browser has not', () => {
  const loaded = [...reachable('web/main.tsx')];
  assert.deepEqual(
    loaded.filter((target) => target.startsWith('node:') || ['proto', 'config', 'net'].includes(roomOf(target))),
    [],
  );
  assert.ok(loaded.includes('preact/hooks') && loaded.includes('figures/layout.ts'), loaded.join(' '));
});

function reachable(entry: string): Set<string> {
  const seen = new Set<string>();
  const queue = [entry];
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    if (seen.has(file)) continue;
    seen.add(file);
    queue.push(...imports.filter(({ from, typeOnly }) => from === file && !typeOnly).map(({ to }) => to));
  }
  return seen;
}

test('the image is built of every room that its programs load', () => {
  const loaded = ['agent/main.ts', 'coordinator/main.ts', 'cli/main.ts'].flatMap((program) => [...reachable(program)]);
  const rooms = new Set(loaded.filter(isOurs).map(roomOf));
  assert.ok(rooms.has('study') && rooms.has('deploy'), [...rooms].join(' '));
  for (const file of ['Dockerfile', 'build-image.sh']) {
    const text = readFileSync(join(projectRoot, 'deploy', file), 'utf8');
    const lacking = [...rooms].filter((room) => !new RegExp(`[ ']${room}[ ']`).test(text));
    assert.deepEqual(lacking, [], `deploy/${file}`);
  }
});
