/** What of a result must be the same bits however a run went: everything but time and traffic. */
import type { ArmResult, RunResult } from '../core/run-result.ts';

export type Outcome = Pick<RunResult, 'status' | 'relationship' | 'diagnostics' | 'agents' | 'problem'> & {
  readonly arms: readonly Omit<ArmResult, 'roundsPerSecond' | 'bytesSent'>[];
};

export function outcomeOf({ status, relationship, diagnostics, agents, problem, arms }: RunResult): Outcome {
  return {
    status,
    relationship,
    diagnostics,
    agents,
    ...(problem === undefined ? {} : { problem }),
    arms: arms.map(({ roundsPerSecond: _rate, bytesSent: _bytes, ...arm }) => arm),
  };
}

/** In words: where two outcomes differ first; empty where they do not. */
export function difference(expected: Outcome, found: Outcome): string {
  if (found.status !== expected.status) return `it ended as ${found.status}`;
  const arm = expected.arms.findIndex((one, i) => !isEqual(one, found.arms[i]));
  if (arm >= 0) return armDifference(expected.arms[arm], found.arms[arm]);
  if (!isEqual(expected.relationship, found.relationship)) return 'another relationship was learned';
  return isEqual(expected, found) ? '' : 'what it says about itself differs';
}

function armDifference(expected: Outcome['arms'][number], found: Outcome['arms'][number] | undefined): string {
  const name = `arm ${expected.strategy} (${expected.relationship})`;
  if (found === undefined) return `${name} is missing`;
  if (found.parametersSha256 !== expected.parametersSha256) return `${name} ended with other parameters`;
  const fields = Object.keys(expected).filter((field) => !isEqual(expected[field as keyof typeof expected], found[field as keyof typeof expected]));
  return `${name} ended with the same parameters and another ${fields.join(', ')}`;
}

/** Numbers of a result are finite: JSON keeps them apart. */
function isEqual(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
