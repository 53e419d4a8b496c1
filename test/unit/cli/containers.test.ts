/** A run in containers that is interrupted, with an engine (a script) that brings nothing up and first fails to take it down. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { runInContainers } from '../../../cli/containers.ts';
import { readEvents } from '../../../cli/fault-record.ts';
import { createRun } from '../../../cli/new-run.ts';
import type { RunResult } from '../../../core/run-result.ts';
import { smallExperiment } from '../../support/experiments.ts';
import { temporaryDirectory } from './fixture.ts';

const RUN_MS = 30_000;

/** `up` and `events` last; a network is there until the second `down`, or for ever. */
const DOCKER = `#!/bin/sh
cd "$(dirname "$0")"
case "$*" in
version*) echo 1.0 ;;
*'--detach'*) : > up; exec sleep 60 ;;
*down*) echo x >> downs; if [ "$(wc -l < downs)" -lt "$DOWNS_NEEDED" ]; then echo 'no, not now' >&2; exit 1; fi; : > gone ;;
events*) exec sleep 60 ;;
'network ls'*) [ -e gone ] || echo network-7 ;;
esac
`;

interface Ended {
  readonly result: RunResult;
  readonly details: readonly string[];
  readonly downs: number;
}

async function interrupted(context: TestContext, signal: NodeJS.Signals, downsNeeded: number): Promise<Ended> {
  const folder = temporaryDirectory(context);
  writeFileSync(join(folder, 'docker'), DOCKER, { mode: 0o755 });
  const before = { ...process.env };
  context.after(() => (process.env = before));
  process.env = { ...before, PATH: `${folder}:${before['PATH']}`, KINDRED_IMAGE: 'any', DOWNS_NEEDED: String(downsNeeded), DOCKER_HOST: '' };
  const watcher = watch(folder, () => {
    if (!existsSync(join(folder, 'up'))) return;
    watcher.close();
    process.emit(signal, signal);
  });
  const experiment = smallExperiment();
  const run = createRun(experiment);
  const tables = join(run.directory, 'deploy', 'data');
  mkdirSync(tables, { recursive: true });
  const result = await runInContainers({ experiment, run, onProgress: () => {} });
  const failures = readEvents(run.directory).filter(({ type }) => type === 'engine-failed');
  assert.equal(existsSync(tables), false);
  return { result, details: failures.map(({ detail }) => String(detail)), downs: readFileSync(join(folder, 'downs'), 'utf8').length / 2 };
}

test('interrupted while the containers are brought up: cancelled, and taken down at the second try', { timeout: RUN_MS }, async (context) => {
  const { result, details, downs } = await interrupted(context, 'SIGINT', 2);
  assert.equal(result.status, 'cancelled');
  assert.equal(downs, 2);
  assert.equal(details.length, 1);
  assert.match(details[0], /no, not now/);
});

test('what cannot be taken down is named, and the run has its result', { timeout: RUN_MS }, async (context) => {
  const { result, details, downs } = await interrupted(context, 'SIGHUP', 6);
  assert.equal(result.status, 'cancelled');
  assert.equal(downs, 5);
  assert.equal(details.length, 6);
  assert.match(details[5], /remove them by hand: network-7/);
});
