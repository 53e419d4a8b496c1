// Everything a fresh clone needs before a command runs: packages installed, sources built. Does nothing when nothing changed.
// Plain JavaScript without dependencies, since nothing is installed yet when it first runs. Speaks to stderr only.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const { include: rooms } = JSON.parse(readFileSync(path.join(root, 'tsconfig.json'), 'utf8'));
const installStamp = path.join(root, 'node_modules', '.kindred-installed');
const buildStamp = path.join(root, 'dist', '.kindred-built');

checkNode();
const packageInputs = hashOf(['package.json', 'package-lock.json']);
if (!existsSync(installStamp) && isInstalled()) writeFileSync(installStamp, packageInputs);
ensure(installStamp, packageInputs, 'installing packages', install);
const buildScripts = ['setup.mjs', 'generate-proto.mjs', 'bundle.mjs', 'bundle-loader.cjs', 'record-code-cache.cjs'].map((file) => `scripts/${file}`);
// V8's code cache is of one V8 only.
const buildInputs = `${hashOf(['package-lock.json', 'tsconfig.json', ...buildScripts, ...rooms.flatMap(sourcesIn)])} ${process.versions.v8} ${process.env.NODE_OPTIONS ?? ''}`;
ensure(buildStamp, buildInputs, 'building', build);
// The page shares some rooms' files; a build of everything takes its stamp away.
const pageInputs = ['package-lock.json', 'tsconfig.json', 'scripts/setup.mjs', 'scripts/build-web.mjs', ...['web', 'core', 'figures'].flatMap(sourcesIn)];
ensure(path.join(root, 'dist', '.kindred-page-built'), hashOf(pageInputs), 'building the page', buildPage);

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  fail(`Kindred needs Node.js 20.19 or newer; this is ${process.versions.node}`);
}

/** Runs `work` unless the stamp says it was done for exactly these inputs. */
function ensure(stamp, hash, what, work) {
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return;
  process.stderr.write(`kindred: ${what} ...\n`);
  const startedAt = Date.now();
  work();
  writeFileSync(stamp, hash);
  process.stderr.write(`kindred: ${what} took ${((Date.now() - startedAt) / 1000).toFixed(1)} s\n`);
}

/** By somebody's own `npm ci`: npm writes down what it installed. Optional packages may be left out. */
function isInstalled() {
  const packagesOf = (file) => JSON.parse(readFileSync(path.join(root, file), 'utf8')).packages;
  if (!existsSync(path.join(root, 'node_modules', '.package-lock.json'))) return false;
  const there = packagesOf('node_modules/.package-lock.json');
  const isThere = ([name, { integrity, optional }]) => (there[name] === undefined ? name === '' || optional === true : there[name].integrity === integrity);
  return Object.entries(packagesOf('package-lock.json')).every(isThere);
}

function install() {
  const npm = process.env.npm_execpath;
  const command = npm === undefined ? ['npm', []] : [process.execPath, [npm]];
  run(command[0], [...command[1], 'ci', '--no-fund', '--no-audit', '--loglevel=error']);
}

function build() {
  rmSync(path.join(root, 'dist'), { recursive: true, force: true });
  run(process.execPath, [path.join(root, 'scripts', 'generate-proto.mjs')]);
  run(process.execPath, [path.join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', root]);
  mkdirSync(path.join(root, 'dist', 'proto', 'generated'), { recursive: true });
  cpSync(path.join(root, 'proto', 'generated', 'wire.js'), path.join(root, 'dist', 'proto', 'generated', 'wire.js'));
  run(process.execPath, [path.join(root, 'scripts', 'bundle.mjs')]);
}

function buildPage() {
  run(process.execPath, [path.join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', path.join(root, 'web')]);
  run(process.execPath, [path.join(root, 'scripts', 'build-web.mjs')]);
}

function run(command, args) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd: root, encoding: 'utf8' });
  if (status === 0) return;
  process.stderr.write(`${stdout ?? ''}${stderr ?? ''}`);
  fail(`${path.basename(command)} ${args.map((arg) => path.relative(root, arg) || arg).join(' ')} failed${error ? `: ${error.message}` : ` (exit ${status})`}`);
}

function fail(message) {
  process.stderr.write(`kindred: ${message}\n`);
  process.exit(1);
}

function sourcesIn(folder) {
  const directory = path.join(root, folder);
  if (!existsSync(directory)) return [];
  const files = readdirSync(directory, { recursive: true }).map((file) => path.join(folder, String(file)));
  return files.filter((file) => /\.(tsx?|proto|css|html)$/.test(file) && !file.includes('generated')).sort();
}

function hashOf(files) {
  const hash = createHash('sha256').update(process.versions.node.split('.')[0]);
  for (const file of files)
    hash
      .update(file)
      .update('\0')
      .update(readFileSync(path.join(root, file)));
  return hash.digest('hex');
}
