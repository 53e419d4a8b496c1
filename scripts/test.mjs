// Runs the compiled tests: all but the long ones, or those under the folders or files given (paths below test/, without .ts).
//   npm test            npm test unit            npm test process/death
//   npm run test:acceptance        npm run test:chaos        npm run test:swarm
//   npm run test:containers        npm run test:browser
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { fileURLToPath } from 'node:url';

const folder = path.join(path.dirname(path.dirname(fileURLToPath(import.meta.url))), 'dist', 'test');
const wanted = process.argv.slice(2);
/** Minutes each: they run by name. */
const LONG = ['acceptance', 'browser', 'chaos', 'containers', 'swarm'];
/** Of files and rooms, the longest first: what starts last runs alone at the end. */
const FIRST = [
  'acceptance/scale',
  'acceptance/landmine',
  'acceptance/hierarchical',
  'acceptance/hierarchical-graph',
  'acceptance/laplacian',
  'acceptance/us-states',
  'swarm/swarm',
  'process/documents',
  'process/autonomous',
  'process/death',
  'process/fault-effects',
  'process/equality',
  'process/resume',
  'process/own-module',
  'process/package',
  'process/sweep',
  'process',
  'paper',
  'unit/sim',
  'unit/coordinator',
];

const all = readdirSync(folder, { recursive: true })
  .map(String)
  .filter((file) => file.endsWith('.test.js'))
  .sort((a, b) => placeOf(a) - placeOf(b) || (a < b ? -1 : 1));
const chosen =
  wanted.length === 0
    ? all.filter((file) => !LONG.includes(file.split(path.sep)[0]))
    : all.filter((file) => wanted.some((name) => file.startsWith(name.replace(/\.test\.ts$/, ''))));
if (chosen.length === 0) {
  console.error(`no test is named ${wanted.join(', ')}; there are ${all.map((file) => file.replace(/\.test\.js$/, '')).join(', ')}`);
  process.exit(2);
}
// Certificates that the environment adds are read by every Node process as it starts, 100 ms each, and tests start thousands:
// they are only for the npm of test/process/package.test.ts, which fetches.
if (process.env.NODE_EXTRA_CA_CERTS !== undefined) process.env.KINDRED_TEST_CERTIFICATES = process.env.NODE_EXTRA_CA_CERTS;
delete process.env.NODE_EXTRA_CA_CERTS;
// Not by `node --test`, which puts files into alphabetical order.
run({ files: chosen.map((file) => path.join(folder, file)), concurrency: concurrency() })
  .on('test:fail', () => (process.exitCode = 1))
  .compose(new spec())
  .pipe(process.stdout);

function placeOf(file) {
  const place = FIRST.findIndex((name) => file.startsWith(`${name}.`) || file.startsWith(name + path.sep));
  return place === -1 ? FIRST.length : place;
}

function concurrency() {
  const isAny = (...rooms) => chosen.some((file) => rooms.includes(file.split(path.sep)[0]));
  // Containers: one image, and one engine that has enough to do with one run. Browser: frames are counted.
  if (isAny('containers', 'browser')) return 1;
  // Chaos: some of it is judged by time.
  if (isAny('chaos')) return 2;
  // Runs of real processes wait for half of their time.
  return isAny('process') ? 3 : 2;
}
