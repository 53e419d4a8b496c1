/** Modules of a stored run whose files say something else by now: the run goes on with those it began with, and whoever asks is told. */
import { readFileSync } from 'node:fs';
import type { Experiment } from '../config/experiment.ts';
import { readModule } from '../config/module-source.ts';
import type { OwnModule } from '../config/own-module.ts';
import type { ReadFile } from '../config/table-facts.ts';
import { KindredError } from '../core/errors.ts';

/** One line each. What a file imports counts too; what compiles to the same is the same. */
export function changedModules({ modules = [] }: Pick<Experiment, 'modules'>, readFile: ReadFile): string[] {
  return modules.flatMap((module) => {
    const what = changeOf(module, readFile);
    return what === undefined ? [] : [`note MODULE_CHANGED: ${module.source} ${what}; the run goes on with the module it began with, a new run takes the file`];
  });
}

/** To the terminal, beside the result. */
export function noteChangedModules(experiment: Experiment): void {
  for (const note of changedModules(experiment, (path) => readFileSync(path, 'utf8'))) process.stderr.write(`${note}\n`);
}

function changeOf({ name, source, digest }: OwnModule, readFile: ReadFile): string | undefined {
  try {
    return readModule(name, source, readFile).digest === digest ? undefined : 'was changed since the run began';
  } catch (error) {
    if (!(error instanceof KindredError)) throw error;
    return `cannot be read any more (${error.message})`;
  }
}
