// Takes the pictures of docs/live-page.md: a run of ten agents with faults, one of 100, the list of runs and a comparison.
//   npm run screenshots
// Needs a Chromium, as the browser tests do. A minute or two. A whole page would take too many bytes: it is cut between parts.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const { launchBrowser } = await import(pathToFileURL(path.join(root, 'dist', 'test', 'support', 'browser.js')).href);
const { startPageServer } = await import(pathToFileURL(path.join(root, 'dist', 'test', 'support', 'page-server.js')).href);
const program = path.join(root, 'dist', 'bundle', 'cli.cjs');
const folder = path.join(root, 'docs', 'screenshots');
const BYTES_MAX = 300_000;
const WIDTH = 1280;

const LIVE = `
name: ten-agents
agents: 10
problem: { kind: gmrf-regression, graph: reference, dimension: 100 }
relationship: { estimator: cgl }
cooperate:
  steps: 500
  arms: [{ strategy: non-cooperative }, { strategy: consensus }, { strategy: multitask }, { strategy: filter }]
faults:
  - { at: 520, for: 150 rounds, link: "1<->2", delay: 3ms, jitter: 2ms }
  - { at: 800, for: 200 rounds, link: "0<->9", loss: 10% }
  - { at: 1300, link: "4<->5", delay: 4ms, loss: 20% }
`;
const STORED = `
name: hundred-agents
agents: 100
problem: { kind: gmrf-regression, graph: random-geometric, dimension: 60 }
relationship: { estimator: cgl }
cooperate:
  steps: 200
  arms: [{ strategy: non-cooperative }, { strategy: consensus }, { strategy: multitask }]
`;

const directory = mkdtempSync(path.join(tmpdir(), 'kindred-screenshots-'));
const children = [];
try {
  mkdirSync(folder, { recursive: true });
  const [live, stored] = [fileOf('live', LIVE), fileOf('stored', STORED)];
  runToItsEnd(stored);
  for (const seed of ['2', '3']) runToItsEnd(live, '--seed', seed);
  start('run', live, '--quiet', '--out', directory);
  const server = start('show', '--open', '--json', '--out', directory);
  const [line] = await once(createInterface({ input: server.stdout }), 'line');
  await photograph(await viewsOf(JSON.parse(line).url));
} finally {
  for (const child of children) child.kill('SIGTERM');
  await Promise.all(children.filter((child) => child.exitCode === null).map((child) => once(child, 'close')));
  rmSync(directory, { recursive: true, force: true });
}

function fileOf(name, text) {
  const file = path.join(directory, `${name}.yaml`);
  writeFileSync(file, text);
  return file;
}

function runToItsEnd(file, ...more) {
  const { status } = spawnSync(process.execPath, [program, 'run', file, '--mode', 'simulated', '--quiet', '--out', directory, ...more], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (status !== 0) throw new Error(`the run ended with ${status}`);
}

function start(...args) {
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  return child;
}

/** All runs as they are at one moment, by the API, so that every picture shows the same. */
async function viewsOf(address) {
  const { origin, hash } = new URL(address);
  const headers = { authorization: `Bearer ${/token=(.*)/.exec(hash)[1]}` };
  const ask = async (what) => (await fetch(`${origin}/api/runs${what}`, { headers })).json();
  for (;;) {
    const listings = await ask('');
    const views = await Promise.all(listings.map(({ runId }) => ask(`/${runId}`)));
    const live = views.find(({ mode }) => mode === 'processes');
    if (live?.curves?.at(-1).iteration.length > 40) return views;
    if (live !== undefined && !live.live) throw new Error('the run of ten agents ended before its picture was taken');
    await sleep(500);
  }
}

async function photograph(views) {
  // Not where this machine keeps the file.
  const server = await startPageServer(views.map((view) => ({ ...view, command: `kindred run ${view.experiment}.yaml --seed ${view.seed}` })));
  const browser = await launchBrowser();
  const [ten, hundred, ...pair] = ['processes', 'simulated'].flatMap((mode) => views.filter((view) => view.mode === mode).sort((a, b) => b.agents - a.agents));
  try {
    for (const colorScheme of ['light', 'dark']) {
      const page = await browser.newPage({ viewport: { width: WIDTH, height: 900 }, colorScheme });
      const open = (route) => openPage(page, `${server.url}/#/${route}`);
      await open(`runs/${ten.runId}`);
      await photographParts(page, ['#links'], [`10-${colorScheme}`, `10-${colorScheme}-links`]);
      await open(`runs/${hundred.runId}`);
      await photographParts(page, ['#graphs', '#agents'], [`100-${colorScheme}`, `100-${colorScheme}-graphs`, `100-${colorScheme}-agents`]);
      if (colorScheme === 'dark') continue;
      await page.getByRole('radio', { name: 'Matrix' }).check();
      await photographPart(page, '100-matrices', await boxOf(page, '#graphs'));
      await open(`compare/${pair.map(({ runId }) => encodeURIComponent(runId)).join('/')}`);
      await photographParts(page, [], ['comparison']);
      await open('');
      await photographPart(page, 'list', { top: 0, bottom: 24 + (await boxOf(page, '.card')).bottom });
    }
  } finally {
    await browser.close();
    await server.close();
  }
}

async function openPage(page, address) {
  await page.goto('about:blank');
  await page.goto(address);
  await page.waitForSelector('.curves canvas, table');
  await drawn(page);
}

/** Two frames: what is measured first is drawn next. */
async function drawn(page) {
  await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 300))))');
}

/** The whole page, cut above each of these. */
async function photographParts(page, cuts, names) {
  const tops = await Promise.all(cuts.map(async (cut) => (await boxOf(page, cut)).top - 8));
  const ends = [0, ...tops, await page.evaluate('document.documentElement.scrollHeight')];
  for (const [i, name] of names.entries()) await photographPart(page, name, { top: ends[i], bottom: ends[i + 1] });
}

function boxOf(page, selector) {
  return page.evaluate(`(() => {
    const { top, bottom } = document.querySelector(${JSON.stringify(selector)}).closest('.card').getBoundingClientRect();
    return { top: top + scrollY, bottom: bottom + scrollY };
  })()`);
}

async function photographPart(page, name, { top, bottom }) {
  await drawn(page);
  const target = path.join(folder, `${name}.png`);
  await page.screenshot({ path: target, fullPage: true, clip: { x: 0, y: top, width: WIDTH, height: bottom - top } });
  const { size } = statSync(target);
  if (size > BYTES_MAX) throw new Error(`${name}.png has ${size} bytes; at most ${BYTES_MAX} are kept`);
  console.log(`${path.relative(root, target)} ${size}`);
}
