import assert from 'node:assert/strict';
import { test } from 'node:test';
import { coordinate, element, escapeAttribute, fitText, polyline, textWidth } from '../../../figures/svg.ts';
import { elementsOf } from './markup.ts';

test('text and attributes are escaped, nested elements are not', () => {
  const markup = element('g', { 'data-name': `"><script>'` }, '<b> & "quotes"', element('text', {}, 'in')).markup;
  assert.equal(markup, '<g data-name="&quot;&gt;&lt;script&gt;&#39;">&lt;b&gt; &amp; "quotes"<text>in</text></g>');
});

test('characters that XML cannot hold are replaced', () => {
  assert.equal(escapeAttribute('a\u0000b\u001Bc\uD800d\uFFFF'), 'a\uFFFDb\uFFFDc\uFFFDd\uFFFD');
  assert.equal(escapeAttribute('tab\tline\nsmile \u{1F600}'), 'tab\tline\nsmile \u{1F600}');
});

test('attributes that are null are left out, numbers keep two decimals, no negative zero', () => {
  assert.equal(element('circle', { cx: 1.23456, cy: -0.001, r: null }).markup, '<circle cx="1.23" cy="0"/>');
});

test('a coordinate that is not finite is a bug, not a picture', () => {
  assert.throws(() => coordinate(NaN), { code: 'INTERNAL' });
  assert.throws(() => coordinate(Infinity), { code: 'INTERNAL' });
});

test('a missing point lifts the pen', () => {
  assert.equal(polyline([[0, 1], [2, 3], null, [4, 5]]), 'M0 1L2 3M4 5');
  assert.equal(polyline([null]), '');
});

test('text is cut to its width, between whole characters', () => {
  assert.equal(fitText('short', 12, 200), 'short');
  const cut = fitText('\u{1F600}'.repeat(50), 12, 100);
  assert.ok(textWidth(cut, 12) <= 100);
  assert.match(cut, /^(\u{1F600})+…$/u);
});

test('the checker of these tests does find faults', () => {
  for (const bad of ['<g><text></g>', '<g>', 'a & b', '<g a=b></g>', '<g></g></g>', '<text>NaN</text>', '<g x="<"></g>']) {
    assert.throws(() => elementsOf(bad), bad);
  }
  assert.deepEqual(elementsOf('<g><path d="M0 0"/>x &amp; y</g>'), ['g', 'path']);
});
