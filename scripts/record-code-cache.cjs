// Preloaded into every process of the build's warm-up run (node --require): when a program of a bundle ends, what V8 has
// compiled of it until then becomes the bundle's code cache, with a digest of both at its end. Of several agents the last one counts; they do the same.
'use strict';
const { hash } = require('node:crypto');
const { renameSync, writeFileSync } = require('node:fs');
const vm = require('node:vm');

const { Script } = vm;

vm.Script = class extends Script {
  constructor(source, { filename }) {
    super(source, { filename });
    process.on('exit', () => {
      const part = `${filename}.${process.pid}`;
      const cache = this.createCachedData();
      const digests = [Buffer.from(source, 'latin1'), cache].map((whole) => hash('sha1', whole, 'buffer'));
      writeFileSync(part, Buffer.concat([cache, ...digests]));
      renameSync(part, `${filename}.cache`);
    });
  }
};
