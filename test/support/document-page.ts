/**
 * One page of the documents, executed as a reader would: in a folder of its own with the examples beside it, block after block.
 * What the comments above its blocks may say is in document-blocks.ts.
 */
import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdtempSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadExperiment } from '../../config/load.ts';
import { parseSource } from '../../config/source.ts';
import { kindredAt } from './command.ts';
import type { Command } from './command.ts';
import { asKindred, commandsOf, wordsOf } from './document-blocks.ts';
import type { Block, Order, OrderKey } from './document-blocks.ts';
import { output } from './experiments.ts';
import { filesOf, textOf } from './documents.ts';
import { projectRoot } from './project.ts';
import { usageFault } from './usage.ts';

/** Why a line is not executed here; or `test/...`: that test does. */
export const REASONS = ['needs a container engine', 'needs several machines', 'takes minutes', 'is about whoever installed it'] as const;

/** Nobody's browser opens. */
const ENVIRONMENT = { PATH: '/nowhere', NO_COLOR: '1' };
const LANGUAGES = ['sh', 'yaml', 'json', 'ts', 'js', 'text'];
const UNDER_WAY = /^(cooperating|multitask|non-cooperative)/;

interface Page {
  readonly folder: string;
  /** A run as the page calls it, and the directory it has. */
  readonly runs: Map<string, string>;
  /** What the last command wrote to stdout. */
  readonly answer: string;
}

