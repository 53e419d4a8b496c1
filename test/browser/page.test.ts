/**
 * The page in a real Chromium, over runs that are made up: how fast it is there and moves, that everybody can use it, and that
 * it says what it does not know. Without a Chromium these tests fail, with a hint.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import type { RunView } from '../../core/run-view.ts';
import { launchBrowser, openPage, seriousFindings } from '../support/browser.ts';
import { startPageServer, type PageServer } from '../support/page-server.ts';
import { viewFixture } from '../support/view-fixture.ts';

const TEST_MS = 60_000;
const PAINT_MS_MAX = 1_000;
const FRAMES_PER_SECOND_MIN = 30;
const NASTY = '<img src=x onerror="document.title=1">';

const LIVE: Partial<RunView> = { live: true, steerable: true, status: 'cooperating' };
let browser: Browser;

before(async () => {
  browser = await launchBrowser();
});
after(() => browser?.close());

/** One test over a server of its own. */
function testPage(name: string, views: readonly RunView[], body: (server: PageServer, report: (text: string) => void) => Promise<void>): void {
  test(name, { timeout: TEST_MS }, async (context) => {
    const server = await startPageServer(views);
    try {
      await body(server, (text) => context.diagnostic(text));
    } finally {
      await server.close();
    }
  });
}

testPage('first paint, and the run on the page, within a second', [viewFixture(10)], async (server, report) => {
  const visits: { paint: number; shown: number }[] = [];
  for (let visit = 0; visit < 5; visit++) {
    const { page } = await openPage(browser, `${server.url}/#/runs/made-up-10`);
    await page.waitForSelector('h1');
    const times = await page.evaluate<{ paint: number; shown: number }>(
      `({ paint: performance.getEntriesByName('first-contentful-paint')[0].startTime, shown: performance.now() })`,
    );
    await page.context().close();
    visits.push(times);
  }
  const [paint, shown] = [median(visits.map((visit) => visit.paint)), median(visits.map((visit) => visit.shown))];
  report(`median of 5: first paint ${paint.toFixed(0)} ms, run shown ${shown.toFixed(0)} ms`);
  assert.ok(paint < PAINT_MS_MAX, `${paint} ms`);
});

testPage('100 agents: the graph follows the hand at more than 30 frames a second', [viewFixture(100)], async (server, report) => {
  const { page, assertClean } = await openPage(browser, `${server.url}/#/runs/made-up-100`);
  const canvas = page.getByRole('img', { name: /^Learned graph: 100 agents/ });
  await canvas.scrollIntoViewIfNeeded();
  const before = await canvas.screenshot();
  await countFrames(page);
  await drag(page, (await canvas.boundingBox())!);
  const { frames, ms } = await page.evaluate<{ frames: number; ms: number }>('window.counted()');
  const perSecond = (1_000 * frames) / ms;
  report(`${perSecond.toFixed(1)} frames a second over ${(ms / 1_000).toFixed(1)} s`);
  assert.notDeepEqual(await canvas.screenshot(), before, 'nothing moved');
  assert.ok(perSecond > FRAMES_PER_SECOND_MIN, `${perSecond} frames a second`);
  assertClean();
});

/** Frames that were drawn since, and how long that was. */
async function countFrames(page: Page): Promise<void> {
  await page.evaluate(`(() => {
    let frames = 0;
    const from = performance.now();
    const count = () => { frames++; requestAnimationFrame(count); };
    requestAnimationFrame(count);
    window.counted = () => ({ frames, ms: performance.now() - from });
  })()`);
}

/** In circles, pressed. */
async function drag(page: Page, { x, y, width, height }: { x: number; y: number; width: number; height: number }): Promise<void> {
  const at = (turn: number): [number, number] => [x + width / 2 + 80 * Math.cos(turn), y + height / 2 + 80 * Math.sin(turn)];
  await page.mouse.move(...at(0));
  await page.mouse.down();
  for (let step = 0; step <= 120; step++) await page.mouse.move(...at(step / 10));
  await page.mouse.up();
}

