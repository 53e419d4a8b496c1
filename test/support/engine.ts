/**
 * A container engine for tests: one that answers, with a base and an image built from this checkout by the scripts that a
 * person would use. Where there is none the tests fail with the hint what to install, rather than pass by being skipped.
 */
import assert from 'node:assert/strict';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Engine, command } from '../../cli/engine.ts';
import { readyImage } from '../../cli/image.ts';
import { KindredError } from '../../core/errors.ts';
import { LIMITS } from '../../core/limits.ts';
import { projectRoot } from './project.ts';

/** Fails where no engine answers, and says what to do about it. */
export async function requireEngine(): Promise<Engine> {
  try {
    return await Engine.find();
  } catch (error) {
    if (!(error instanceof KindredError)) throw error;
    throw new Error(`these tests need a container engine: ${error.code} ${error.message}\n  hint: ${error.hint}`, { cause: error });
  }
}

/** The name of the image. Only this machine is asked for a base: no registry need be there. */
export async function builtImage(): Promise<string> {
  await command(['sh', join(projectRoot, 'deploy', 'base-image.sh')], { deadlineMs: LIMITS.engineWorkMs });
  return readyImage(process.env);
}

/** Containers, networks and volumes of a run, and rules of ours outside of its containers. */
export async function assertNothingLeft(engine: Engine, run: string): Promise<void> {
  assert.deepEqual(
    (await engine.containers(run)).map(({ party }) => party),
    [],
    'containers were left behind',
  );
  assert.deepEqual(await engine.remains(run), [], 'networks or volumes were left behind');
  if (process.getuid?.() === 0) assert.doesNotMatch(await command(['iptables-save']), /KINDRED/);
}

/** Whoever started the run owns all that it left, whoever the containers ran as. */
export function assertOwned(directory: string): void {
  const others = readdirSync(directory, { recursive: true })
    .map(String)
    .filter((file) => statSync(join(directory, file)).uid !== process.getuid?.());
  assert.deepEqual(others, [], 'files of the run belong to somebody else');
}
