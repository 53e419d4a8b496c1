/** What the interface defines and this version does not have: recognised before the schema, so that it is not called a mistake. */
import { shown, type Complaint, type Path } from './complaints.ts';
import { estimatorNames, laterEstimators, laterStrategies, strategyNames } from './vocabulary.ts';

type Section = Readonly<Record<string, unknown>>;

export function unsupportedComplaints(value: unknown): Complaint[] {
  const file = section(value);
  const complaints: Complaint[] = [];
  const later = (path: Path, what: string, here: readonly string[]) =>
    complaints.push({ code: 'CONFIG_UNSUPPORTED', path, message: `${what} comes in a later version; this one has ${here.join(', ')}` });

  const estimator = section(file['relationship'])['estimator'];
  if (typeof estimator === 'string' && laterEstimators().includes(estimator)) later(['relationship', 'estimator'], shown(estimator), estimatorNames());
  armsOf(file).forEach((arm, i) => {
    const strategy = arm['strategy'];
    if (typeof strategy === 'string' && laterStrategies().includes(strategy)) later(['cooperate', 'arms', i, 'strategy'], shown(strategy), strategyNames());
  });
  return complaints;
}

function armsOf(file: Section): Section[] {
  const arms = section(file['cooperate'])['arms'];
  return Array.isArray(arms) ? arms.map(section) : [];
}

function section(value: unknown): Section {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Section) : {};
}
