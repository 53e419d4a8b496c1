// Writes the documents that are derived from the code (config/references.ts,
// coordinator/metrics-text.ts), the measured table inside docs/faults.md
// (bench/fault-table.ts), the one of the stored bench in README.md (bench/report.ts),
// and those of the stored studies in docs/reproduce.md (study/report.ts); run by `npm run docs`, after the build.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { withFaultTable } from '../dist/bench/fault-table.js';
import { withBenchTable } from '../dist/bench/report.js';
import { tableLines } from '../dist/config/markdown.js';
import { references } from '../dist/config/references.js';
import { METRICS_DOCUMENT, metricsReference } from '../dist/coordinator/metrics-text.js';
import { withFindings } from '../dist/study/report.js';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const read = (file) => readFileSync(path.join(root, file), 'utf8');
const faults = { path: 'docs/faults.md', text: withFaultTable(read('docs/faults.md'), root) };

const metrics = { path: METRICS_DOCUMENT, text: metricsReference() };

const readme = { path: 'README.md', text: withBenchTable(read('README.md'), JSON.parse(read('bench/result.json'))) };

const reproduced = JSON.parse(read('docs/reproduced.json'));
const studies = { path: 'docs/reproduce.md', text: withFindings(read('docs/reproduce.md'), reproduced, tableLines) };

for (const { path: file, text } of [...references(read), metrics, faults, readme, studies]) {
  writeFileSync(path.join(root, file), text);
  console.error(`wrote ${file}`);
}
