/** `import { ... } from 'kindred/testkit'`: the law suites, for your own tests of your own parts. */
export { checkEstimator } from './estimator-laws.ts';
export type { LawOptions } from './estimator-laws.ts';
export type { LawResult } from './law-result.ts';
export { checkOwnStream } from './own-stream-laws.ts';
export { checkOwnTable } from './own-table-laws.ts';
export { checkProblem } from './problem-laws.ts';
export type { ProblemSubject } from './problem-laws.ts';
export { checkStrategy } from './strategy-laws.ts';
