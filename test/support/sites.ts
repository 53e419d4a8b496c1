/** A small table in two forms: whole, and as one file per site. Cells have all the digits of a double, so that each can be told. */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { draw } from '../../core/random.ts';
import { loadExperiment } from '../../config/load.ts';
import type { Experiment } from '../../config/experiment.ts';
import { output } from './experiments.ts';

const NAMES = ['north', 'south', 'west'];
const ROWS = 9;

export interface Sites {
  /** Three cells and the target, by site and row. */
  readonly rows: readonly (readonly (readonly number[])[])[];
  /** One per site. */
  readonly files: readonly string[];
  /** The same rows in one table. */
  readonly whole: Experiment;
  /** With the files of all sites. */
  readonly apart: Experiment;
  /** Names only: what a coordinator needs. */
  readonly named: Experiment;
}

export function makeSites(loss: 'squared' | 'logistic' = 'squared'): Sites {
  const directory = mkdtempSync(join(output, 'sites-'));
  const rows = NAMES.map((_, site) => Array.from({ length: ROWS }, (_, i) => rowOf(site, i, loss)));
  const write = (name: string, lines: readonly (readonly (string | number)[])[]): string => {
    writeFileSync(join(directory, name), `${lines.map((cells) => cells.join(',')).join('\n')}\n`);
    return name;
  };
  write('whole.csv', [['task', 'a', 'b', 'c', 'y'], ...rows.flatMap((own, k) => own.map((cells) => [NAMES[k], ...cells]))]);
  // Every site orders its columns as it likes; the first names itself, the second has a column of no interest.
  write('north.csv', [['task', 'a', 'b', 'c', 'y'], ...rows[0].map((cells) => ['north', ...cells])]);
  write('south.csv', [['y', 'id', 'c', 'a', 'b'], ...rows[1].map(([a, b, c, y], i) => [y, i, c, a, b])]);
  write('west.csv', [['c', 'b', 'a', 'y'], ...rows[2].map(([a, b, c, y]) => [c, b, a, y])]);
  const load = (name: string, source: string): Experiment => loadFrom(directory, name, source, loss);
  const sites = (file: (name: string) => string): string => `sites: [${NAMES.map((name) => `{ name: ${name}${file(name)} }`).join(', ')}], features: [a, b, c]`;
  return {
    rows,
    files: NAMES.map((name) => join(directory, `${name}.csv`)),
    whole: load('whole', 'path: whole.csv'),
    apart: load(
      'apart',
      sites((name) => `, file: ${name}.csv`),
    ),
    named: load(
      'named',
      sites(() => ''),
    ),
  };
}

function rowOf(site: number, i: number, loss: 'squared' | 'logistic'): number[] {
  const random = draw(7, site, 'batch', i);
  const [a, b, c] = [random.gaussian() + 3, 2 * random.gaussian() - site, random.gaussian()];
  const y = 2 * a - b + 0.5 * c + random.gaussian();
  // At the last site everybody is of one class.
  return [a, b, c, loss === 'squared' ? y : site < 2 && y < 6 ? -1 : 1];
}

function loadFrom(directory: string, name: string, source: string, loss: string): Experiment {
  const file = join(directory, `${name}.yaml`);
  const problem = `problem: { kind: csv-table, ${source}, loss: ${loss}, split: { train: 5, seed: 2 } }`;
  const arms = 'cooperate: { arms: [{ strategy: non-cooperative }, { strategy: multitask, relationship: complete }, { strategy: multitask }] }';
  writeFileSync(file, `name: sites\n${problem}\n${arms}\n`);
  return loadExperiment(file, { overrides: [], outputDirectory: output, environment: {}, readFile: (path) => readFileSync(path, 'utf8') });
}
