/**
 * Minimal building of SVG and HTML as strings. Text and attribute values are always escaped: the only
 * way to put markup into a document is a Markup made by `element` or `trustedMarkup`.
 */
import { assert } from '../core/errors.ts';

export interface Markup {
  readonly markup: string;
}

export type Child = Markup | string | null | readonly Child[];
export type Attributes = Readonly<Record<string, string | number | null>>;

/** Elements without content; every other one gets a closing tag, as HTML demands. */
const VOID = new Set(['path', 'line', 'rect', 'circle', 'polygon', 'meta', 'link', 'br']);

/** <name attributes>children</name>. Attributes that are null are left out; numbers keep two decimals. */
export function element(name: string, attributes: Attributes = {}, ...children: Child[]): Markup {
  const open = Object.entries(attributes)
    .map(([key, value]) => attribute(key, value))
    .join('');
  if (VOID.has(name)) return { markup: `<${name}${open}/>` };
  return { markup: `<${name}${open}>${children.map(render).join('')}</${name}>` };
}

/** Markup from this program itself (style sheets, finished figures), never anything a user wrote. */
export function trustedMarkup(markup: string): Markup {
  return { markup };
}

export function escapeText(text: string): string {
  return wellFormed(text).replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}

export function escapeAttribute(text: string): string {
  return escapeText(text).replace(/"/g, '&quot;').replace(/'/g, '&#39;');
}

/** M x y L x y ... through the points; a null point lifts the pen. Empty when there is no point. */
export function polyline(points: readonly (readonly [number, number] | null)[]): string {
  let penDown = false;
  const parts: string[] = [];
  for (const point of points) {
    if (point !== null) parts.push(`${penDown ? 'L' : 'M'}${coordinate(point[0])} ${coordinate(point[1])}`);
    penDown = point !== null;
  }
  return parts.join('');
}

/** At most two decimals: a hundredth of a pixel is enough and keeps files small and reproducible. */
export function coordinate(value: number): string {
  assert(Number.isFinite(value), 'a coordinate of a figure is not finite');
  return String(Math.round(value * 100) / 100 + 0);
}

/** Mean advance of a sans-serif glyph, erring wide (DejaVu Sans); there is nothing to measure text with here. */
export function textWidth(text: string, size: number): number {
  let em = 0;
  for (const glyph of text) em += glyphWidth(glyph);
  return em * size;
}

/** Bold glyphs are wider by this much. */
export const BOLD = 1.13;

/** The text cut to a width, with an ellipsis. Of bold text, give the size times BOLD. */
export function fitText(text: string, size: number, width: number): string {
  if (textWidth(text, size) <= width) return text;
  const glyphs = [...text];
  while (glyphs.length > 1 && textWidth(`${glyphs.join('')}…`, size) > width) glyphs.pop();
  return `${glyphs.join('').trimEnd()}…`;
}

/** The words of a text in lines that fit a width. */
export function wrapped(text: string, size: number, width: number): string[] {
  const lines = [''];
  for (const word of text.split(' ')) {
    const longer = lines.at(-1) === '' ? word : `${lines.at(-1)} ${word}`;
    if (textWidth(longer, size) <= width || lines.at(-1) === '') lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

function attribute(key: string, value: string | number | null): string {
  if (value === null) return '';
  return ` ${key}="${typeof value === 'number' ? coordinate(value) : escapeAttribute(value)}"`;
}

function render(child: Child): string {
  if (child === null) return '';
  if (typeof child === 'string') return escapeText(child);
  return 'markup' in child ? child.markup : child.map(render).join('');
}

/** XML 1.0 has no form at all for control characters and lone surrogates. */
function wellFormed(text: string): string {
  return text.replace(/(?![\t\n\r])\p{Cc}|[\uFFFE\uFFFF]|\p{Surrogate}/gu, '\uFFFD');
}

function glyphWidth(glyph: string): number {
  if (/[ilj.,:;'|!ftI()[\] ]/.test(glyph)) return 0.36;
  if (/[A-Zmw@%&<>=+~±−]/.test(glyph)) return /[<>=+~±−]/.test(glyph) ? 0.84 : 0.76;
  return (glyph.codePointAt(0) ?? 0) > 0x2e7f ? 1 : 0.6;
}
