/** What the documents show is executed: the README's experiment, and every example. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadExperiment } from '../../config/load.ts';
import { KindredError } from '../../core/errors.ts';
import { example, output, simulated } from '../support/experiments.ts';
import { projectRoot } from '../support/project.ts';

test("the README's experiment runs", () => {
  const yaml = /```yaml\n([\s\S]*?)```/.exec(readFileSync(join(projectRoot, 'README.md'), 'utf8'))![1];
  const file = join(output, 'readme.yaml');
  writeFileSync(file, yaml);
  const readFile = (path: string): string => readFileSync(path, 'utf8');
  const result = simulated(loadExperiment(file, { overrides: [], outputDirectory: output, environment: {}, readFile }));
  assert.equal(result.status, 'completed', result.error?.message);
  const [alone, multitask, known, filter] = result.arms.map((arm) => arm.steadyError);
  assert.ok(multitask < alone && known < alone && filter < multitask, `${[alone, multitask, known, filter]}`);
});

for (const file of readdirSync(join(projectRoot, 'examples')).filter((name) => name.endsWith('.yaml'))) {
  const name = file.replace('.yaml', '');
  if (name === 'landmine') continue;
  test(`examples/${file} loads with nothing set`, () => assert.equal(example(name).name, name));
}

test('examples/landmine.yaml refuses with a hint where its data is not named', () => {
  assert.throws(
    () => example('landmine'),
    (error) => error instanceof KindredError && error.code === 'CONFIG_ENVIRONMENT' && error.message.includes('KINDRED_DATA') && error.hint.includes('set it'),
  );
});