for (const dark of [false, true])
  testPage(`axe finds nothing serious, ${dark ? 'dark' : 'light'}`, [viewFixture(10, LIVE), viewFixture(12)], async (server) => {
    const { page, assertClean } = await openPage(browser, `${server.url}/`, { dark });
    const shown: readonly (readonly [string, string])[] = [
      ['#/', 'table'],
      ['#/runs/made-up-10', '#faults'],
      ['#/compare/made-up-10/made-up-12', '#arms'],
      ['#/runs/nobody', '.note'],
    ];
    for (const [address, part] of shown.slice(0, 3)) {
      await page.goto(`${server.url}/${address}`);
      await page.waitForSelector(part);
      assert.deepEqual(await seriousFindings(page), [], address);
    }
    assertClean();
    await page.goto(`${server.url}/${shown[3][0]}`);
    await page.getByText('there is no run "nobody" here').waitFor();
    assert.deepEqual(await seriousFindings(page), []);
  });

testPage('axe does find what is wrong', [viewFixture(3)], async (server) => {
  const { page } = await openPage(browser, `${server.url}/#/runs/made-up-3`);
  await page.waitForSelector('#agents');
  await page.evaluate(`document.querySelector('#agents').append(document.createElement('button'))`);
  assert.match((await seriousFindings(page)).join(), /button-name/);
});

testPage('a token leaves the address at once, and goes with every request', [viewFixture(3)], async (server) => {
  const { page } = await openPage(browser, `${server.url}/#/runs/made-up-3?token=secret`);
  const asked = page.waitForRequest(/api/);
  await page.reload();
  assert.equal((await asked).headers()['authorization'], 'Bearer secret');
  await page.waitForSelector('h1');
  assert.equal(page.url(), `${server.url}/#/runs/made-up-3`);
  assert.equal(await page.evaluate('localStorage.length'), 0);
});

const failure = { code: NASTY, message: NASTY, hint: NASTY };
const named = viewFixture(3, {
  ...LIVE,
  status: 'assembling',
  experiment: NASTY,
  waitingFor: NASTY,
  command: NASTY,
  diagnostics: [{ code: 'X', message: NASTY }],
  failure,
});
const nasty = { ...named, peers: named.peers.map((peer) => ({ ...peer, name: NASTY })), events: [{ ms: 1, type: 'x', text: NASTY }] };

testPage('names and messages are text, whatever stands in them', [nasty], async (server) => {
  const { page, assertClean } = await openPage(browser, `${server.url}/#/runs/made-up-3`);
  await page.getByRole('heading', { name: NASTY }).waitFor();
  assert.equal(await page.getByText('Loading').count(), 0);
  assert.equal(await page.locator('main img').count(), 0);
  assert.equal(await page.title(), 'Kindred');
  assertClean();
});

const busy = viewFixture(3, { ...LIVE, waitingFor: 'agents 0, 1, 2 to report stage 4' });
const failed = viewFixture(4, { status: 'failed', failure: { code: 'AGENT_LOST', message: 'agent 2 did not come back', hint: 'look into its log' } });

testPage('why a run failed stands at its head; who is at work is not called waited for', [failed, busy], async (server) => {
  const { page } = await openPage(browser, `${server.url}/#/runs/made-up-4`);
  await page.getByRole('alert').getByText('agent 2 did not come back (AGENT_LOST). What to do: look into its log.').waitFor();
  await page.goto(`${server.url}/#/runs/made-up-3`);
  await page.getByText('3 of 3 agents up').waitFor();
  assert.equal(await page.getByText(/^Waiting for/).count(), 0);
  server.tell({ peers: busy.peers.map((peer) => (peer.agent === 1 ? { ...peer, state: 'away' } : peer)), waitingFor: 'agent 1 to come back' });
  await page.getByText('Waiting for agent 1 to come back').waitFor();
});

