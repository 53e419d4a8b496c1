/** What the report says to type gives the same experiment again. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { keepTyped, typedOf } from '../../../cli/typed.ts';
import { experimentHash, loadExperiment } from '../../../config/load.ts';
import type { Experiment } from '../../../config/experiment.ts';
import { reproduceCommand } from '../../../figures/reproduce.ts';
import { GMRF_RESULT, temporaryDirectory } from './fixture.ts';

const FILE = 'examples/paper.yaml';

function loaded(overrides: readonly string[], outputDirectory: string, seed: number): Experiment {
  return loadExperiment(FILE, { overrides, outputDirectory, seed, environment: {}, readFile: (path) => readFileSync(path, 'utf8') });
}

/** The words after `run`, as a POSIX shell takes the command apart. */
function words(command: string): string[] {
  const shown = execFileSync('sh', ['-c', `npm() { printf '%s\\n' "$@"; }\n${command}`], { encoding: 'utf8' }).trimEnd();
  const all = shown.split('\n');
  return all.slice(all.indexOf('run', 1 + all.indexOf('--')) + 1);
}

test('the command of the report gives the same experiment, whatever was set', (context) => {
  const out = join(temporaryDirectory(context), `it's $HOME`);
  const overrides = ['cooperate.arms=[{ strategy: multitask, eta: 0.1 }]', 'cooperate.arms[0].eta=.3', 'name="two words"', 'cooperate.steps=50'];
  keepTyped(out, { file: FILE, overrides, out });
  const [file, ...flags] = words(reproduceCommand({ ...GMRF_RESULT, seed: 5 }, typedOf(out)!));
  const given = (flag: string): string[] => flags.filter((_, i) => i % 2 === 1 && flags[i - 1] === flag);
  assert.equal(file, FILE);
  const again = loaded(given('-c'), given('--out')[0], Number(given('--seed')[0]));
  assert.equal(experimentHash(again), experimentHash(loaded(overrides, out, 5)));
  assert.notEqual(experimentHash(again), experimentHash(loaded([], out, 5)));
});

test('of a run that nothing was kept of, nothing is known', (context) => {
  assert.equal(typedOf(temporaryDirectory(context)), undefined);
});
