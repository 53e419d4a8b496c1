/** Which script a problem runs by. */
import { bringModules, holdModule } from '../config/own-module.ts';
import { gmrfScript } from './gmrf-script.ts';
import { mlpScript } from './mlp-script.ts';
import type { Script, ScriptContext } from './script.ts';
import { tableScript } from './table-script.ts';

export function startScript(context: ScriptContext): Script {
  const { modules = [] } = context.experiment;
  modules.forEach(holdModule);
  bringModules(modules);
  const { problem } = context.experiment;
  if (problem.kind === 'mlp') return mlpScript(context, problem);
  return problem.kind === 'csv-table' ? tableScript(context, problem) : gmrfScript(context, problem);
}
