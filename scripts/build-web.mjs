// Build step: the live page, web/main.tsx and what it imports, becomes dist/web: index.html, and one script, one style sheet and
// an icon, named after their content, so that a browser may keep them for ever. Nothing in it asks another origin for anything.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const STYLES = ['node_modules/uplot/dist/uPlot.min.css', 'web/style.css'];

/** @param {string} folder where the page goes */
export async function buildPage(folder) {
  const assets = path.join(folder, 'assets');
  for (const old of [assets, path.join(folder, 'index.html')]) rmSync(old, { recursive: true, force: true });
  mkdirSync(assets, { recursive: true });
  const style = STYLES.map((file) => readFileSync(path.join(root, file), 'utf8')).join('\n');
  const names = {
    'main.js': save(assets, 'main', 'js', await script()),
    'style.css': save(assets, 'style', 'css', lean(style)),
    'icon.svg': save(assets, 'icon', 'svg', readFileSync(path.join(root, 'web', 'icon.svg'), 'utf8')),
  };
  const page = readFileSync(path.join(root, 'web', 'index.html'), 'utf8');
  const linked = Object.entries(names).reduce((text, [name, hashed]) => text.replace(`"/${name}"`, `"/assets/${hashed}"`), page);
  writeFileSync(path.join(folder, 'index.html'), linked);
}

async function script() {
  const bundle = await rolldown({ input: path.join(root, 'web', 'main.tsx'), platform: 'browser', tsconfig: path.join(root, 'web', 'tsconfig.json') });
  const { output } = await bundle.generate({ format: 'esm', minify: true, codeSplitting: false });
  await bundle.close();
  return output[0].code;
}

/** Comments and indentation are for those who write it. */
function lean(style) {
  return style.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/\n\s*/g, '\n');
}

function save(folder, name, extension, text) {
  const file = `${name}-${createHash('sha256').update(text).digest('hex').slice(0, 10)}.${extension}`;
  writeFileSync(path.join(folder, file), text);
  return file;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildPage(path.resolve(process.argv[2] ?? path.join(root, 'dist', 'web')));
