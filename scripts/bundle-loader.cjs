#!/usr/bin/env node
// Starts the bundle beside it: NAME.cjs runs NAME.bundle.js with NAME.bundle.js.cache, the code that V8 compiled of it when it
// was built, and a digest of both. A cache that is damaged, of another text, or of a Node.js with another V8 or other flags
// is not used: slower, nothing else.
'use strict';
const { createHash } = require('node:crypto');
const { closeSync, fstatSync, openSync, readFileSync, readSync } = require('node:fs');
const { Script } = require('node:vm');

const filename = __filename.replace(/\.cjs$/, '.bundle.js');

/** Empty where none was made: V8 refuses that too. */
function codeCache() {
  try {
    const file = openSync(`${filename}.cache`);
    const { size } = fstatSync(file);
    const cache = new Uint8Array(new ArrayBuffer(size, { maxByteLength: size }));
    readSync(file, cache);
    closeSync(file);
    return cache;
  } catch {
    // Somebody cleared caches: the bundle is the program.
    return new Uint8Array(new ArrayBuffer(0, { maxByteLength: 0 }));
  }
}

const DIGEST_BYTES = 32;

/** The cache without its digest; nothing where that is wrong. V8 looks at lengths only: damage would end the process. */
function verified(read, source) {
  const end = Math.max(0, read.length - DIGEST_BYTES);
  const digest = createHash('sha256').update(source).update(read.subarray(0, end)).digest();
  return digest.equals(read.subarray(end)) ? read.subarray(0, end) : new Uint8Array(0);
}

const read = codeCache();
const source = readFileSync(filename, 'latin1');
const script = new Script(source, { filename, cachedData: verified(read, source) });
// V8 has its own copy: half a megabyte goes back at once, where a garbage collection may never come.
read.buffer.resize(0);
script.runInThisContext()(exports, require, module, __filename, __dirname);
