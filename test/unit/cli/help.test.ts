/** The first screen fits a small terminal and names what a newcomer looks for; every command is told of, with an example. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kindred } from '../../support/command.ts';

const LINES_MAX = 24;
const COLUMNS_MAX = 100;

async function said(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await kindred(...args).ended;
  assert.equal(code, 0, stderr);
  return stdout;
}

test('the first screen: 24 lines, the six commands to begin with, and where the others are', async () => {
  const text = await said('--help');
  const lines = text.trimEnd().split('\n');
  assert.ok(lines.length <= LINES_MAX && lines.every((line) => line.length <= COLUMNS_MAX), text);
  const first = lines.slice(lines.indexOf('Start here:') + 1, lines.indexOf('Start here:') + 7).map((line) => line.trim().split(' ')[0]);
  assert.deepEqual(first, ['demo', 'run', 'learn', 'compare', 'show', 'doctor']);
  const { commands } = { commands: JSON.parse(await said('help', '--json')) as { command: string; summary: string }[] };
  for (const { command, summary } of commands) {
    assert.match(text, new RegExp(`\\b${command}\\b`), 'every command is on it');
    assert.notEqual(summary, '', command);
  }
  assert.equal(await said('help'), text);
});

test('help --all: a line for every command; help COMMAND: what its --help says', async () => {
  const commands = JSON.parse(await said('help', '--json')) as unknown[];
  assert.equal((await said('help', '--all')).trimEnd().split('\n').length, commands.length);
  assert.equal(await said('help', 'compare'), await said('compare', '--help'));
});

test('without a command it is shown too, and an unknown one is refused', async () => {
  const nothing = await kindred().ended;
  assert.match(nothing.stderr, /Start here:/);
  const wrong = await kindred('shwo').ended;
  assert.equal(wrong.code, 2);
  assert.match(wrong.stderr, /Did you mean show\?/);
  assert.equal((await kindred('help', 'shwo').ended).code, 2);
});

test('an option whose value is empty is refused: a variable of the shell was, most likely', async () => {
  const { code, stderr } = await kindred('list', '--out', '').ended;
  assert.equal(code, 2);
  assert.match(stderr, /USAGE --out it is empty/);
});
