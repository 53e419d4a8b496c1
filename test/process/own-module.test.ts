/** Modules of one's own in real processes: the templates, with the bits of the simulator, also when agents die on the way. */
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { armLabels } from '../../figures/arms.ts';
import { loadExperiment } from '../../config/load.ts';
import type { Experiment } from '../../config/experiment.ts';
import type { RunResult } from '../../core/run-result.ts';
import { kindred, onlyRun } from '../support/command.ts';
import { digests, inProcesses, output, simulated } from '../support/experiments.ts';
import { projectRoot } from '../support/project.ts';

function template(name: string, overrides: readonly string[] = []): Experiment {
  const file = join(projectRoot, 'templates', name, 'experiment.yaml');
  return loadExperiment(file, { overrides, outputDirectory: output, environment: {}, readFile: (path) => readFileSync(path, 'utf8') });
}

const SHORT: Readonly<Record<string, readonly string[]>> = {
  problem: [],
  stream: ['explore.steps=200', 'cooperate.steps=60', 'cooperate.stepSize=0.05'],
  strategy: ['explore.steps=60', 'cooperate.steps=30'],
  estimator: ['explore.steps=60', 'cooperate.steps=30'],
};

for (const [name, overrides] of Object.entries(SHORT))
  test(`the template "${name}" runs as processes with the bits of the simulator`, async () => {
    const experiment = template(name, overrides);
    const [real, virtual] = [await inProcesses(experiment), simulated(experiment)];
    assert.equal(real.status, 'completed', real.error?.message);
    assert.deepEqual(digests(real), digests(virtual));
    assert.deepEqual(real.relationship!.laplacian, virtual.relationship!.laplacian);
    assert.deepEqual(real.problem, virtual.problem);
  });

test('arms of one strategy with different options are different, and told apart', () => {
  const { arms } = simulated(template('strategy', SHORT['strategy']));
  const own = arms.filter(({ strategy }) => strategy === './mine.ts');
  assert.deepEqual(
    own.map(({ options }) => options),
    [{ power: 0.5 }, { power: 0.1 }],
  );
  assert.notEqual(own[0].parametersSha256, own[1].parametersSha256);
  assert.deepEqual(armLabels(arms).slice(2), ['./mine.ts power=0.5', './mine.ts power=0.1']);
});

test('a run whose module was edited since goes on with the one it began with, and says so', async () => {
  const folder = join(mkdtempSync(join(output, 'edited-')), 'own');
  cpSync(join(projectRoot, 'templates', 'stream'), folder, { recursive: true });
  const [file, module] = [join(folder, 'experiment.yaml'), join(folder, 'readings.ts')];
  const settings = ['explore.steps=2000', 'cooperate.steps=400', 'cooperate.stepSize=0.05'];
  const command = kindred('run', file, '--out', join(folder, 'runs'), ...settings.flatMap((one) => ['-c', one]));
  await command.said(/^cooperating:/);
  command.child.kill('SIGINT');
  assert.equal((await command.ended).code, 130);
  writeFileSync(module, readFileSync(module, 'utf8').replace('? 100 : 10', '? 1 : 1'));
  const { code, stdout, stderr } = await kindred('resume', onlyRun(join(folder, 'runs')), '--json').ended;
  assert.equal(code, 0, stderr);
  assert.match(stderr, /^note MODULE_CHANGED: .*readings\.ts was changed since the run began; the run goes on with the module it began with/m);
  assert.deepEqual(digests(JSON.parse(stdout) as RunResult), digests(simulated(template('stream', settings))));
});

test('agents and the coordinator that are started again have their modules again', async () => {
  const kills = ['faults=[{ at: 5, kill: 1, restartAfter: 100ms }, { at: 12, kill: coordinator, restartAfter: 100ms }]', 'cooperate.steps=20'];
  const broken = await inProcesses(template('problem', kills));
  assert.equal(broken.status, 'completed', broken.error?.message);
  assert.deepEqual(digests(broken), digests(simulated(template('problem', ['cooperate.steps=20']))));
});

test('a stream of one’s own finds its steps, and cooperating brings agents nearer to the truth', () => {
  const { arms, problem } = simulated(template('stream'));
  assert.deepEqual([problem?.kind, problem?.module, problem?.measure], ['own-stream', './readings.ts', undefined]);
  const [alone, , multitask] = arms.map(({ steadyError }) => steadyError);
  assert.ok(multitask < 0.9 * alone, `${multitask}, alone ${alone}`);
  assert.ok((arms[2].gain?.low ?? 0) > 0, JSON.stringify(arms[2].gain));
});

test('agents of a stream that are killed go on with the same bits', async () => {
  const short = ['explore.steps=200', 'cooperate.steps=60', 'cooperate.stepSize=0.05'];
  const broken = await inProcesses(template('stream', [...short, 'faults=[{ at: 20, kill: 1, restartAfter: 100ms }]']));
  assert.equal(broken.status, 'completed', broken.error?.message);
  assert.deepEqual(digests(broken), digests(simulated(template('stream', short))));
});

test('a table by an own loss: the held-out error in its own unit, and cooperating helps', () => {
  const { arms, problem } = simulated(template('problem'));
  assert.equal(problem?.measure, 'mean Poisson deviance');
  const [alone, , multitask] = arms.map(({ steadyError }) => steadyError);
  assert.ok(multitask < alone, `${multitask}, alone ${alone}`);
});

/** The template with this broken in its module. */
function broken(name: string, module: string, sound: string, defect: string): Experiment {
  const folder = mkdtempSync(join(output, 'broken-'));
  cpSync(join(projectRoot, 'templates', name), folder, { recursive: true });
  const file = join(folder, module);
  const text = readFileSync(file, 'utf8');
  assert.ok(text.includes(sound), `${module} has no "${sound}"`);
  writeFileSync(file, text.replace(sound, defect));
  return loadExperiment(join(folder, 'experiment.yaml'), {
    overrides: SHORT[name],
    outputDirectory: output,
    environment: {},
    readFile: (path) => readFileSync(path, 'utf8'),
  });
}

test('what a module throws in the middle of a run is its failure, with file and line', async () => {
  const strategy = broken('strategy', 'mine.ts', 'fade = iteration', "if (iteration === 7) throw new TypeError('no seventh time'); fade = iteration");
  for (const result of [simulated(strategy), await inProcesses(strategy)]) {
    assert.deepEqual([result.status, result.error?.code], ['failed', 'MODULE_FAILED'], JSON.stringify(result.error));
    assert.match(result.error!.message, /mine\.ts:\d+ TypeError: no seventh time/);
  }
  const estimator = simulated(broken('estimator', 'mine.mjs', 'estimate({', 'estimate() { return undefined.rows; }, late({'));
  assert.equal(estimator.error?.code, 'MODULE_FAILED', JSON.stringify(estimator.error));
  assert.match(estimator.error.message, /mine\.mjs:\d+ TypeError: /);
});
