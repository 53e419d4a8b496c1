/**
 * What estimators that run once on a complete set of reports share: gathering the reports and refusing bad ones.
 * Invariants: the first report of an agent counts, a repeated one changes nothing; only finite numbers get in.
 */
import { KindredError } from '../errors.ts';
import { LIMITS } from '../limits.ts';
import { zeros, type Matrix } from '../linalg/matrix.ts';
import { LAG_WINDOWS } from '../window-test.ts';
import { EVIDENCE_NAMES } from './estimator.ts';
import type { EstimatorOptions, Evidence, EvidenceName, EvidenceState } from './estimator.ts';

const refused = (detail: string): KindredError => new KindredError('ESTIMATES_INVALID', detail);

export function initEvidence(agents: number, options: EstimatorOptions): EvidenceState {
  if (!Number.isInteger(agents) || agents < LIMITS.agentsMin) throw refused(`at least ${LIMITS.agentsMin} agents are needed (got ${agents})`);
  return { agents, options, evidence: Array.from({ length: agents }, () => undefined) };
}

export function observeEvidence(state: EvidenceState, report: Evidence): EvidenceState {
  const { agent } = report;
  if (!Number.isInteger(agent) || agent < 0 || agent >= state.agents) throw refused(`agent ${agent} is unknown (there are 0 to ${state.agents - 1})`);
  for (const name of EVIDENCE_NAMES) checkFinite(agent, name, report[name]);
  if (state.evidence[agent] !== undefined) return state;
  return { ...state, evidence: state.evidence.with(agent, report) };
}

function checkFinite(agent: number, name: EvidenceName, values: Float64Array | undefined): void {
  const bad = values?.findIndex((value) => !Number.isFinite(value)) ?? -1;
  if (bad >= 0) throw refused(`agent ${agent} reported ${values![bad]} in ${name}[${bad}]; every number must be finite`);
}

/** What an agent reports that has one estimate and no history: its snapshots are the same, so that nothing moved between them. */
export function reportOfEstimate(agent: number, estimate: Float64Array, noise = 0): Evidence {
  return { agent, iterate: estimate, average: estimate, noise: Float64Array.of(noise), earlier: estimate, lag: Float64Array.of(LAG_WINDOWS) };
}

/** The named vectors of all agents as the rows of a K x M matrix. */
export function evidenceRows(state: EvidenceState, name: EvidenceName): Matrix {
  const rows = state.evidence.map((report, agent) => reported(report, agent, name));
  const dimension = rows[0].length;
  if (dimension === 0) throw refused(`agent 0 reported an empty ${name}`);
  const out = zeros(rows.length, dimension);
  rows.forEach((row, agent) => {
    if (row.length !== dimension) throw refused(`agent ${agent} reported ${row.length} numbers as ${name}, agent 0 ${dimension}`);
    out.data.set(row, agent * dimension);
  });
  return out;
}

/** The named single numbers of all agents (K), none negative. */
export function evidenceScalars(state: EvidenceState, name: EvidenceName): Float64Array {
  return Float64Array.from(state.evidence, (report, agent) => {
    const values = reported(report, agent, name);
    if (values.length !== 1 || values[0] < 0) throw refused(`agent ${agent} reported [${Array.from(values).join(', ')}] as ${name}; one number >= 0 is needed`);
    return values[0];
  });
}

function reported(report: Evidence | undefined, agent: number, name: EvidenceName): Float64Array {
  const values = report?.[name];
  if (values === undefined) throw refused(`agent ${agent} has not reported its ${name}`);
  return values;
}
