// The swarm of a release: many seeds of examples/swarm.yaml in blocks, each written to the report as it is done; what is
// there already is not run again. Needs the build (npm run build). Exit code 1 when a seed failed.
//   node scripts/swarm.mjs --seeds 1..20000 --out docs/swarm-report.json
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { format, resolveConfig } from 'prettier';

const BLOCK = 500;
const EXPERIMENT = 'examples/swarm.yaml';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1..20000' },
    out: { type: 'string', default: 'docs/swarm-report.json' },
    dist: { type: 'string', default: 'dist' },
  },
});
const { loadExperiment } = await import(path.join(root, values.dist, 'config/load.js'));
const { runSwarm } = await import(path.join(root, values.dist, 'sim/swarm.js'));

const [from, to] = seedsOf(values.seeds);
const readFile = (file) => readFileSync(file, 'utf8');
const experiment = loadExperiment(path.join(root, EXPERIMENT), { overrides: [], environment: process.env, readFile });
const report = begun(values.out, commitOf());

for (let first = from; first <= to; first += BLOCK) {
  const last = Math.min(to, first + BLOCK - 1);
  if (report.blocks.some((block) => block.seeds[0] === first && block.seeds[1] === last)) continue;
  const startedAt = performance.now();
  const { seeds: count, ...found } = await runSwarm({ experiment, seeds: [first, last], file: EXPERIMENT });
  const seconds = Math.round(performance.now() - startedAt) / 1000;
  report.blocks.push({ seeds: [first, last], count, seconds, ...found });
  await write(values.out, report);
  console.error(`seeds ${first}..${last}: ${found.lost} lost, ${found.different} different, ${seconds} s`);
}
await write(values.out, report);
process.exitCode = report.summary.failing > 0 ? 1 : 0;

function seedsOf(text) {
  const [, first, last] = /^(\d+)\.\.(\d+)$/.exec(text) ?? [];
  if (last !== undefined && Number(first) <= Number(last)) return [Number(first), Number(last)];
  console.error(`--seeds must be two numbers such as 1..20000 (got "${text}")`);
  process.exit(2);
}

/** The commit, and whether the sources are it. */
function commitOf() {
  const git = (...args) => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim();
  const changed = git('status', '--porcelain', '--', 'core', 'proto', 'config', 'net', 'agent', 'coordinator', 'sim', EXPERIMENT);
  return `${git('rev-parse', 'HEAD')}${changed === '' ? '' : ' with changes'}`;
}

/** An earlier report of the same commit goes on. */
function begun(file, commit) {
  const empty = { command: `node scripts/swarm.mjs --seeds ${values.seeds} --out ${values.out}`, experiment: EXPERIMENT, commit, blocks: [] };
  if (!existsSync(file)) return empty;
  const earlier = JSON.parse(readFileSync(file, 'utf8'));
  if (earlier.commit === commit) return { ...empty, blocks: earlier.blocks };
  console.error(`${file} is of commit ${earlier.commit}, this is ${commit}: move it away to begin anew`);
  process.exit(2);
}

async function write(file, content) {
  content.summary = summaryOf(content.blocks);
  await replace(file, JSON.stringify(content, null, 2));
  await replace(file.replace(/\.json$/, '.md'), markdownOf(content));
}

/** Whole or not at all, and in the form that `npm run check` asks for. */
async function replace(file, text) {
  const pretty = await format(text, { ...(await resolveConfig(path.join(root, 'docs'))), filepath: file });
  writeFileSync(`${file}.part`, pretty);
  renameSync(`${file}.part`, file);
}

function summaryOf(blocks) {
  const total = (value) => blocks.reduce((sum, block) => sum + value(block), 0);
  const kinds = [...new Set(blocks.flatMap(({ faults }) => Object.keys(faults)))];
  return {
    seeds: total(({ count }) => count),
    lost: total(({ lost }) => lost),
    different: total(({ different }) => different),
    failing: total(({ failing }) => failing.length),
    seconds: Math.round(total(({ seconds }) => seconds)),
    faults: Object.fromEntries(kinds.map((kind) => [kind, total(({ faults }) => faults[kind] ?? 0)])),
  };
}

function markdownOf({ command, commit, summary, blocks }) {
  const { seeds, lost, different, seconds, faults } = summary;
  const kinds = Object.entries(faults).map(([kind, count]) => `| ${kind} | ${count} |`);
  const failing = blocks.flatMap((block) => block.failing).map((one) => `- \`${one.command}\`: ${one.reasons[0]}`);
  return [
    '# The swarm of this release',
    '',
    `${seeds} random fault schedules of [examples/swarm.yaml](../${EXPERIMENT}), simulated: **${lost} lost, ${different} different** from the run without faults.`,
    `Commit \`${commit}\`, ${Math.round(seconds / 60)} minutes.`,
    '',
    '<!-- not run: takes minutes -->',
    '',
    '```sh',
    command,
    '```',
    '',
    '| fault | times |',
    '|---|--:|',
    ...kinds,
    '',
    ...(failing.length > 0 ? ['Failing:', '', ...failing, ''] : []),
  ].join('\n');
}
