// Build step: proto/wire.proto -> static protobuf code, no reflection and no eval at run time.
// Writes wire.js and wire.d.ts into proto/generated/ (ignored by git), or into the folder given as argument.
// Only what the codec needs is generated: encode and decode, no verify, no conversion from plain objects.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import pbjs from 'protobufjs-cli/pbjs.js';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

const FLAGS = [
  '--target',
  'static-module',
  '--wrap',
  'esm',
  '--root',
  'kindred',
  '--force-number',
  '--dts',
  '--no-convert',
  '--no-verify',
  '--no-delimited',
  '--no-service',
  '--no-typeurl',
];

/** @param {string} outputDirectory receives wire.js and wire.d.ts; the same input gives the same bytes */
export async function generateProto(outputDirectory = path.join(root, 'proto', 'generated')) {
  await mkdir(outputDirectory, { recursive: true });
  const file = path.join(outputDirectory, 'wire.js');
  await promisify(pbjs.main)([...FLAGS, '--out', file, path.join(root, 'proto', 'wire.proto')]);
  // The types are made from the comments; at run time these are only bytes to load in every agent.
  await writeFile(file, withoutComments(await readFile(file, 'utf8')));
}

/** @param {string} code */
function withoutComments(code) {
  return code.replaceAll(/^[ \t]*\/\*\*[\s\S]*?\*\/\n/gm, '').replaceAll(/\n{2,}/g, '\n');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await generateProto(process.argv[2]);