export async function executePage(blocks: readonly Block[]): Promise<void> {
  const folder = mkdtempSync(join(output, 'page-'));
  cpSync(join(projectRoot, 'examples'), join(folder, 'examples'), { recursive: true });
  let page: Page = { folder, runs: new Map(), answer: '' };
  for (const block of blocks) {
    try {
      page = await executeBlock(block, page);
    } catch (cause) {
      throw new Error(`the block at line ${block.line}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    }
  }
}

async function executeBlock(block: Block, page: Page): Promise<Page> {
  const { language, text, orders } = block;
  assert.ok(LANGUAGES.includes(language), `nobody knows how to execute "${language}"; there are ${LANGUAGES.join(', ')}`);
  const valueOf = (key: OrderKey): string | undefined => orders.find((order) => order.key === key)?.value;
  const name = valueOf('file');
  if (name !== undefined) writeFileSync(join(page.folder, name), text);
  const beside = await prepare(orders, page);
  if (language === 'yaml') loadBlock(text, name, valueOf('in'), page.folder);
  if (language === 'json') assertShape(JSON.parse(text), JSON.parse(page.answer), 'the answer');
  if (language === 'ts' || language === 'js') assert.ok(name, 'which file is it? a command of the page must read it');
  if (language === 'text') assert.deepEqual(commandsOf(text).filter(isCommand), []);
  const after = language === 'sh' ? await typeBlock(block, page) : page;
  for (const run of beside) await endRun(run);
  return after;
}

/** A drawing may name a command, but shows none that somebody could type. */
function isCommand(line: string): boolean {
  const [command, ...args] = wordsOf(asKindred(line));
  return command === 'kindred' && usageFault(args) === undefined;
}

/** The same keys with values of the same types; null is of any, and a list is compared as far as the document has it. */
function assertShape(shown: unknown, answered: unknown, where: string): void {
  if (shown === null || answered === null) return;
  assert.equal(Array.isArray(shown), Array.isArray(answered), where);
  assert.equal(typeof shown, typeof answered, where);
  if (typeof shown !== 'object' || typeof answered !== 'object') return;
  if (!Array.isArray(shown)) assert.deepEqual(Object.keys(shown).sort(), Object.keys(answered).sort(), where);
  for (const [key, value] of Object.entries(shown)) assertShape(value, (answered as Record<string, unknown>)[key], `${where}.${key}`);
}

/** Throws what a wrong experiment is refused with. */
function loadBlock(text: string, name: string | undefined, frame: string | undefined, folder: string): void {
  const [file, section]: readonly (string | undefined)[] = frame?.split(' ') ?? [];
  const path = join(folder, file ?? name ?? 'block.yaml');
  if (frame === undefined) writeFileSync(path, text);
  const { value } = parseSource(text, 'the block');
  const sections = section === undefined ? Object.entries(value as object) : [[section, value] as const];
  const overrides = frame === undefined ? [] : sections.map(([key, one]) => `${key}=${JSON.stringify(one)}`);
  loadExperiment(path, { overrides, outputDirectory: folder, environment: {}, readFile: (at) => readFileSync(at, 'utf8') });
}

async function typeBlock({ text, orders }: Block, page: Page): Promise<Page> {
  const lines = commandsOf(text).map(asKindred);
  for (const { key, of, value } of orders) {
    if (['first', 'meanwhile', 'given', 'file', 'in'].includes(key)) continue;
    assert.ok(
      lines.some((line) => isOf(line, of)),
      `"${key} ${of}: ${value}" is of no line`,
    );
  }
  let here = page;
  for (const line of lines) here = await typeLine(line, ordersFor(line, orders), here);
  return here;
}

function isOf(line: string, of: string): boolean {
  return line.startsWith(of) || line.startsWith(`kindred ${of}`);
}

/** The longest beginning wins. */
function ordersFor(line: string, orders: readonly Order[]): (key: OrderKey) => string | undefined {
  const fitting = orders.filter(({ of }) => isOf(line, of)).toSorted((a, b) => b.of.length - a.of.length);
  return (key) => fitting.find((order) => order.key === key)?.value;
}

/** What a block needs; returns the runs that go on beside it. */
async function prepare(orders: readonly Order[], page: Page): Promise<Command[]> {
  const beside: Command[] = [];
  for (const { key, of, value } of orders) {
    if (key === 'given') {
      const [name, path] = value.split(' = ');
      cpSync(join(projectRoot, path), join(page.folder, name));
    } else if (key === 'first') await named(of, page, async () => void (await ended(value, kindredHere(value, page), 0)));
    else if (key === 'meanwhile')
      await named(of, page, async () => {
        const run = kindredHere(value, page);
        beside.push(run);
        await run.said(UNDER_WAY);
      });
  }
  return beside;
}

/** The run directory that `make` makes is called `name` from here on. */
async function named(name: string, { folder, runs }: Page, make: () => Promise<void>): Promise<void> {
  const directory = join(folder, 'runs');
  const there = (): string[] => (existsSync(directory) ? readdirSync(directory) : []);
  const before = there();
  await make();
  const made = there().filter((id) => !before.includes(id));
  if (name === '') return;
  assert.equal(made.length, 1, `${made.length} runs are new, and one is called ${name}`);
  runs.set(name, join('runs', made[0]));
}

function kindredHere(line: string, { folder, runs }: Page): Command {
  const [command, ...args] = wordsOf(asKindred(line));
  assert.equal(command, 'kindred', `who would know the command ${line}?`);
  const replaced = args.map((arg) => {
    const [name, version] = arg.split('@');
    const run = runs.get(name);
    return run === undefined ? arg : version === undefined ? run : `${run}@${version}`;
  });
  return kindredAt(folder, ENVIRONMENT, ...replaced);
}

async function typeLine(line: string, order: (key: OrderKey) => string | undefined, page: Page): Promise<Page> {
  const reason = order('not run');
  if (reason !== undefined) return checkOnly(line, reason, page);
  const [command, target] = wordsOf(line);
  if (command === 'cd') return { ...page, folder: join(page.folder, target) };
  const whole = `${line} ${order('with') ?? ''}`.trim();
  const typed = kindredHere(whole, page);
  const until = order('until');
  if (until !== undefined) await endRun(typed, new RegExp(until));
  const { all: text, answer } = await ended(whole, typed, Number(order('exit') ?? (until === undefined ? 0 : 130)));
  const says = order('says');
  assert.ok(says === undefined || text.includes(says), `${line} does not say "${says}":\n${text}`);
  return { ...page, answer };
}

async function ended(line: string, { ended }: Command, exit: number): Promise<{ all: string; answer: string }> {
  const { code, stdout, stderr } = await ended;
  assert.equal(code, exit, `${line}\n${stdout}${stderr}`);
  return { all: `${stdout}${stderr}`, answer: stdout };
}

/** As Ctrl-C does, once it says so. */
async function endRun(run: Command, once?: RegExp): Promise<void> {
  if (once !== undefined) await run.said(once);
  if (run.child.exitCode === null) run.child.kill('SIGINT');
  await run.ended;
}

function checkOnly(line: string, reason: string, page: Page): Page {
  const isTest = reason.startsWith('test/');
  assert.ok(
    isTest ? filesOf('.test.ts', 'test').includes(reason) : (REASONS as readonly string[]).includes(reason),
    `"${reason}" is no reason; there are ${REASONS.join(', ')}`,
  );
  const [command, ...args] = wordsOf(line);
  if (command === 'kindred') assert.equal(usageFault(args), undefined, line);
  if (command === 'npm') assert.ok(args[0] in npmScripts() || args[1] in npmScripts(), line);
  if (command === 'node') assert.ok(existsSync(join(projectRoot, args[0])), `there is no ${args[0]}`);
  if (command.includes('/')) assert.ok(existsSync(join(projectRoot, command)), `there is no ${command}`);
  return page;
}

function npmScripts(): object {
  return (JSON.parse(textOf('package.json')) as { scripts: object }).scripts;
}
