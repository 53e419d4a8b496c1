/** Failure signatures of a shared subspace, each made to happen: algorithms-2, C4. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { subspaceDiagnostics } from '../../../../core/subspace/diagnostics.ts';
import { learnTogether, plant, type LearnOptions, type PlantedSetting } from '../../../../study/planted-subspace.ts';

const SETTING: PlantedSetting = { d: 12, k: 2, T: 80, N: 25, sigma: 0.3 };

function codes(change: Partial<PlantedSetting> = {}, options: LearnOptions = {}): string[] {
  const setting = { ...SETTING, ...change };
  return subspaceDiagnostics(learnTogether(plant(setting, 1), options), setting.T).map(({ code }) => code);
}

test('where all is well it says how it was learned, no more', () => assert.deepEqual(codes(), ['SUBSPACE_LEARNED']));

test('a step too long for correlated features does not settle, and it is said that it does not fall', () => {
  const fit = learnTogether(plant({ ...SETTING, correlation: 0.7 }, 1), { rank: 2 });
  const found = subspaceDiagnostics(fit, SETTING.T).find(({ code }) => code === 'SUBSPACE_NOT_SETTLED');
  assert.match(found!.message, /60 rounds; .*does not fall/);
  assert.deepEqual(codes({ correlation: 0.7 }, { rank: 2, whiten: true }), ['SUBSPACE_LEARNED']);
});

test('rounds that were cut are said to have been falling still', () => {
  const fit = learnTogether(plant({ ...SETTING, headCondition: 10 }, 1), { variant: { precondition: false, roundsMax: 8 } });
  assert.match(subspaceDiagnostics(fit, SETTING.T)[0].message, /still falling/);
});

test('more directions than there are, and fewer', () => {
  assert.ok(codes({}, { rank: 4, whiten: true }).includes('RANK_UNCERTAIN'));
  assert.ok(codes({}, { rank: 1, whiten: true }).includes('RANK_UNCERTAIN'));
});

test('heads that hardly use a direction', () =>
  assert.ok(codes({ headCondition: 1000, sigma: 0.05 }, { rank: 2, whiten: true }).includes('HEADS_NEARLY_DEPENDENT')));

test('too few rows for least squares', () => assert.ok(codes({ N: 5 }, { rank: 2, whiten: true }).includes('HEADS_SHRUNK')));

test('figures are finite without noise, and where the targets say nothing', () => {
  const planted = plant({ ...SETTING, sigma: 0 }, 1);
  const silent = { ...planted, rows: planted.rows.map((own) => ({ ...own, y: own.y.map(() => 0) })) };
  const one = {
    ...planted,
    slopes: planted.slopes.map(() => planted.slopes[0]),
    rows: planted.rows.map(({ x, ...own }) => ({ ...own, x, y: own.y.map((_, i) => x[12 * i]) })),
  };
  for (const each of [planted, silent, one])
    for (const { code, value } of subspaceDiagnostics(learnTogether(each, { rank: 2, whiten: true }), SETTING.T)) assert.ok(Number.isFinite(value), code);
});
