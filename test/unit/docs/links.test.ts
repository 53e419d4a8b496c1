/** Every relative link of the project's markdown leads somewhere, to a heading too where it names one. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { test } from 'node:test';
import { filesOf, textOf } from '../../support/documents.ts';
import { projectRoot } from '../../support/project.ts';

const LINK = /\[[^\]]*\]\(([^()\s]+)(?:\s+"[^"]*")?\)/g;
const IMAGE = /<img\s[^>]*src="([^"]+)"/g;

/** Without what is not markdown: code blocks and code spans. */
function prose(text: string): string {
  return text.replaceAll(/^```[\s\S]*?^```/gm, '').replaceAll(/`[^`\n]*`/g, '');
}

function linksOf(text: string): string[] {
  return [LINK, IMAGE].flatMap((pattern) => [...prose(text).matchAll(pattern)].map(([, target]) => target)).filter((target) => !/^[a-z]+:/.test(target));
}

/** As on GitHub: lower case, punctuation gone, spaces to hyphens. */
function anchorsOf(text: string): string[] {
  const headings = [...text.replaceAll(/^```[\s\S]*?^```/gm, '').matchAll(/^#+ +(.+)$/gm)];
  return headings.map(([, heading]) => {
    const words = heading.toLowerCase().replaceAll(/[^\p{L}\p{N} _-]/gu, '');
    return words.trim().replaceAll(' ', '-');
  });
}

/** Why a link of `file` is broken, or undefined. */
function fault(file: string, target: string): string | undefined {
  const [path, anchor] = target.split('#');
  const to = path === '' ? file : normalize(join(dirname(file), decodeURIComponent(path)));
  if (to.startsWith('..')) return `${file}: ${target} leaves the project`;
  if (!existsSync(join(projectRoot, to))) return `${file}: there is no ${to}`;
  if (anchor === undefined || !to.endsWith('.md')) return undefined;
  return anchorsOf(textOf(to)).includes(anchor) ? undefined : `${file}: ${to} has no heading #${anchor}`;
}

const documents = filesOf('.md');

test('every relative link resolves', () => {
  assert.ok(documents.includes('ARCHITECTURE.md') && documents.includes('docs/notation.md'), documents.join(', '));
  const faults = documents.flatMap((file) => linksOf(textOf(file)).flatMap((target) => fault(file, target) ?? []));
  assert.deepEqual(faults, []);
});

test('every document of docs/ is in its index', () => {
  const indexed = new Set(linksOf(textOf('docs/README.md')).map((target) => normalize(join('docs', target))));
  const missing = documents.filter((file) => file.startsWith('docs/') && file !== 'docs/README.md' && !indexed.has(file));
  assert.deepEqual(missing, []);
});

test('decisions are numbered without gaps, short, and say what they must', () => {
  const decisions = documents.filter((file) => file.startsWith('docs/decisions/')).sort();
  decisions.forEach((file, i) => {
    assert.match(file, new RegExp(`/${String(i + 1).padStart(4, '0')}-[a-z0-9-]+\\.md$`));
    const text = textOf(file);
    assert.ok(text.trimEnd().split('\n').length <= 40, `${file} has more than 40 lines`);
    assert.deepEqual(
      ['Context', 'Choice', 'Rejected', 'Measured'].filter((part) => !text.includes(`\n## ${part}\n`)),
      [],
      file,
    );
  });
});

test('the check sees planted faults', () => {
  assert.deepEqual(linksOf('[a](b.md) `[c](d.md)` [e](https://f.g) ![h](i.svg "j")\n```\n[k](l.md)\n```\n<img alt="" src="m.png">'), [
    'b.md',
    'i.svg',
    'm.png',
  ]);
  assert.match(fault('docs/README.md', 'nowhere.md') ?? '', /no docs\/nowhere/);
  assert.match(fault('docs/README.md', 'notation.md#nothing') ?? '', /no heading/);
  assert.match(fault('docs/README.md', '../../x') ?? '', /leaves/);
  assert.equal(fault('docs/README.md', 'notation.md#the-problem'), undefined);
});
