// Build step: each program that Kindred starts as a process, compiled to dist/NAME/main.js, becomes ONE file of ASCII text,
// dist/bundle/NAME.bundle.js, with the code that V8 compiles of it in a warm-up run beside it. An agent then starts in a third
// of the processor time. Names and lines stay as they are, so that stack traces can be read.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { rolldown } from 'rolldown';

const scripts = path.dirname(fileURLToPath(import.meta.url));
const RECORDER = path.join(scripts, 'record-code-cache.cjs');
const PROGRAMS = ['agent', 'coordinator', 'cli'];

/** For coordinator and command line: every stage of a run. */
const WARM_UP = `
name: warm-up
agents: 3
problem: { kind: gmrf-regression, graph: ring, dimension: 12, batch: 4, noise: 12 }
explore: { stepSize: 0.02, steps: 20 }
relationship: { estimator: cgl }
cooperate: { stepSize: 0.02, steps: 10, arms: [{ strategy: multitask }] }
output: { every: 5 }
`;

/** Built-in modules that ws asks for at once and an agent hardly ever needs. */
const LATE = new Set(['https', 'tls', 'zlib']);
const LATE_PREFIX = '\0late:';
const NOTHING = '\0nothing';

const lean = {
  name: 'lean',
  resolveId(id, importer) {
    // protobufjs takes it for 64-bit fields, where it is there; wire.proto has none.
    if (id === 'long') return NOTHING;
    return LATE.has(id) && importer?.includes(`${path.sep}ws${path.sep}`) ? LATE_PREFIX + id : undefined;
  },
  load(id) {
    if (id === NOTHING) return 'module.exports = null;';
    if (!id.startsWith(LATE_PREFIX)) return undefined;
    return `module.exports = new Proxy({}, { get: (_, name) => require('node:${id.slice(LATE_PREFIX.length)}')[name] });`;
  },
};

/** @param {string} dist where the compiled sources are */
export async function bundlePrograms(dist) {
  const folder = path.join(dist, 'bundle');
  mkdirSync(folder, { recursive: true });
  for (const program of PROGRAMS) {
    rmSync(path.join(folder, `${program}.bundle.js.cache`), { force: true });
    writeFileSync(path.join(folder, `${program}.bundle.js`), await bundled(path.join(dist, program, 'main.js')));
    copyFileSync(path.join(scripts, 'bundle-loader.cjs'), path.join(folder, `${program}.cjs`));
  }
  const directory = mkdtempSync(path.join(tmpdir(), 'kindred-warm-up-'));
  try {
    warmUp(path.join(folder, 'cli.cjs'), directory);
    await startAgent(path.join(folder, 'agent.cjs'), path.join(dist, 'bench', 'waiting-room.js'), directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** A function expression, as Node itself wraps a module. */
async function bundled(entry) {
  // Optional native modules of ws: looking for them in vain takes as long as loading them.
  const define = { 'process.env.WS_NO_BUFFER_UTIL': '"1"', 'process.env.WS_NO_UTF_8_VALIDATE': '"1"' };
  const bundle = await rolldown({ input: entry, platform: 'node', plugins: [lean], transform: { define } });
  const { output } = await bundle.generate({ format: 'cjs', codeSplitting: false, comments: false });
  await bundle.close();
  const code = output[0].code.replace(/^#!.*\n/, '');
  return inAscii(`(function (exports, require, module, __filename, __dirname) {${code}\n})`);
}

/** One byte a character in memory, where a single dash would make it two. */
function inAscii(code) {
  return code.replaceAll(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function warmUp(program, directory) {
  const file = path.join(directory, 'warm-up.yaml');
  writeFileSync(file, WARM_UP);
  const env = { ...process.env, NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} --require ${JSON.stringify(RECORDER)}` };
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, 'run', file, '--quiet', '--out', directory], { env, encoding: 'utf8' });
  if (status !== 0) throw new Error(`the warm-up run ended with ${status}:\n${stdout}${stderr}`);
}

/** An agent is many processes: its cache holds what it needs to join and wait, and no more. */
async function startAgent(program, waitingRoom, directory) {
  const { openWaitingRoom } = await import(pathToFileURL(waitingRoom).href);
  const tokenFile = path.join(directory, 'token');
  writeFileSync(tokenFile, 'warm-up');
  const room = await openWaitingRoom('warm-up');
  const options = ['--join', room.url, '--token-file', tokenFile, '--index', '0', '--state', path.join(directory, 'agent-0')];
  const agent = spawn(process.execPath, ['--require', RECORDER, program, ...options], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(agent, 'close');
  let said = '';
  agent.stdout.on('data', (part) => {
    said += part;
    if (said.includes('"joined"')) agent.kill('SIGTERM');
  });
  const [code] = await ended;
  room.close();
  if (code !== 0) throw new Error(`the warm-up agent ended with ${code}:\n${said}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await bundlePrograms(path.resolve(process.argv[2] ?? path.join(scripts, '..', 'dist')));
