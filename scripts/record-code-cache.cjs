// Preloaded into every process of the build's warm-up run (node --require): when a program of a bundle ends, what V8 has
// compiled of it until then becomes the bundle's code cache, with a digest of both at its end. Of several agents the last one counts; they do the same.
'use strict';
const { createHash } = require('node:crypto');
const { renameSync, writeFileSync } = require('node:fs');
const vm = require('node:vm');

const { Script } = vm;

vm.Script = class extends Script {
  constructor(source, { filename }) {
    super(source, { filename });
    process.on('exit', () => {
      const part = `${filename}.${process.pid}`;
      const cache = this.createCachedData();
      const digest = createHash('sha256').update(source).update(cache).digest();
      writeFileSync(part, Buffer.concat([cache, digest]));
      renameSync(part, `${filename}.cache`);
    });
  }
};
