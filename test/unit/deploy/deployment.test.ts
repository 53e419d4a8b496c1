/** Who runs what with which files: the coordinator never gets a table, an agent only its own. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CoordinatorJob } from '../../../config/coordinator-job.ts';
import { deploymentOf } from '../../../deploy/deployment.ts';
import type { Deployment } from '../../../deploy/deployment.ts';
import { holdModule, type OwnModule } from '../../../config/own-module.ts';
import { experimentHash } from '../../../config/load.ts';
import { CSV, givenBy, givenFile, load, PAPER, TABLE } from '../config/fixture.ts';
import { compose, OPTIONS, paper, RUN, stack, table } from './fixture.ts';

const jobOf = (deployment: Deployment): CoordinatorJob => JSON.parse(deployment.coordinator.files[0].text) as CoordinatorJob;
const argument = (args: readonly string[], name: string): string => args[args.indexOf(name) + 1];

test('the job is the one that the coordinator reads, with the files where its container has them', () => {
  const job: CoordinatorJob = jobOf(paper(3));
  assert.equal(job.directory, '/results');
  assert.equal(job.experiment.output.directory, '/results');
  assert.equal(job.tokenFile, '/run/secrets/join-token');
  assert.equal(job.hash, experimentHash(job.experiment));
  assert.equal(job.host, '0.0.0.0');
});

test('a given relationship is in the job, without the place of its file', () => {
  const job = jobOf(deploymentOf({ experiment: load(givenBy(), {}, { 'v0001.json': givenFile(4) }), ...OPTIONS }));
  assert.equal(job.experiment.relationship.given?.agents, 4);
  assert.equal(job.experiment.relationship.file, undefined);
});

test('what the engine enacts is in the job, where somebody supervises it', () => {
  const engine = { isolation: true, packets: false };
  assert.deepEqual(jobOf(paper(3, { engine })).engine, engine);
  assert.equal(jobOf(paper(3)).engine, undefined);
  assert.equal(jobOf(paper(3, { joinMs: 5 })).joinMs, 5);
});

test('every agent has its index, and a name that only the network between agents knows', () => {
  const { agents } = paper(64);
  assert.deepEqual(
    agents.map(({ args }) => argument(args, '--index')),
    Array.from({ length: 64 }, (_, k) => String(k)),
  );
  assert.equal(argument(agents[63].args, '--advertise'), 'agent-63.data');
  assert.deepEqual(agents[0].files, []);
  assert.ok(!agents[0].args.includes('--data'));
});

test('each agent gets the rows of its own task, and the coordinator none', () => {
  const { coordinator, agents } = table();
  const [, ...rows] = CSV.split('\n');
  agents.forEach(({ files, args }, k) => {
    assert.deepEqual(
      files.map(({ path, target }) => [path, target]),
      [[`data/agent-${k}.csv`, '/data/table.csv']],
    );
    assert.equal(argument(args, '--data'), '/data/table.csv');
    assert.deepEqual(
      files[0].text.trimEnd().split('\n').slice(1),
      rows.filter((row) => row.startsWith(`t${k},`)),
    );
  });
  const text = coordinator.files.map((file) => file.text).join('');
  assert.ok(rows.every((row) => !text.includes(row)));
  const { problem, agentNames } = jobOf(table()).experiment;
  assert.ok(problem.kind === 'csv-table');
  assert.equal(problem.path, undefined);
  assert.deepEqual(
    problem.sites,
    agentNames.map((name) => ({ name })),
  );
});

test('graphs that are files go with the coordinator', () => {
  const files = { 'ring.csv': 'source,target\n0,1\n1,2\n2,0\n' };
  const experiment = load(PAPER, { overrides: ['agents=3', 'problem.graph={file: ring.csv}', 'network.graph={file: ring.csv}'] }, files);
  const deployment = deploymentOf({ experiment, ...OPTIONS, readFile: () => files['ring.csv'] });
  assert.deepEqual(deployment.coordinator.files.map(({ path, target }) => [path, target]).slice(1), [
    ['graphs/network.csv', '/graphs/network.csv'],
    ['graphs/problem.csv', '/graphs/problem.csv'],
  ]);
  assert.deepEqual(jobOf(deployment).experiment.network.graph, { file: '/graphs/network.csv' });
});

const MODULE = `import { defineStrategy } from 'kindred';
export default defineStrategy({ summary: 'stands still', cooperatesOver: 'nothing', usesEta: false, start: ({ task }) => {
  const w = new Float64Array(task.dimension);
  return { state: [w], outgoing: w, adapt() {}, hops: () => 0, combine() {}, output: () => w };
} });`;
const WITH_MODULE = PAPER.replace('{ strategy: consensus }', '{ strategy: ./still.mjs }');

test('modules of one’s own go with coordinator and agents, compiled, read-only and without the place of their files', () => {
  assert.notEqual(WITH_MODULE, PAPER);
  const experiment = load(WITH_MODULE, {}, { 'still.mjs': MODULE });
  const deployment = deploymentOf({ experiment, ...OPTIONS });
  const [{ path, target, text }] = deployment.shared;
  assert.deepEqual([path, target], ['modules.json', '/modules/modules.json']);
  const modules = JSON.parse(text) as OwnModule[];
  assert.deepEqual(
    modules.map(({ name, source, digest }) => [name, source, digest]),
    [['./still.mjs', './still.mjs', experiment.modules![0].digest]],
  );
  modules.forEach(holdModule);
  assert.deepEqual(jobOf(deployment).experiment.modules, modules);
  assert.deepEqual(deployment.agents[2].args.slice(-2), ['--modules', target]);
  const mount = { type: 'bind', source: './modules.json', target, read_only: true };
  const { services } = compose(deployment);
  assert.deepEqual((services['agent-2']['volumes'] as unknown[]).at(-1), mount);
  assert.ok(!JSON.stringify(services['coordinator']['volumes']).includes('modules.json'));
});

test('on a swarm modules are a config, the same for every slot', () => {
  const swarm = stack(deploymentOf({ experiment: load(WITH_MODULE, {}, { 'still.mjs': MODULE }), ...OPTIONS }));
  assert.deepEqual(swarm.configs?.['modules-json'], { name: `${RUN}-modules-json`, file: './modules.json' });
  assert.deepEqual(swarm.services['agent']['configs'], [{ source: 'modules-json', target: '/modules/modules.json', mode: 0o444 }]);
  assert.match(String(swarm.services['agent']['command']), /--modules \/modules\/modules\.json/);
  assert.equal(stack(paper(3)).services['agent']['configs'], undefined);
});

test('a table that is not here is refused', () => {
  const readFile = (): never => {
    throw Object.assign(new Error('no'), { code: 'ENOENT' });
  };
  assert.throws(() => deploymentOf({ experiment: load(TABLE), ...OPTIONS, readFile }), { code: 'TABLE_UNREADABLE' });
});

test('limits grow with the experiment, and stay for small changes of it', () => {
  const overrides = ['agents=64', 'problem.graph=ring', 'problem.dimension=100000', 'explore.stepSize=auto', 'cooperate.stepSize=auto'];
  const large = deploymentOf({ experiment: load(PAPER, { overrides }), ...OPTIONS });
  const [small, wide] = [paper(8), large].map(({ agents, coordinator }) => [agents[0].resources.memoryBytes, coordinator.resources.memoryBytes]);
  assert.ok(wide[0] > small[0] && wide[1] > small[1], `${small} ${wide}`);
  assert.equal(paper(9).agents[0].resources.memoryBytes, small[0]);
});
