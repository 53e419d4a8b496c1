/**
 * The generated files held against the engines' own tools: docker-compose (1.29, and Compose v2 where it is installed) reads
 * every compose.yaml; `docker stack config` every stack.yaml; and a one-node Swarm runs the stack to the simulated bits.
 * Needs an engine of its own (DOCKER_HOST, see scripts/engine.sh): Swarm is switched on and off in it.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, watch } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as deadline } from 'node:timers/promises';
import type { RunResult } from '../../core/run-result.ts';
import type { Experiment } from '../../config/experiment.ts';
import { experimentFile, kindred } from '../support/command.ts';
import { builtImage, requireEngine } from '../support/engine.ts';
import { digests, example, output, simulated, smallExperiment } from '../support/experiments.ts';

/** From the stack's start to its result. */
const RUN_MS = 240_000;
/** A network goes only when the last of its tasks has left. */
const REMOVE_MS = 60_000;

interface Answer {
  readonly status: number | null;
  readonly text: string;
}

function run(command: string, ...args: readonly string[]): Answer {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
  return { status, text: `${stdout ?? ''}${stderr ?? ''}${error?.message ?? ''}` };
}

function must(command: string, ...args: readonly string[]): string {
  const { status, text } = run(command, ...args);
  assert.equal(status, 0, `${command} ${args.join(' ')}: ${text}`);
  return text;
}

/** The folder that `kindred deploy` wrote. */
async function deployed(kind: 'compose' | 'swarm', experiment: Experiment, image = 'kindred:test'): Promise<string> {
  const directory = join(mkdtempSync(join(output, 'deploy-')), 'a folder');
  const { code, stderr } = await kindred('deploy', kind, experimentFile(experiment).file, '-o', directory, '--image', image).ended;
  assert.equal(code, 0, stderr);
  return directory;
}

const CASES: readonly [string, () => Experiment][] = [
  ['64 agents', () => smallExperiment(['agents=64'])],
  ['agents with tables of their own', () => example('irish-wind')],
];

for (const [name, experiment] of CASES) {
  test(`compose.yaml of ${name} is valid for every Compose that is here`, async () => {
    const file = join(await deployed('compose', experiment()), 'compose.yaml');
    const readers = [['docker-compose'], ['docker', 'compose']].filter(([command, ...args]) => run(command, ...args, 'version').status === 0);
    assert.ok(readers.length > 0, 'there is neither docker-compose nor docker compose: apt-get install docker-compose');
    for (const [command, ...args] of readers) assert.equal(must(command, ...args, '-f', file, 'config', '-q'), '');
  });

  test(`stack.yaml of ${name} is valid`, async () => {
    const directory = await deployed('swarm', experiment());
    assert.match(must('docker', 'stack', 'config', '-c', join(directory, 'stack.yaml')), /replicas: /);
  });
}

test('the validation sees a planted fault', async () => {
  const directory = await deployed('swarm', smallExperiment());
  const { text } = run('sh', '-c', `sed 's/read_only: true/reed_only: true/' '${join(directory, 'stack.yaml')}' | docker stack config -c -`);
  assert.match(text, /reed_only is not allowed/);
});

/** When the coordinator has written its result. */
async function resultIn(directory: string): Promise<RunResult> {
  const file = join(directory, 'run', 'run.json');
  const late = new AbortController();
  const watcher = watch(join(directory, 'run'));
  const written = new Promise<void>((resolve) => {
    const look = (): void => void (existsSync(file) && resolve());
    watcher.on('change', look);
    look();
  });
  const timer = deadline(RUN_MS, undefined, { signal: late.signal, ref: true });
  timer.catch(() => undefined);
  await Promise.race([written, timer]);
  late.abort();
  watcher.close();
  assert.ok(existsSync(file), `no result in ${RUN_MS / 1000} s`);
  return JSON.parse(readFileSync(file, 'utf8')) as RunResult;
}

describe('a one-node Swarm', () => {
  before(async () => {
    await requireEngine();
    const state = must('docker', 'info', '--format', '{{.Swarm.LocalNodeState}}').trim();
    assert.equal(state, 'inactive', 'the engine is part of a Swarm already: use one of its own (scripts/engine.sh)');
    must('docker', 'swarm', 'init', '--advertise-addr', '127.0.0.1');
  });
  after(() => must('docker', 'swarm', 'leave', '--force'));

  for (const [name, experiment] of [
    ['streams', smallExperiment],
    ['tables, each agent its own', () => example('irish-wind')],
  ] as const) {
    test(`${name}: the same bits as simulated`, async () => {
      const directory = await deployed('swarm', experiment(), await builtImage());
      const { runId } = JSON.parse(readFileSync(join(directory, 'deployment.json'), 'utf8')) as { runId: string };
      must('docker', 'stack', 'deploy', '--resolve-image', 'never', '-c', join(directory, 'stack.yaml'), runId);
      try {
        const result = await resultIn(directory);
        assert.equal(result.status, 'completed', JSON.stringify(result.error));
        assert.equal(result.mode, 'swarm');
        assert.deepEqual(digests(result), digests(simulated(experiment())));
      } finally {
        await removeStack(runId);
        rmSync(directory, { recursive: true, force: true });
      }
    });
  }
});

/** Its containers go after the stack, its volumes after the containers. */
async function removeStack(runId: string): Promise<void> {
  must('docker', 'stack', 'rm', runId);
  const label = `label=kindred.run=${runId}`;
  const end = performance.now() + REMOVE_MS;
  while (must('docker', 'ps', '--all', '--quiet', '--filter', label) !== '') {
    assert.ok(performance.now() < end, `containers of ${runId} are left`);
    await deadline(500);
  }
  const volumes = must('docker', 'volume', 'ls', '--quiet', '--filter', label).split('\n').filter(Boolean);
  if (volumes.length > 0) must('docker', 'volume', 'rm', ...volumes);
}
