/** The page stays small: 120 kB in all as it is sent, compressed. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { projectRoot } from '../../support/project.ts';

const BYTES_MAX = 120_000;
const folder = join(projectRoot, 'dist', 'web');

test('index.html, script, style sheet and icon take at most 120 kB, gzipped', () => {
  const files = [join(folder, 'index.html'), ...readdirSync(join(folder, 'assets')).map((file) => join(folder, 'assets', file))];
  assert.deepEqual(new Set(files.map((file) => file.split('.').at(-1))), new Set(['css', 'html', 'js', 'svg']));
  assert.equal(files.length, 4);
  const bytes = files.reduce((sum, file) => sum + gzipSync(readFileSync(file)).length, 0);
  assert.ok(bytes <= BYTES_MAX, `${bytes} bytes`);
});

test('the page names no other origin', () => {
  const page = readFileSync(join(folder, 'index.html'), 'utf8');
  assert.deepEqual(
    [...page.matchAll(/(?:src|href)="([^"]*)"/g)].filter(([, address]) => !/^\/assets\/\w+-[0-9a-f]{10}\.(js|css|svg)$/.test(address)),
    [],
  );
  assert.doesNotMatch(page, /https?:|style=|<script>/);
});