testPage('a connection that is lost is said, and found again', [viewFixture(3, LIVE)], async (server) => {
  const { page } = await openPage(browser, `${server.url}/#/runs/made-up-3`);
  await page.getByText('3 of 3 agents up').waitFor();
  server.tell({ paused: true });
  await page.getByText('paused (cooperating)').waitFor();
  server.fall();
  await page.getByText(/^Not connected since \d\d:\d\d:\d\d/).waitFor();
  assert.equal(await page.getByText('paused (cooperating)').count(), 1, 'what was known is gone');
  server.answer();
  await page.getByText(/^Not connected since/).waitFor({ state: 'detached' });
  server.tell({ paused: false });
  await page.getByText('paused (cooperating)').waitFor({ state: 'detached' });
});

testPage('what is steered is asked for: pause, a fault as its YAML says, stop only when meant', [viewFixture(10, LIVE)], async (server) => {
  const { page, assertClean } = await openPage(browser, `${server.url}/#/runs/made-up-10`);
  const posts = (): string[] => server.asked.filter((line) => line.startsWith('POST')).map((line) => line.replace('/api/runs/made-up-10/', ''));
  await page.getByRole('button', { name: 'Pause' }).click();
  await page.locator('#faults select').first().selectOption('Partition');
  assert.equal(await page.locator('.yaml').textContent(), '- { partition: [["0-4"], ["5-9"]], for: 10s }');
  await page.getByRole('button', { name: 'Inject' }).click();
  await page.getByText('injected', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Stop …' }).click();
  await page.getByRole('button', { name: 'Let it go on' }).click();
  assert.deepEqual(posts(), ['POST pause', 'POST faults [{"partition":[["0-4"],["5-9"]],"for":"10s"}]']);
  await page.getByRole('button', { name: 'Stop …' }).click();
  const stopping = page.waitForResponse(/stop/);
  await page.getByRole('button', { name: 'Stop the run' }).click();
  await stopping;
  assert.equal(posts().at(-1), 'POST stop');
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save the plan as YAML' }).click();
  assert.equal((await download).suggestedFilename(), 'made-up-10-faults.yaml');
  assertClean();
});

testPage('the keyboard is enough: sort a table, switch an arm off, move the graph, choose the matrix', [viewFixture(10)], async (server) => {
  const { page, assertClean } = await openPage(browser, `${server.url}/#/runs/made-up-10`);
  const agents = page.getByRole('region', { name: 'Agents', exact: true }).last();
  await page.getByRole('button', { name: 'multitask', exact: true }).press('Enter');
  assert.equal(await agents.locator('th[aria-sort=descending]').textContent(), 'multitask ↓');
  const gains = await agents.locator('tbody td:last-child').allTextContents();
  assert.match(gains[0], /^\+/);
  assert.match(gains.at(-1)!, /^▼ harmed: −/);
  const arm = page.getByRole('button', { name: /^consensus/, pressed: true });
  await arm.press('Space');
  assert.equal(await page.locator('.legend [aria-pressed=false]').textContent(), 'consensus 0.900');
  const graph = page.getByRole('img', { name: /^Learned graph/ });
  const before = await graph.screenshot();
  await graph.press('ArrowRight');
  await page.waitForFunction('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))');
  assert.notDeepEqual(await graph.screenshot(), before, 'the graph did not move');
  await page.getByLabel('Matrix').press('Space');
  await page.getByRole('img', { name: /^True matrix/ }).waitFor();
  assertClean();
});

testPage('nothing sticks out, from a telephone to a wide screen', [viewFixture(100, LIVE)], async (server) => {
  for (const width of [360, 800, 1440, 2200]) {
    const { page } = await openPage(browser, `${server.url}/#/runs/made-up-100`, { width });
    await page.waitForSelector('#faults canvas, #faults form');
    assert.ok((await page.evaluate<number>('document.documentElement.scrollWidth')) <= width, `${width} pixels`);
    await page.context().close();
  }
});

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}
