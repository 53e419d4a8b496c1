/** `-c option=value` of `kindred learn`, held against the same schema as the section `relationship` of an experiment file. */
import { refuse, type Complaint, type Path, type Place } from '../config/complaints.ts';
import { applyOverrides, overrideOf, parseOverride, placeOfOverride } from '../config/overrides.ts';
import { estimatorSchema } from '../config/schema.ts';
import { complaintsAgainst } from '../config/validate.ts';
import { KindredError } from '../core/errors.ts';
import type { Estimator, EstimatorOptions } from '../core/relationship/estimator.ts';

/** The options by name. Throws USAGE; its place is the option as typed. */
export function learnOptions(estimator: Estimator, texts: readonly string[]): EstimatorOptions {
  const overrides = texts.map((text) => {
    if (!text.includes('=')) throw new KindredError('USAGE', 'must read option=value', { where: `-c ${text}` });
    return parseOverride(text);
  });
  const section = applyOverrides({ estimator: estimator.name }, overrides) as EstimatorOptions;
  const complaints = complaintsAgainst(estimatorSchema(estimator), section).map((complaint): Complaint => ({
    ...complaint,
    code: 'USAGE',
  }));
  refuse(complaints, (path: Path): Place => {
    const override = overrideOf(path, overrides);
    return override === undefined ? { text: estimator.name, order: 0 } : placeOfOverride(override);
  });
  const { estimator: _, ...options } = section;
  return options;
}
