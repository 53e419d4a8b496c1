/** Failure signatures of the chain in plain words, each with its figure (algorithms-3, section 4). */
import { LIMITS } from '../limits.ts';
import type { Diagnostic } from '../relationship/relationship.ts';
import { ITERATIONS_MAX, type Fit } from './chain.ts';
import { VARIANCE_MIN } from './covariance-step.ts';
import type { Verdict } from './guard.ts';
import type { Gate } from './gate.ts';
import { SHAPE_MIN } from './noise-step.ts';

const COMMON_SHARE = 0.5;
const UNSHARED_MAX = 0.05;
const SHAPE_HOMOGENEOUS = 500;
/** The last answer is what the prior is judged by, and improves it no more. */
const IMPROVEMENTS_MAX = ITERATIONS_MAX - 1;

export function priorDiagnostics(fit: Fit): Diagnostic[] {
  return [...aboutChain(fit), ...aboutSlopes(fit), ...aboutSharing(fit), ...aboutNoise(fit)];
}

function aboutChain({ iterations: { diagonal, full } }: Fit): Diagnostic[] {
  const counts = `${diagonal} iterations with variances only, ${full} with correlations`;
  if (Math.max(diagonal, full) < IMPROVEMENTS_MAX) return [{ code: 'PRIOR_LEARNED', message: counts, value: diagonal + full }];
  return [
    { code: 'PRIOR_NOT_SETTLED', message: `${counts}: it stopped at its limit of ${IMPROVEMENTS_MAX}; harmless so far as known`, value: diagonal + full },
  ];
}

/** Of a prior that was held: what these agents made of it. */
export function heldDiagnostics(fit: Fit): Diagnostic[] {
  return [...aboutSharing(fit), ...aboutNoise(fit)];
}

/** The intercept is everybody's own: slopes only. */
function aboutSlopes({ prior: { covariance } }: Fit): Diagnostic[] {
  const slopes = covariance.rows - 1;
  const common = Array.from({ length: slopes }, (_, j) => covariance.data[(j + 1) * (covariance.cols + 1)]).filter((v) => v <= 2 * VARIANCE_MIN).length;
  if (common < COMMON_SHARE * slopes) return [];
  const message = `${common} of ${slopes} slopes do not differ between the agents: one value for all is enough for them`;
  return [{ code: 'SLOPES_COMMON', message, value: common }];
}

/** V_jj / Sigma_jj = 1 / (1 + Sigma_jj A_jj / s): what of the prior's variance an agent's own rows leave. */
function aboutSharing({ prior: { covariance }, posteriors }: Fit): Diagnostic[] {
  const D = covariance.rows;
  let largest = 0;
  for (let j = 1; j < D; j++) {
    const left = posteriors.reduce((sum, one) => sum + one.covariance.data[j * D + j], 0) / posteriors.length;
    largest = Math.max(largest, left / covariance.data[j * D + j]);
  }
  if (!(largest < UNSHARED_MAX)) return [];
  const message = `the agents differ far more than their own rows leave open (at most ${(100 * largest).toFixed(1)} % of a slope's variance): nothing to share, the result is learning alone`;
  return [{ code: 'NOTHING_TO_SHARE', message, value: largest }];
}

/** shape 0: labels have no noise. */
function aboutNoise({ noise: { shape } }: Fit): Diagnostic[] {
  if (shape === 0) return [];
  if (shape < 1.001 * SHAPE_MIN) {
    const message = `the agents' noise differs as widely as can be (nu0 ${shape.toFixed(1)}): if the target is a label, use loss: logistic`;
    return [{ code: 'NOISE_NO_FAMILY', message, value: shape }];
  }
  if (shape <= SHAPE_HOMOGENEOUS) return [];
  return [{ code: 'NOISE_ALIKE', message: `the agents' noise is the same for all (nu0 ${shape.toFixed(0)})`, value: shape }];
}

/** Whether the graph on top is in use, and by which figure. */
export function gateDiagnostic({ gain, standardError }: Gate, isAdopted: boolean): Diagnostic {
  const z = gain / standardError;
  const figure = `the graph on top changes the held-out loss by ${(-gain).toPrecision(3)} per row (${Math.abs(z).toFixed(1)} standard errors ${z < 0 ? 'worse' : 'better'})`;
  if (isAdopted && z > 1) return { code: 'GRAPH_ADOPTED', message: `${figure}: it is used`, value: z };
  if (isAdopted) return { code: 'GRAPH_FORCED', message: `${figure}: it is used all the same, as asked for`, value: z };
  return { code: 'GRAPH_REFUSED', message: `${figure}: over-fitted or of no use, the prior alone is used`, value: z };
}

export function tooLargeDiagnostic(size: number): Diagnostic {
  const message = `${size} parameters of all agents together are too many to solve for over a graph (at most ${LIMITS.jointParametersMax}): the prior alone is used`;
  return { code: 'GRAPH_TOO_LARGE', message, value: size };
}

/** What the guard judged, in codes and sentences. */
const GUARDED = {
  prior: { helps: 'PRIOR_HELPS', harms: 'PRIOR_HARMS', text: 'the prior does not help, every agent learns alone' },
  subspace: { helps: 'SUBSPACE_HELPS', harms: 'SUBSPACE_HARMS', text: 'the subspace does not help, every agent learns alone' },
  groups: { helps: 'GROUPS_HELP', harms: 'GROUPS_HARM', text: 'the groups do not help, all who were judged learn alone' },
} as const;

/** What the guard found, and who learns alone by it. */
export function guardDiagnostic(arm: string, { change, fallBack }: Verdict, harmed: readonly number[], what: keyof typeof GUARDED = 'prior'): Diagnostic {
  const { helps, harms, text } = GUARDED[what];
  const figure = `leave-one-out error of all rows ${change < 0 ? '' : '+'}${(100 * (Math.sqrt(1 + change) - 1)).toFixed(1)} % against learning alone`;
  if (!(change < 0) && fallBack.every(Boolean)) return { code: harms, message: `${arm}: ${figure}; ${text}`, value: change };
  if (harmed.length === 0) return { code: helps, message: `${arm}: ${figure}; no agent falls back`, value: change };
  const message = `${arm}: ${figure}; better off alone, and left alone: agent ${harmed.join(', ')}`;
  return { code: 'AGENTS_FALL_BACK', message, value: harmed.length };
}
