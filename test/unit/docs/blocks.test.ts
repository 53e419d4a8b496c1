/** What the documents' one mechanism sees in a page, and what it refuses; the pages themselves: test/process/documents.test.ts. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asKindred, blocksOf, commandsOf, wordsOf } from '../../support/document-blocks.ts';
import { executePage } from '../../support/document-page.ts';

const page = (text: string): Promise<void> => executePage(blocksOf(text));

test('a block has the orders of the comment above it, one a line', () => {
  const [one, two] = blocksOf(
    '# Page\n\n<!--\nfirst RUN: kindred run a.yaml\nwith run a.yaml: -c b=1\n-->\n\n```sh\nls\n```\n\n<!-- Generated. -->\n\n```yaml\na: 1\n```\n',
  );
  assert.deepEqual(one, {
    language: 'sh',
    text: 'ls\n',
    orders: [
      { key: 'first', of: 'RUN', value: 'kindred run a.yaml' },
      { key: 'with', of: 'run a.yaml', value: '-c b=1' },
    ],
    line: 8,
  });
  assert.deepEqual([two.language, two.orders], ['yaml', []]);
  assert.throws(() => blocksOf('<!--\nexit: 1\nsay: no\n-->\n\n```sh\n```\n'), /no order reads "say: no"/);
});

test('lines are read as a shell reads them', () => {
  assert.deepEqual(commandsOf("# a comment\nnpm start   # another\nls a \\\n  b && cat 'c # d'\n"), ['npm start', 'ls a b', "cat 'c # d'"]);
  assert.deepEqual(wordsOf(`run a.yaml -c 'faults=[{ a: 1 }]' "b c"d`), ['run', 'a.yaml', '-c', 'faults=[{ a: 1 }]', 'b cd']);
  assert.deepEqual(['npm run --silent kindred -- list', 'npx kindred list', 'npm start'].map(asKindred), ['kindred list', 'kindred list', 'kindred demo']);
});

test('what is neither executed nor has a reason of the list is refused', async () => {
  await assert.rejects(page('```\nls\n```\n'), /nobody knows how to execute ""/);
  await assert.rejects(page('```sh\nls\n```\n'), /who would know the command ls/);
  await assert.rejects(page('<!-- not run: is slow -->\n\n```sh\nkindred list\n```\n'), /"is slow" is no reason/);
  await assert.rejects(page('<!-- not run: test/unit/nothing.test.ts -->\n\n```sh\nkindred list\n```\n'), /is no reason/);
  await assert.rejects(page('<!-- with sweep: --quiet -->\n\n```sh\nkindred list\n```\n'), /is of no line/);
  await assert.rejects(page('```ts\nexport {};\n```\n'), /which file is it/);
  await assert.rejects(page('```text\nkindred list\n```\n'), /kindred list/);
});

test('what is not run is parsed by the real program', async () => {
  const reason = '<!-- not run: takes minutes -->\n\n```sh\n';
  await page(`${reason}kindred sweep examples/paper.yaml --seeds 1..2\nnpm run docs\nnode scripts/swarm.mjs\n\`\`\`\n`);
  await assert.rejects(page(`${reason}kindred sweep examples/paper.yaml\n\`\`\`\n`), /required option '--seeds/);
  await assert.rejects(page(`${reason}kindred rnu\n\`\`\`\n`), /unknown command 'rnu'/);
  await assert.rejects(page(`${reason}kindred fault inject RUN\n\`\`\`\n`), /missing required argument/);
  await assert.rejects(page(`${reason}deploy/nothing.sh\n\`\`\`\n`), /there is no deploy\/nothing.sh/);
});

test('JSON has the keys and the types that the command before it answers with', async () => {
  const answered = '```sh\nkindred help --all --json\n```\n\n```json\n';
  await page(`${answered}[{ "command": "demo", "summary": "..." }]\n\`\`\`\n`);
  await assert.rejects(page(`${answered}[{ "command": "demo" }]\n\`\`\`\n`), /the answer\.0/);
  await assert.rejects(page(`${answered}[{ "command": 1, "summary": "" }]\n\`\`\`\n`), /the answer\.0\.command/);
});

test('YAML is loaded by the real schema, as a whole or in an experiment', async () => {
  await page('<!-- in: examples/faults/messages.yaml faults -->\n\n```yaml\n- { at: 1, restart: 3 }\n```\n');
  await assert.rejects(page('<!-- in: examples/faults/messages.yaml faults -->\n\n```yaml\n- { at: 1, restrat: 3 }\n```\n'), /at line 3.*restrat/s);
  await assert.rejects(page('<!-- in: examples/sites.yaml -->\n\n```yaml\nproblem: { kind: csv-tabel }\n```\n'), /csv-tabel/);
  await assert.rejects(page('```yaml\nproblem: { kind: gmrf-regression, dimensoin: 4 }\n```\n'), /dimensoin/);
});
