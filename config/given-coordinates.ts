/**
 * A prior and a subspace are written in the coordinates of the run that learned them: its columns, in its units. They say the same of
 * other rows only where these are read and standardised as those were. Groups and graphs have no coordinates.
 */
import { usedAs } from '../core/relationship/index.ts';
import type { Standardization } from '../core/problem/standardize.ts';
import type { Complaint } from './complaints.ts';
import { hasTable, type Experiment, type TableSource } from './experiment.ts';
import { goesBy } from './goes-by.ts';
import type { RelationshipFile } from './relationship-file.ts';

type Complain = (message: string) => Complaint;

/** Features that a prior or a subspace is about; undefined of other kinds. */
function featuresOf(file: RelationshipFile): number | undefined {
  if (file.kind === 'prior') return (file['prior'] as { mean: number[] }).mean.length - 1;
  return file.kind === 'subspace' ? (file['subspace'] as { basis: number[][] }).basis.length : undefined;
}

/** By what the rows of a run are standardised whose arms go by a given prior or subspace: as those were that it was learned from. */
export function givenStandard(experiment: Experiment): Standardization | undefined {
  const { given } = experiment.relationship;
  const isUsed = given !== undefined && featuresOf(given) !== undefined && goesBy(experiment, usedAs(given.kind));
  const told = isUsed ? given.inputs.standardization : undefined;
  return told && { shift: Float64Array.from(told.shift), scale: Float64Array.from(told.scale) };
}

/** The first that is wrong: what follows from it is no news. */
export function coordinateComplaints({ problem }: Experiment, file: RelationshipFile, complain: Complain): Complaint[] {
  const features = featuresOf(file);
  if (features === undefined || !hasTable(problem)) return [];
  const before = file.inputs.problem;
  const wrong =
    columnsText(problem, features, before) ??
    valueText(before, { loss: 'loss' in problem ? problem.loss : undefined, target: problem.target, standardize: problem.standardize }) ??
    scaleText(file, features);
  return wrong === undefined ? [] : [complain(wrong)];
}

function columnsText({ features = [] }: TableSource, size: number, before: RelationshipFile['inputs']['problem']): string | undefined {
  const columns = (count: number): string => `${count} ${count === 1 ? 'feature' : 'features'}`;
  if (features.length !== size)
    return `it is about ${columns(size)}, the table has ${columns(features.length)}; choose the columns that it was learned from by problem.features`;
  const names = before['features'];
  if (!Array.isArray(names) || names.length !== size) return 'it does not say which columns it is about; only a run on a table writes one that can be given on';
  if (names.every((name, j) => name === features[j])) return undefined;
  const list = names.join(', ');
  const isOrder = names.every((name) => features.includes(name as string));
  return `it is about the columns ${list}, in this order (got ${features.join(', ')}); ${isOrder ? `write problem.features: [${list}]` : 'name the columns alike'}`;
}

function valueText(before: RelationshipFile['inputs']['problem'], now: Readonly<Record<string, unknown>>): string | undefined {
  for (const [key, value] of Object.entries(now))
    if (before[key] !== value) return `it was learned with problem.${key}: ${String(before[key])} (got ${String(value)}); its numbers mean something else here`;
  return undefined;
}

/** With per-agent everybody standardises by its own rows, there and here. */
function scaleText({ inputs: { problem, standardization } }: RelationshipFile, features: number): string | undefined {
  if (problem['standardize'] === 'per-agent') return undefined;
  const isWhole = standardization?.shift.length === features + 1 && standardization.scale.length === features + 1;
  return isWhole ? undefined : 'it does not say by which shifts and scales its rows were standardised; learn it again with this version';
}
