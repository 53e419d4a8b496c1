/** What a run of one arm learned, in a few figures: what differs from kind to kind of relationship, said in its own words. */
import type { RunResult } from '../core/run-result.ts';

export interface Figure {
  readonly name: string;
  /** One for each run. */
  readonly values: readonly number[];
  /** Of how many, where there is a whole. */
  readonly of?: number;
}

type One = Omit<Figure, 'values'> & { readonly value: number };

/** Runs of one model on several splits: figures of one name together. */
export function learnedFigures(results: readonly RunResult[]): Figure[] {
  const all = results.map((result) => [...relationshipFigures(result), ...armFigures(result)]);
  return (all[0] ?? []).map(({ value: _value, ...about }) => ({
    ...about,
    values: all.flatMap((figures) => figures.filter(({ name }) => name === about.name).map(({ value }) => value)),
  }));
}

/** The relationship of an arm that takes one as it was learned; a control has the scale of one only. */
function relationshipFigures({ relationship, arms: [arm], agents }: RunResult): One[] {
  if (relationship === null || relationship === undefined || arm.relationship === 'complete') return [];
  const { prior, subspace, groups, laplacian } = relationship;
  if (subspace !== undefined) return [{ name: 'directions', value: subspace.rank, of: subspace.basis.length }];
  if (groups !== undefined) return [{ name: 'groups', value: groups.length }];
  if (prior !== undefined) return priorFigures(prior);
  if (laplacian === null) return [];
  const edges = laplacian.reduce((count, row, k) => count + row.filter((entry, l) => l > k && entry !== 0).length, 0);
  return [{ name: 'edges', value: edges, of: (agents.expected * (agents.expected - 1)) / 2 }];
}

/** Of the slopes, in standardised units: root mean squares. The intercept comes first. */
function priorFigures({ mean, covariance }: NonNullable<NonNullable<RunResult['relationship']>['prior']>): One[] {
  const slopes = mean.length - 1;
  const common = Math.sqrt(mean.slice(1).reduce((sum, value) => sum + value ** 2, 0) / slopes);
  const spread = Math.sqrt(covariance.reduce((sum, row, d) => sum + (d === 0 ? 0 : row[d]), 0) / slopes);
  return [
    { name: 'common slope', value: common },
    { name: 'spread', value: spread },
  ];
}

function armFigures({ problem, arms: [arm] }: RunResult): One[] {
  if (arm.eta !== null) return [{ name: 'eta', value: arm.eta }];
  return arm.relationship === 'none' && problem?.ridge !== undefined ? [{ name: 'ridge', value: problem.ridge }] : [];
}
