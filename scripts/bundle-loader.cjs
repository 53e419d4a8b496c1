#!/usr/bin/env node
// Starts the bundle beside it: NAME.cjs runs NAME.bundle.js with NAME.bundle.js.cache, the code that V8 compiled of it when it
// was built, and digests of both. A cache that is damaged, of another text, or of a Node.js with another V8 or other flags
// is not used: slower, nothing else.
'use strict';
const { hash } = require('node:crypto');
const { closeSync, fstatSync, openSync, readSync } = require('node:fs');
const { Script } = require('node:vm');

const filename = __filename.replace(/\.cjs$/, '.bundle.js');

/** In memory that can be given back at once: a megabyte, and an idle agent may never collect garbage. */
function wholeOf(path) {
  const file = openSync(path);
  const { size } = fstatSync(file);
  const bytes = Buffer.from(new ArrayBuffer(size, { maxByteLength: size }));
  readSync(file, bytes);
  closeSync(file);
  return bytes;
}

/** Empty where none was made: V8 refuses that too. */
function codeCache() {
  try {
    return wholeOf(`${filename}.cache`);
  } catch {
    // Somebody cleared caches: the bundle is the program.
    return Buffer.from(new ArrayBuffer(0, { maxByteLength: 0 }));
  }
}

const DIGEST_BYTES = 20;

/** The cache without its digests; nothing where one of them is wrong. V8 looks at lengths only: damage would end the process. */
function verified(cache, text) {
  const end = Math.max(0, cache.length - 2 * DIGEST_BYTES);
  const code = cache.subarray(0, end);
  const digests = Buffer.concat([hash('sha1', text, 'buffer'), hash('sha1', code, 'buffer')]);
  return digests.equals(cache.subarray(end)) ? code : new Uint8Array(0);
}

const text = wholeOf(filename);
const cache = codeCache();
const script = new Script(text.latin1Slice(), { filename, cachedData: verified(cache, text) });
// V8 has its own copies.
text.buffer.resize(0);
cache.buffer.resize(0);
script.runInThisContext()(exports, require, module, __filename, __dirname);
