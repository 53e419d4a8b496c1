/** A relationship file as one of another kind: what it says of itself stays, but for what was measured of the former kind. */
import { convert, type RelationshipKind } from '../core/relationship/convert.ts';
import { spectrumOf } from '../core/relationship/kinds.ts';
import { relationshipFile, type StoredRelationship } from './relationship-file.ts';

/** Itself where it is of that kind. Throws RELATIONSHIP_NOT_CONVERTED. */
export function convertedFile(stored: StoredRelationship, kind: RelationshipKind): StoredRelationship {
  if (stored.file.kind === kind) return stored;
  const { version, agentNames, estimator, options, contributors, missing, inputs, diagnostics, given } = stored.file;
  const { relationship, diagnostics: made } = convert(stored.relationship, kind);
  const file = relationshipFile(relationship, {
    version,
    agentNames,
    estimator,
    options,
    contributors,
    missing,
    inputs,
    given,
    spectrum: spectrumOf(relationship),
    expectedError: null,
    relativeError: null,
    truth: null,
    diagnostics: [...diagnostics, ...made],
  });
  return { file, relationship };
}
