/**
 * The relationship that an experiment is given: read before the arms are known, since their default goes by its kind, and kept as
 * what the arms go by. An arm of its own kind takes it as it is (groups: `grouped`, a subspace: `shared-representation`,
 * a prior: `hierarchical`); arms over a graph take the precision that it is, or is converted to.
 */
import { KindredError } from '../core/errors.ts';
import type { RelationshipKind } from '../core/relationship/convert.ts';
import { usedAs } from '../core/relationship/index.ts';
import { kindFormat, nounOf } from '../core/relationship/kinds.ts';
import type { Relationship } from '../core/relationship/relationship.ts';
import { STRATEGIES } from '../core/strategy/index.ts';
import type { Complaint } from './complaints.ts';
import { convertedFile } from './converted-relationship.ts';
import { isStream, type Experiment } from './experiment.ts';
import { coordinateComplaints } from './given-coordinates.ts';
import { goesBy } from './goes-by.ts';
import type { RelationshipFile, StoredRelationship } from './relationship-file.ts';

/** What a file holds. */
export function heldBy(file: RelationshipFile): Relationship {
  return kindFormat(file.kind).fromJson(file, file.agents);
}

/** A prior and a subspace say something of agents whom nobody has met; graphs and groups are of their own agents, by number. */
export function isOfAnybody(kind: RelationshipKind): boolean {
  return kind === 'prior' || kind === 'subspace';
}

/** The given relationship as this kind: itself where it is of it. Throws RELATIONSHIP_NOT_CONVERTED. */
export function givenAs(file: RelationshipFile, kind: RelationshipKind): StoredRelationship {
  return convertedFile({ file, relationship: heldBy(file) }, kind);
}

/** What is given of exactly this kind, for the arms that go by it. */
export function heldOf<Kind extends RelationshipKind>(
  { relationship: { given } }: Experiment,
  kind: Kind,
): { readonly file: RelationshipFile; readonly held: Extract<Relationship, { kind: Kind }> } | undefined {
  return given?.kind === kind ? { file: given, held: heldBy(given) as Extract<Relationship, { kind: Kind }> } : undefined;
}

/** The experiment with its file as what its arms go by: as it is, unless only arms over a graph are there. Throws RELATIONSHIP_NOT_CONVERTED. */
export function withArmsKind(experiment: Experiment): Experiment {
  const { given } = experiment.relationship;
  if (given === undefined || !goesBy(experiment, 'relationship')) return experiment;
  const precision = asPrecision(given);
  const isOwn = given.kind !== 'covariance' && goesBy(experiment, usedAs(given.kind));
  return isOwn ? experiment : { ...experiment, relationship: { ...experiment.relationship, given: precision } };
}

/** A subspace has no graph: whoever gives one to arms over a graph is told which arm goes by it. */
function asPrecision(given: RelationshipFile): RelationshipFile {
  try {
    return givenAs(given, 'precision').file;
  } catch (error) {
    if (!(error instanceof KindredError) || given.kind !== 'subspace') throw error;
    throw new KindredError(error.code, `${error.detail}; strategy: shared-representation goes by a subspace, on a table and without arms over a graph`, {
      cause: error,
    });
  }
}

/** What does not fit between a given file and the experiment. */
export function givenComplaints(experiment: Experiment): Complaint[] {
  const { agents, relationship } = experiment;
  const { given } = relationship;
  if (given === undefined) return [];
  const [isGraph, isOwn] = [goesBy(experiment, 'relationship'), goesBy(experiment, usedAs(given.kind))];
  if (!isGraph && !isOwn) return [complaint(unusedText(given.kind, experiment))];
  if ((isGraph || !isOfAnybody(given.kind)) && given.agents !== agents) return [complaint(`it is about ${given.agents} agents, the experiment has ${agents}`)];
  return isOwn ? [...headsComplaints(given), ...coordinateComplaints(experiment, given, complaint)] : [];
}

/** Streams, and losses of one's own, know graphs only: there a prior or groups are used as what they are converted to. */
function unusedText(kind: RelationshipKind, { problem }: Experiment): string {
  const knowsGraphs = isStream(problem) || (problem.kind === 'csv-table' && problem.loss === 'own');
  const over = knowsGraphs && kind !== 'subspace' ? 'relationship' : usedAs(kind);
  const { name } = STRATEGIES.find(({ cooperatesOver }) => cooperatesOver === over)!;
  return `it holds ${nounOf(kind)}, and no arm goes by a file of this kind; ${name} does`;
}

/** Agents that learn a subspace among themselves never make its features white. */
function headsComplaints(given: RelationshipFile): Complaint[] {
  const held = heldBy(given);
  if (held.kind !== 'subspace' || held.heads !== undefined) return [];
  return [
    complaint('it does not say how heads in its basis are shrunk (host: agents, or an earlier version, wrote it); learn it again with host: coordinator'),
  ];
}

function complaint(message: string): Complaint {
  return { code: 'CONFIG_INVALID', path: ['relationship', 'file'], message };
}
