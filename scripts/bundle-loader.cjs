#!/usr/bin/env node
// Starts the bundle beside it: NAME.cjs runs NAME.bundle.js with NAME.bundle.js.cache, the code that V8 compiled of it when it
// was built. A Node.js with another V8, or other V8 flags, refuses that cache and compiles for itself: slower, nothing else.
'use strict';
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

const cachedData = codeCache();
const script = new Script(readFileSync(filename, 'utf8'), { filename, cachedData });
// V8 has its own copy: half a megabyte goes back at once, where a garbage collection may never come.
cachedData.buffer.resize(0);
script.runInThisContext()(exports, require, module, __filename, __dirname);
