/**
 * A figure as PNG: Skia draws the SVG, in a font that comes along, so that it looks the same on a machine without any.
 * The only file that loads Skia, and only when a PNG is asked for; both packages are optional.
 */
import { createRequire } from 'node:module';
import { KindredError } from '../core/errors.ts';
import { FONT } from '../figures/frame.ts';

type Skia = typeof import('@napi-rs/canvas');

const FAMILY = 'DejaVu Sans';
const FONT_FILES = ['400-normal', '700-normal'].map((style) => `@fontsource/dejavu-sans/files/dejavu-sans-latin-${style}.woff`);
/** Of a figure's own pixels: 600 dots per inch in a printed column. */
const SCALE = 5;

export interface Png {
  readonly bytes: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** Throws PNG_UNAVAILABLE. */
export async function pngOf(svg: string): Promise<Png> {
  const { createCanvas, loadImage } = skia();
  const [, width, height] = /viewBox="0 0 (\d+) (\d+)"/.exec(svg)!.map((number) => SCALE * Number(number));
  const image = await loadImage(Buffer.from(prepared(svg, width, height)));
  const canvas = createCanvas(width, height);
  canvas.getContext('2d').drawImage(image, 0, 0, width, height);
  return { bytes: canvas.toBuffer('image/png'), width, height };
}

/** In pixels instead of millimetres, and with one family: Skia takes the whole list for a name. */
function prepared(svg: string, width: number, height: number): string {
  return svg
    .replace(/(<svg [^>]*?) width="[^"]*" height="[^"]*"/, `$1 width="${width}" height="${height}"`)
    .replace(`font-family="${FONT.replaceAll("'", '&#39;')}"`, `font-family="${FAMILY}"`);
}

/** By require: the programs are bundled, and a bundle cannot import. */
function skia(): Skia {
  const require = createRequire(import.meta.url);
  try {
    const loaded = require('@napi-rs/canvas') as Skia;
    if (!loaded.GlobalFonts.has(FAMILY)) for (const file of FONT_FILES) loaded.GlobalFonts.registerFromPath(require.resolve(file), FAMILY);
    return loaded;
  } catch (cause) {
    throw new KindredError('PNG_UNAVAILABLE', cause instanceof Error ? cause.message.split('\n')[0] : String(cause), { cause });
  }
}
