/**
 * `import { ... } from 'kindred'`: what a module of one's own may use, in a run and in its own tests. Pure, and light
 * enough for an agent's process. The law suites are `kindred/testkit`.
 */
export { defineEstimator, defineProblem, defineStrategy } from './own/define.ts';
export type {
  Estimates,
  EstimatorModule,
  Own,
  OwnOptions,
  OwnTable,
  ProblemModule,
  StrategyModule,
  StreamModule,
  TableFacts,
  TableModule,
} from './own/define.ts';
export type { OwnStream, StreamFacts } from './own/stream.ts';

export { KindredError } from './errors.ts';
export { draw, Random } from './random.ts';
export type { Purpose } from './random.ts';

export { cholesky, choleskyInverse, choleskySolve } from './linalg/cholesky.ts';
export { combine, copy, fromRows, identity, trace, zeros } from './linalg/matrix.ts';
export type { Matrix } from './linalg/matrix.ts';

export type { DescentTask, GradientTask, SolveTask, Task } from './problem/problem.ts';
export type { OptionSchema } from './relationship/estimator.ts';
export type { LocalView } from './relationship/local-view.ts';
export type { Diagnostic } from './relationship/relationship.ts';
export { neighbourDifference, neighbourPull } from './strategy/coupling.ts';
export { gradientStep, solveLocally } from './strategy/local-step.ts';
export type { Inbox, Strategy, StrategyContext, StrategyRun } from './strategy/strategy.ts';
