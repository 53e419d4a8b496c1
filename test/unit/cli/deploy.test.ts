/** The folder that `kindred deploy` writes: complete, written again without harm, and nobody else's. */
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { Command } from 'commander';
import { addDeployCommand } from '../../../cli/deploy.ts';
import { containerUser } from '../../../cli/deployment-folder.ts';
import { parseValue } from '../../../config/source.ts';
import { KindredError } from '../../../core/errors.ts';
import { projectRoot } from '../../support/project.ts';
import { temporaryDirectory } from './fixture.ts';

const PAPER = join(projectRoot, 'examples', 'paper.yaml');
const SITES = join(projectRoot, 'examples', 'us-states.yaml');

interface Deployed {
  readonly runId: string;
  readonly agents: number;
  readonly next: string;
  readonly text: string;
}

function deploy(kind: 'compose' | 'swarm', file: string, directory: string, ...args: readonly string[]): Deployed {
  let text = '';
  const program = new Command().exitOverride();
  addDeployCommand(program, (part) => (text += part));
  program.parse(['node', 'kindred', 'deploy', kind, file, '-o', directory, '--image', 'kindred:test', '--json', ...args]);
  return { ...(JSON.parse(text) as Omit<Deployed, 'text'>), text };
}

const filesIn = (directory: string): string[] =>
  readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
const small = (agents: number): string[] => ['-c', `agents=${agents}`, '-c', 'problem.graph=ring'];
const folder = (context: TestContext, name = 'my deployment'): string => join(temporaryDirectory(context), name);
const codeOf = (action: () => unknown): string => {
  try {
    action();
  } catch (error) {
    return error instanceof KindredError ? error.code : String(error);
  }
  return 'nothing';
};

test('compose: all that the file names is there, in a path with spaces', (context) => {
  const directory = folder(context);
  const { runId, agents, next } = deploy('compose', PAPER, directory, ...small(64));
  assert.equal(agents, 64);
  assert.equal(next, `docker compose -f '${join(directory, 'compose.yaml')}' up`);
  const { services } = parseValue(readFileSync(join(directory, 'compose.yaml'), 'utf8')) as { services: Record<string, { volumes: { source: string }[] }> };
  assert.equal(Object.keys(services).length, 65);
  const sources = Object.values(services).flatMap(({ volumes }) => volumes.map(({ source }) => source).filter((source) => source.startsWith('./')));
  for (const source of sources) assert.ok(statSync(join(directory, source)), source);
  assert.equal(readFileSync(join(directory, '.env'), 'utf8'), `COMPOSE_PROJECT_NAME=${runId}\n`);
});

test('the token is in its own file only, for its owner only', (context) => {
  for (const [kind, file] of [
    ['compose', PAPER],
    ['swarm', SITES],
  ] as const) {
    const directory = folder(context);
    deploy(kind, file, directory);
    const token = join(directory, 'secrets', 'join-token');
    const secret = readFileSync(token, 'utf8').trim();
    assert.equal(statSync(token).mode & 0o777, 0o600);
    const telling = filesIn(directory).filter((name) => name !== token && readFileSync(name, 'utf8').includes(secret));
    assert.deepEqual(telling, []);
  }
});

test('swarm: a table per slot, for its owner only, and no row anywhere else', (context) => {
  const directory = folder(context);
  const { agents } = deploy('swarm', SITES, directory);
  const tables = filesIn(join(directory, 'data'));
  assert.equal(tables.length, agents);
  const first = join(directory, 'data', 'slot-1.csv');
  assert.equal(statSync(first).mode & 0o777, 0o600);
  const [, row] = readFileSync(first, 'utf8').split('\n');
  const holding = filesIn(directory).filter((name) => readFileSync(name, 'utf8').includes(row));
  assert.deepEqual(holding, [first]);
});

test('written again, it keeps its run and its token, and takes away what is stale', (context) => {
  const directory = folder(context);
  const token = join(directory, 'secrets', 'join-token');
  const first = deploy('compose', SITES, directory);
  const before = readFileSync(token, 'utf8');
  assert.equal(deploy('compose', SITES, directory).runId, first.runId);
  // Another experiment, before anything ran: another run.
  assert.notEqual(deploy('compose', PAPER, directory, ...small(3)).runId, first.runId);
  assert.equal(readFileSync(token, 'utf8'), before);
  assert.deepEqual(
    filesIn(directory).filter((name) => name.endsWith('.csv')),
    [],
  );
});

test('a run that began is not written over, and a folder of somebody else is left alone', (context) => {
  const directory = folder(context);
  deploy('compose', PAPER, directory, ...small(3));
  writeFileSync(join(directory, 'run', 'coordinator.log'), '');
  assert.equal(
    codeOf(() => deploy('compose', PAPER, directory, ...small(4))),
    'OUTPUT_NOT_EMPTY',
  );
  assert.equal(
    codeOf(() => deploy('swarm', PAPER, directory, ...small(3))),
    'OUTPUT_NOT_EMPTY',
  );
  assert.equal(
    codeOf(() => deploy('compose', PAPER, directory, ...small(3))),
    'nothing',
  );
  const other = folder(context);
  mkdirSync(other);
  writeFileSync(join(other, 'notes'), '');
  assert.equal(
    codeOf(() => deploy('compose', PAPER, other)),
    'OUTPUT_NOT_EMPTY',
  );
  assert.deepEqual(readdirSync(other), ['notes']);
});

test('modules of one’s own are written beside the rest, for their owner only', (context) => {
  for (const kind of ['compose', 'swarm'] as const) {
    const directory = folder(context);
    deploy(kind, join(projectRoot, 'templates', 'stream', 'experiment.yaml'), directory);
    const file = join(directory, 'modules.json');
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.ok(readFileSync(file, 'utf8').includes('./readings.ts') && !readFileSync(file, 'utf8').includes(projectRoot));
  }
});

test('what nobody would enact is refused', (context) => {
  const faults = ['-c', 'faults=[{ at: 3, kill: 1, restartAfter: 1s }]'];
  assert.equal(
    codeOf(() => deploy('compose', PAPER, folder(context), ...faults)),
    'CONFIG_UNSUPPORTED',
  );
});

test('containers never run as root', () => {
  assert.equal(containerUser(0, 0), '65532:65532');
  assert.equal(containerUser(1000, 100), '1000:100');
});
