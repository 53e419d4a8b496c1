/** How one relationship differs from another of its kind: as a whole, and edge by edge where it has edges. */
import { KindredError } from '../errors.ts';
import { relativeError, laplacianEdges } from './compare.ts';
import { kindFormat, nounOf } from './kinds.ts';
import type { Relationship } from './relationship.ts';

export interface EdgeChange {
  readonly agents: readonly [number, number];
  /** 0 where there was none. */
  readonly before: number;
  readonly after: number;
}

export interface RelationshipDifference {
  readonly kind: string;
  /** ||after - before||_F / ||before||_F of the matrix that stands for it. */
  readonly relativeDifference: number;
  /** Each largest change first; null where neither has edges between agents. */
  readonly edges: {
    readonly unchanged: number;
    readonly gained: readonly EdgeChange[];
    readonly lost: readonly EdgeChange[];
    readonly changed: readonly EdgeChange[];
  } | null;
}

/** Throws RELATIONSHIPS_DIFFER where they cannot be compared. */
export function relationshipDifference(before: Relationship, after: Relationship): RelationshipDifference {
  if (before.kind !== after.kind) throw new KindredError('RELATIONSHIPS_DIFFER', `one is ${nounOf(before.kind)}, the other ${nounOf(after.kind)}`);
  const format = kindFormat(before.kind);
  const [one, other] = [format.matrix(before), format.matrix(after)];
  const hasEdges = before.laplacian !== undefined || after.laplacian !== undefined;
  if ((hasEdges || before.kind === 'covariance') && before.agents !== after.agents)
    throw new KindredError('RELATIONSHIPS_DIFFER', `one is about ${before.agents} agents, the other about ${after.agents}`);
  if (one.rows !== other.rows) throw new KindredError('RELATIONSHIPS_DIFFER', `one is of ${one.rows} parameters, the other of ${other.rows}`);
  return { kind: before.kind, relativeDifference: relativeError(other, one), edges: hasEdges ? edgeChanges(edgesOf(before), edgesOf(after)) : null };
}

type Edges = ReadonlyMap<string, readonly [number, number, number]>;

function edgesOf({ laplacian }: Relationship): Edges {
  const edges = laplacian === undefined ? [] : laplacianEdges(laplacian);
  return new Map(edges.map((edge) => [`${edge[0]}-${edge[1]}`, edge]));
}

function edgeChanges(before: Edges, after: Edges): RelationshipDifference['edges'] {
  const changes = [...new Map([...before, ...after])].map(([name, [k, l]]): EdgeChange => {
    return { agents: [k, l], before: before.get(name)?.[2] ?? 0, after: after.get(name)?.[2] ?? 0 };
  });
  const sorted = changes.sort((a, b) => Math.abs(b.after - b.before) - Math.abs(a.after - a.before));
  return {
    unchanged: sorted.filter((edge) => edge.before === edge.after).length,
    gained: sorted.filter((edge) => edge.before === 0),
    lost: sorted.filter((edge) => edge.after === 0),
    changed: sorted.filter((edge) => edge.before !== 0 && edge.after !== 0 && edge.before !== edge.after),
  };
}
