/** The words of findings fit their figures. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gateDiagnostic, priorDiagnostics } from '../../../../core/hierarchical/diagnostics.ts';
import { identity } from '../../../../core/linalg/matrix.ts';

const ofChain = (full: number) => {
  const posteriors = [{ mean: new Float64Array(2), covariance: identity(2), residual: 1 }];
  const prior = { mean: new Float64Array(2), covariance: identity(2) };
  return priorDiagnostics({ prior, noise: { byAgent: Float64Array.of(1), shape: 10 }, posteriors, iterations: { diagonal: 12, full } })[0];
};

test('a prior that stopped at its limit is told the limit that it reached', () => {
  assert.equal(ofChain(198).code, 'PRIOR_LEARNED');
  const { code, message } = ofChain(199);
  assert.equal(code, 'PRIOR_NOT_SETTLED');
  assert.match(message, /12 iterations with variances only, 199 with correlations: it stopped at its limit of 199;/);
});

test('a graph that makes things worse is not called better by a negative number', () => {
  const gate = (gain: number) => ({ gain, standardError: 0.1, isOpen: false });
  const worse = gateDiagnostic(gate(-0.05), true);
  assert.deepEqual([worse.code, worse.value], ['GRAPH_FORCED', -0.5]);
  assert.match(worse.message, /changes the held-out loss by 0\.0500 per row \(0\.5 standard errors worse\): it is used all the same/);
  assert.match(gateDiagnostic(gate(0.05), false).message, /by -0\.0500 per row \(0\.5 standard errors better\)/);
});
