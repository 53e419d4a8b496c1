/** The package as somebody gets it: packed, installed into an empty folder, run, and its types used. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { isAlive } from '../../cli/process-note.ts';
import { readLive } from '../../cli/run-files.ts';
import { output } from '../support/experiments.ts';
import { projectRoot } from '../support/project.ts';

const folder = mkdtempSync(join(output, 'installed-'));
const TSC = join(projectRoot, 'node_modules', 'typescript', 'bin', 'tsc');
const TYPES = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2022', '--lib', 'es2023', '--types', ''];

/** What npm trusts beside its own, kept by scripts/test.mjs. */
const { KINDRED_TEST_CERTIFICATES: certificates } = process.env;
const environment = certificates === undefined ? process.env : { ...process.env, NODE_EXTRA_CA_CERTS: certificates };

function run(command: string, args: readonly string[], cwd = folder): string {
  const env = command === 'npm' ? environment : process.env;
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, env, encoding: 'utf8' });
  assert.equal(status, 0, `${command} ${args.join(' ')}\n${stdout}${stderr}`);
  return stdout;
}

const kindred = (...args: readonly string[]): string => run(join(folder, 'node_modules', '.bin', 'kindred'), args);
const problems = (file: string): string => spawnSync(process.execPath, [TSC, ...TYPES, file], { cwd: folder, encoding: 'utf8' }).stdout;

describe('packed and installed', () => {
  before(() => {
    run('npm', ['pack', '--silent', '--pack-destination', folder], projectRoot);
    writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }');
    const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz'))!;
    const cache = join(projectRoot, '.cache', 'npm');
    run('npm', ['install', '--cache', cache, '--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts', '--engine-strict', `./${tarball}`]);
  });

  test('it has what runs, and nothing for developers', () => {
    const inside = join(folder, 'node_modules', 'kindred');
    const files = readdirSync(inside, { recursive: true }).map(String);
    assert.ok(files.includes('dist/types/core/library.d.ts') && files.includes('templates/problem/poisson.ts') && files.includes('dist/web/index.html'));
    const extra = files.filter(
      (file) => /(^|\/)(test|bench|scripts)\/|\.map$|\.test\.|^(core|cli|agent|net)\/|tsconfig/.test(file) && !file.startsWith('node_modules'),
    );
    assert.deepEqual(extra, []);
  });

  test('the command runs, makes a folder and learns in it', () => {
    assert.match(kindred('--version'), /^\d+\.\d+\.\d+\n$/);
    kindred('new', 'visits', '--template', 'problem');
    assert.match(kindred('check', 'visits/poisson.ts'), /every law holds/);
    for (const mode of ['simulated', 'processes']) {
      const result = JSON.parse(kindred('run', 'visits/experiment.yaml', '--mode', mode, '--json', '--quiet')) as { status: string; arms: unknown[] };
      assert.deepEqual([result.status, result.arms.length], ['completed', 3]);
    }
  });

  test('npx kindred demo begins without a question, and Ctrl-C leaves nobody behind', async (context) => {
    const child = spawn('npx', ['kindred', 'demo'], { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'], detached: true });
    context.after(() => child.exitCode ?? process.kill(-child.pid!, 'SIGKILL'));
    let said = '';
    const under = new Promise<void>((resolve, reject) => {
      child.stderr.setEncoding('utf8').on('data', (part: string) => /agents 10\/10/.test((said += part)) && resolve());
      child.once('exit', () => reject(new Error(`ended before ten agents were up:\n${said}`)));
    });
    await under;
    const run = readdirSync(join(folder, 'runs')).find((name) => name.startsWith('paper-'))!;
    const { supervisor, processes } = readLive(join(folder, 'runs', run))!;
    assert.equal(processes.length, 11);
    const ended = once(child, 'exit');
    process.kill(supervisor.pid, 'SIGINT');
    await ended;
    assert.deepEqual([supervisor, ...processes].filter(isAlive), []);
    assert.match(readFileSync(join(folder, 'runs', run, 'run.json'), 'utf8'), /"status": ?"cancelled"/);
  });

  test("a user's files know the types of 'kindred', and wrong ones are told", () => {
    for (const template of ['problem', 'stream', 'strategy']) kindred('new', `typed-${template}`, '--template', template);
    assert.equal(problems('typed-problem/poisson.ts'), '');
    assert.equal(problems('typed-stream/readings.ts'), '');
    assert.equal(problems('typed-strategy/mine.ts'), '');
    mkdirSync(join(folder, 'wrong'));
    writeFileSync(join(folder, 'wrong', 'problem.ts'), "import { defineProblem } from 'kindred';\nexport default defineProblem({ summary: 1 });\n");
    assert.match(problems('wrong/problem.ts'), /TS2/);
  });

  test('the law suites are a library', () => {
    const program = `import { checkStrategy } from 'kindred/testkit'; import { draw } from 'kindred';
      const still = { name: 'still', summary: '', cooperatesOver: 'nothing', usesEta: false, start: ({ task }) => { const w = new Float64Array(task.dimension); return { state: [w], outgoing: w, adapt() {}, hops: () => 0, combine() {}, output: () => w }; } };
      console.log(checkStrategy(still).filter(({ passed }) => !passed).map(({ law }) => law).join(), draw(1, 0, 'truth', 1).uniform() < 1);`;
    writeFileSync(join(folder, 'laws.mjs'), program);
    assert.match(run(process.execPath, ['laws.mjs']), /^without neighbours it is learning alone.*true\n$/);
  });
});
