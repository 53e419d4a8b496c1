import assert from 'node:assert/strict';
import { test } from 'node:test';
import { evidenceRows, evidenceScalars, initEvidence, observeEvidence } from '../../../../core/relationship/evidence.ts';
import { estimatorByName, ESTIMATORS } from '../../../../core/relationship/index.ts';

const refused = (message: RegExp) => ({ code: 'ESTIMATES_INVALID', message });
const row = (agent: number, ...values: number[]) => ({ agent, iterate: Float64Array.from(values), noise: Float64Array.of(0.5) });

test('reports are gathered by agent, in any order; a repeated one changes nothing', () => {
  const start = initEvidence(2, {});
  const state = observeEvidence(observeEvidence(start, row(1, 3, 4)), row(0, 1, 2));
  assert.deepEqual([...evidenceRows(state, 'iterate').data], [1, 2, 3, 4]);
  assert.deepEqual([...evidenceScalars(state, 'noise')], [0.5, 0.5]);
  assert.equal(observeEvidence(state, row(1, 9, 9)), state);
  assert.equal(start.evidence[1], undefined, 'states are not changed in place');
});

test('bad reports are refused in one clear line', () => {
  assert.throws(() => initEvidence(1, {}), refused(/at least 2 agents are needed \(got 1\)/));
  const one = observeEvidence(initEvidence(2, {}), row(0, 1, 2));
  assert.throws(() => observeEvidence(one, row(2, 1, 2)), refused(/agent 2 is unknown/));
  assert.throws(() => observeEvidence(one, row(1, 1, NaN)), refused(/agent 1 reported NaN in iterate\[1\]/));
  assert.throws(() => observeEvidence(one, row(1, -Infinity, 1)), refused(/-Infinity in iterate\[0\]/));
  assert.throws(() => evidenceRows(one, 'iterate'), refused(/agent 1 has not reported its iterate/));
  assert.throws(() => evidenceRows(observeEvidence(one, row(1, 1)), 'iterate'), refused(/agent 1 reported 1 numbers as iterate, agent 0 2/));
  assert.throws(() => evidenceRows(observeEvidence(one, row(1, 1, 2)), 'average'), refused(/agent 0 has not reported its average/));
  assert.throws(() => evidenceScalars(observeEvidence(one, { agent: 1, noise: Float64Array.of(-1) }), 'noise'), refused(/one number >= 0/));
});

test('the registry answers by name', () => {
  assert.deepEqual(Object.keys(ESTIMATORS), ['pinv', 'cgl', 'cgl-sparse', 'components', 'lagged', 'recursive', 'signed', 'neighbourhood', 'flooded']);
  for (const [name, estimator] of Object.entries(ESTIMATORS)) assert.equal(estimatorByName(name), estimator);
  assert.equal(estimatorByName('toString'), undefined);
  assert.ok(Object.entries(ESTIMATORS).every(([name, estimator]) => estimator.name === name));
});
