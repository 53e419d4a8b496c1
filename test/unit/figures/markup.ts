/** Reads markup strictly enough to catch an unclosed tag, a bare ampersand or a text that became an element. */
import assert from 'node:assert/strict';

const TAG = /<(\/?)([A-Za-z][\w-]*)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>/y;

/** Throws where the text is not well formed. Answers the names of all elements in order. */
export function elementsOf(markup: string): string[] {
  const open: string[] = [];
  const seen: string[] = [];
  let at = markup.startsWith('<!doctype html>') ? 15 : 0;
  while (at < markup.length) {
    const next = markup.indexOf('<', at);
    checkText(markup.slice(at, next < 0 ? undefined : next));
    if (next < 0) break;
    TAG.lastIndex = next;
    const tag = TAG.exec(markup);
    assert.ok(tag, `not a tag: ${markup.slice(next, next + 60)}`);
    const [whole, slash, name, attributes, selfClosing] = tag as unknown as [string, string, string, string, string];
    checkText(attributes);
    if (slash === '/') assert.equal(open.pop(), name, `</${name}> closes the wrong element`);
    else seen.push(name);
    if (slash === '' && selfClosing === '') open.push(name);
    at = next + whole.length;
  }
  assert.deepEqual(open, [], 'elements left open');
  return seen;
}

export function countOf(markup: string, pattern: RegExp | string): number {
  return markup.split(pattern).length - 1;
}

/** The part between the tags of <g data-part="NAME">; groups of figures are not nested. */
export function part(svg: string, name: string): string {
  const found = new RegExp(`<g data-part="${name}">(.*?)</g>`, 's').exec(svg);
  assert.ok(found, `no part ${name}`);
  return found[1];
}

/** Values of one attribute as numbers. */
export function numbersOf(markup: string, attribute: string): number[] {
  return [...markup.matchAll(new RegExp(` ${attribute}="([^"]*)"`, 'g'))].map((match) => Number(match[1]));
}

function checkText(text: string): void {
  assert.doesNotMatch(text, /&(?!(amp|lt|gt|quot|#39);)/, 'a bare ampersand');
  assert.doesNotMatch(text, /(?![\t\n\r])\p{Cc}/u, 'a control character');
  assert.doesNotMatch(text, /\b(NaN|Infinity|undefined|null)\b/, 'a value that is none');
}
