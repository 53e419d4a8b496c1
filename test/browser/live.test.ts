/**
 * The page of a real run in a real Chromium: ten agents as processes, watched and broken from the page, then stopped, and the
 * run opened again as it is stored. Waits on what the page shows. Without a Chromium these tests fail, with a hint.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import { parse } from 'yaml';
import { launchBrowser, openPage } from '../support/browser.ts';
import { experimentFile, kindred, onlyRun } from '../support/command.ts';
import { example } from '../support/experiments.ts';

const TEST_MS = 180_000;
const WAIT_MS = 60_000;
const DELAY_MS = 150;
const LOOK_EVERY_MS = 100;

/** One arm, so that rounds only go up, and far more of them than it gets: the page stops it. */
const { file, directory } = experimentFile(
  example('paper', [
    'agents=10',
    'problem.graph=ring',
    'problem.dimension=40',
    'explore.stepSize=0.02',
    'explore.steps=200',
    'cooperate.steps=100000',
    'cooperate.arms=[{strategy: multitask}]',
  ]),
);

let browser: Browser;

before(async () => {
  browser = await launchBrowser();
});
after(() => browser?.close());

test('ten agents: the page follows them, breaks a link, records it, stops them, and opens what is stored', { timeout: TEST_MS }, async (context) => {
  const run = kindred('run', file, '--quiet');
  const server = kindred('show', '--open', '--json', '--out', directory);
  try {
    const [line] = (await once(createInterface({ input: server.child.stdout! }), 'line')) as [string];
    const { url } = JSON.parse(line) as { url: string };
    const { page, assertClean } = await openPage(browser, url);
    page.setDefaultTimeout(WAIT_MS);
    await page.getByRole('link', { name: /^paper-/ }).click();
    await followed(page);
    await broken(page, (text) => context.diagnostic(text));
    await recorded(page);
    await stopped(page);
    await page.reload();
    await stored(page);
    assertClean();
  } finally {
    server.child.kill('SIGTERM');
    run.child.kill('SIGKILL');
    await Promise.all([server.ended, run.ended]);
  }
});

/** All are up, and their rounds are seen to go on. */
async function followed(page: Page): Promise<void> {
  await page.getByText('10 of 10 agents up').waitFor();
  await page.getByText('cooperating', { exact: true }).first().waitFor();
  await above(page, ITERATION, await page.evaluate<number>(ITERATION));
  await page.getByRole('img', { name: /^Learned graph: 10 agents/ }).waitFor();
  await page.getByRole('img', { name: /by iteration, logarithmic/ }).waitFor();
}

/** Of agent 0. */
const ITERATION = `Number(document.querySelector('#agents tbody td:nth-child(3)').textContent.replaceAll(',', ''))`;

/** Looks again and again, as long as Playwright would: the page's policy forbids its own waiting for an expression, which is an eval. */
async function above(page: Page, expression: string, bound: number): Promise<number> {
  const deadline = performance.now() + WAIT_MS;
  for (;;) {
    const value = await page.evaluate<number>(expression);
    if (value > bound) return value;
    assert.ok(performance.now() < deadline, `${value} is not above ${bound}: ${expression}`);
    await sleep(LOOK_EVERY_MS);
  }
}

/** Half of it, in milliseconds; -1 while the link is not in the table. */
const ROUND_TRIP = `(() => {
  const row = [...document.querySelectorAll('#links tbody tr')].find((one) => one.querySelector('th').textContent === '0 → 1');
  return row === undefined ? -1 : Number.parseFloat(row.querySelectorAll('td')[1].textContent) || -1;
})()`;

async function broken(page: Page, report: (text: string) => void): Promise<void> {
  const before = await above(page, ROUND_TRIP, 0);
  await page.getByLabel('Delay (ms)').fill(String(DELAY_MS));
  await page.getByLabel('For, empty: until cleared').fill('');
  await page.getByRole('button', { name: 'Inject' }).click();
  await page.getByText('injected', { exact: true }).waitFor();
  const delayed = await above(page, ROUND_TRIP, DELAY_MS);
  report(`round trip of a link, half of them below: ${before} ms, then with ${DELAY_MS} ms of delay ${delayed} ms`);
  await page.locator('#timeline').getByText('1 fault, 1 now').waitFor();
}

/** The plan as YAML is what was injected. */
async function recorded(page: Page): Promise<void> {
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save the plan as YAML' }).click();
  const plan = parse(readFileSync(await (await download).path(), 'utf8')) as { faults: readonly Readonly<Record<string, unknown>>[] };
  const [{ link, delay }] = plan.faults;
  assert.deepEqual({ link, delay }, { link: '0<->1', delay: `${DELAY_MS}ms` });
}

async function stopped(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Clear all faults' }).click();
  await page.getByRole('button', { name: 'Stop …' }).click();
  await page.getByRole('button', { name: 'Stop the run' }).click();
  await page.locator('h1').getByText('cancelled').waitFor();
}

async function stored(page: Page): Promise<void> {
  await page.locator('h1').getByText('cancelled').waitFor();
  assert.ok(page.url().includes(basename(onlyRun(directory))), page.url());
  await page.getByRole('img', { name: /^Learned graph: 10 agents/ }).waitFor();
  await page.getByText('Links are measured while a run goes on; they are not kept.').waitFor();
  assert.equal(await page.getByRole('button', { name: 'Inject' }).count(), 0);
}
