// Writes the documents that are derived from the code (config/references.ts), and the measured table inside docs/faults.md
// (bench/fault-table.ts) and the one of the stored bench in README.md (bench/report.ts); run by `npm run docs`, after the build.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { withFaultTable } from '../dist/bench/fault-table.js';
import { withBenchTable } from '../dist/bench/report.js';
import { references } from '../dist/config/references.js';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const read = (file) => readFileSync(path.join(root, file), 'utf8');
const faults = { path: 'docs/faults.md', text: withFaultTable(read('docs/faults.md'), root) };

const readme = { path: 'README.md', text: withBenchTable(read('README.md'), JSON.parse(read('bench/result.json'))) };

for (const { path: file, text } of [...references(read), faults, readme]) {
  writeFileSync(path.join(root, file), text);
  console.error(`wrote ${file}`);
}
