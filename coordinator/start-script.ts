/** Which script a problem runs by. */
import { gmrfScript } from './gmrf-script.ts';
import type { Script, ScriptContext } from './script.ts';
import { tableScript } from './table-script.ts';

export function startScript(context: ScriptContext): Script {
  return context.experiment.problem.kind === 'gmrf-regression'
    ? gmrfScript(context, context.experiment.problem)
    : tableScript(context, context.experiment.problem);
}
