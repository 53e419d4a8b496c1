/** Every code block of the documents is executed, or says why not; `npm test process/documents` with the built command line. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { blocksOf } from '../support/document-blocks.ts';
import type { Block } from '../support/document-blocks.ts';
import { executePage } from '../support/document-page.ts';
import { filesOf, textOf } from '../support/documents.ts';

const PAGES = filesOf('.md').filter((file) => textOf(file).includes('```'));

for (const file of PAGES) {
  const blocks = blocksOf(textOf(file));
  test(`${file}: ${blocks.length} blocks`, async () => {
    assert.equal(blocks.length * 2, textOf(file).match(/^ *```/gm)!.length, 'a block has no end');
    await executePage(template(file) === undefined ? blocks : [newFolder(template(file)!), ...blocks]);
  });
}

function template(file: string): string | undefined {
  return /^templates\/([\w-]+)\/README\.md$/.exec(file)?.[1];
}

/** Its README lies in the folder that it is about. */
function newFolder(name: string): Block {
  return { language: 'sh', text: `kindred new own --template ${name}\ncd own\n`, orders: [], line: 0 };
}
