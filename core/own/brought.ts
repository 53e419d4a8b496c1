/**
 * The modules that this process was brought, by the name that its experiment gives them: their path as it is written there.
 * Registries ask here for names that are not built in. Bringing a name again replaces it; whoever runs an experiment brings
 * its modules first and compares their digests (config/own-module.ts), so that no run can take another one's.
 */
import type { Estimator } from '../relationship/estimator.ts';
import type { Strategy } from '../strategy/strategy.ts';
import { estimatorOfModule, type Own, type ProblemModule } from './define.ts';

const problems = new Map<string, ProblemModule>();
const strategies = new Map<string, Strategy>();
const estimators = new Map<string, Estimator>();

export function bring(name: string, own: Own): void {
  if (own.brings === 'problem') problems.set(name, own.problem);
  else if (own.brings === 'strategy') strategies.set(name, { ...own.strategy, name });
  else estimators.set(name, estimatorOfModule(name, own.estimator));
}

export function broughtProblem(name: string): ProblemModule | undefined {
  return problems.get(name);
}

export function broughtStrategy(name: string): Strategy | undefined {
  return strategies.get(name);
}

export function broughtEstimator(name: string): Estimator | undefined {
  return estimators.get(name);
}

/** `./problem.ts`, `mine/strategy.mjs`: a path to a module, no name of something built in. */
export function isModulePath(name: string): boolean {
  return /[/\\]|\.[cm]?[jt]s$/.test(name);
}
