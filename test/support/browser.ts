/** A real Chromium for the page: found on this machine, watched for requests that leave the origin and for errors. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import axe from 'axe-core';
import type { AxeResults } from 'axe-core';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';

const USUAL = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/usr/bin/google-chrome-stable'];
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'];

/** Throws with a hint where there is none. */
export async function launchBrowser(): Promise<Browser> {
  const given = process.env['CHROMIUM'];
  const executablePath = given ?? USUAL.find((path) => existsSync(path));
  if (executablePath === undefined || !existsSync(executablePath))
    throw new Error(
      `there is no Chromium${given === undefined ? '' : ` at ${given}`}\n  hint: apt-get install chromium, or say where one is: CHROMIUM=/path/to/chromium`,
    );
  return chromium.launch({ executablePath, args: FLAGS });
}

export interface Look {
  readonly dark?: boolean;
  readonly width?: number;
}

export interface WatchedPage {
  readonly page: Page;
  /** Nothing asked another origin, and nothing went wrong in it. */
  readonly assertClean: () => void;
}

/** Errors that a test brings about are its own to expect. */
export async function openPage(browser: Browser, address: string, { dark = false, width = 1440 }: Look = {}): Promise<WatchedPage> {
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme: dark ? 'dark' : 'light' });
  const page = await context.newPage();
  const { origin } = new URL(address);
  const [strangers, errors]: [string[], string[]] = [[], []];
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(`${origin}/`) && !url.startsWith(`blob:${origin}/`)) strangers.push(url);
  });
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  page.on('pageerror', (error) => errors.push(error.message));
  await page.goto(address);
  return {
    page,
    assertClean() {
      assert.deepEqual(strangers, [], 'requests left the origin');
      assert.deepEqual(errors, []);
    },
  };
}

/** What axe-core finds serious or critical, each with the elements. */
export async function seriousFindings(page: Page): Promise<string[]> {
  // By the debugger, as the page's own policy lets no script in.
  await page.evaluate(axe.source);
  const { violations } = (await page.evaluate('axe.run(document, { resultTypes: ["violations"] })')) as AxeResults;
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  return serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`);
}
