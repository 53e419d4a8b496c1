/** Every code block of the documents is executed, or says why not; `npm test process/documents` with the built command line. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { blocksOf } from '../support/document-blocks.ts';
import type { Block } from '../support/document-blocks.ts';
import { executePage } from '../support/document-page.ts';
import { filesOf, textOf } from '../support/documents.ts';

/** How runs of templates are shortened: their READMEs are the user's, and hold no orders. */
const SHORT: Readonly<Record<string, string>> = {
  estimator: '-c explore.steps=100 -c cooperate.steps=60',
  experiment: '-c explore.steps=100 -c cooperate.steps=60',
  strategy: '-c explore.steps=100 -c cooperate.steps=60',
  stream: '-c explore.steps=200 -c cooperate.steps=60',
};
const PAGES = filesOf('.md').filter((file) => textOf(file).includes('```'));

for (const file of PAGES) {
  const blocks = blocksOf(textOf(file));
  test(`${file}: ${blocks.length} blocks`, async () => {
    assert.equal(blocks.length * 2, textOf(file).match(/^ *```/gm)!.length, 'a block has no end');
    const name = template(file);
    await executePage(name === undefined ? blocks : [newFolder(name), ...blocks.map((block) => shortened(block, name))]);
  });
}

function template(file: string): string | undefined {
  return /^templates\/([\w-]+)\/README\.md$/.exec(file)?.[1];
}

/** Its README lies in the folder that it is about. */
function newFolder(name: string): Block {
  return { language: 'sh', text: `kindred new own --template ${name}\ncd own\n`, orders: [], line: 0 };
}

function shortened(block: Block, name: string): Block {
  const value = SHORT[name];
  return value === undefined ? block : { ...block, orders: [...block.orders, { key: 'with', of: 'run', value }] };
}
