import assert from 'node:assert/strict';
import { test } from 'node:test';
import { COLUMN } from '../../../figures/frame.ts';
import { spectrumFigure, type Spectrum } from '../../../figures/spectrum.ts';
import { paperRun } from './fixtures.ts';
import { countOf, elementsOf, numbersOf, part } from './markup.ts';

const spectrum = (version: number, values: readonly number[], truth: readonly number[] | null = null, kind = 'precision'): Spectrum => ({
  version,
  kind,
  estimator: 'pinv',
  values,
  truth,
});

test('each eigenvalue is a dot at its rank and height, the truth a ring', () => {
  const svg = spectrumFigure([paperRun()], [[spectrum(1, [0, 2, 4], [0, 2, 8])]]);
  elementsOf(svg);
  const [learned, truth] = [part(svg, 'learned'), part(svg, 'true')];
  const [x, y] = [numbersOf(learned, 'cx'), numbersOf(learned, 'cy')];
  // Ranks 1 to 3 between 90 and 826; values 0 to 8.32 between 380 and 74.
  assert.deepEqual(x, [90, 458, 826]);
  assert.deepEqual(y, [380, 306.44, 232.88]);
  assert.deepEqual(numbersOf(truth, 'cy'), [380, 306.44, 85.77]);
  assert.match(svg, /learned, v1, pinv: 0 to 4\.00; true: 0 to 8\.00/);
});

test('of many versions four are drawn, first and last among them, in styles of their own', () => {
  const versions = Array.from({ length: 10 }, (_, i) => spectrum(i + 1, [0, 1 + i]));
  const svg = spectrumFigure([paperRun()], [versions], COLUMN);
  elementsOf(svg);
  assert.deepEqual(
    [...svg.matchAll(/data-name="learned, v(\d+),/g)].map((match) => Number(match[1])).sort((a, b) => a - b),
    [1, 4, 7, 10],
  );
  assert.equal(new Set([...svg.matchAll(/data-part="learned"><path[^>]* stroke="([^"]*)"/g)].map((match) => match[1])).size, 4);
});

test('a covariance over decades is drawn on a logarithmic axis', () => {
  const svg = spectrumFigure([paperRun()], [[spectrum(1, [0.001, 0.01, 0.1], null, 'prior')]]);
  const y = numbersOf(part(svg, 'learned'), 'cy');
  assert.ok(Math.abs(y[0] - 2 * y[1] + y[2]) < 0.03);
  assert.match(svg, /eigenvalue of the prior&#39;s covariance|eigenvalue of the prior's covariance/);
});

test('several seeds: mean, whisker and n; a version of another kind is left out', () => {
  const runs = [1, 2, 3].map((seed) => ({ ...paperRun(), seed }));
  const spectra = [1, 2, 3].map((top) => [spectrum(1, [9], null, 'prior'), spectrum(2, [0, top], [0, 2])]);
  const svg = spectrumFigure(runs, spectra);
  elementsOf(svg);
  assert.equal(countOf(svg, 'data-part="learned"'), 1);
  const dots = numbersOf(/data-part="learned".*?<\/g><circle.*?<\/g>/s.exec(svg)![0], 'cy');
  const [top, bottom] = [numbersOf(part(svg, 'interval'), 'y1')[0], numbersOf(part(svg, 'interval'), 'y2')[0]];
  // 2 ± 2.484 about the dot of 2.
  assert.ok(Math.abs((top + bottom) / 2 - dots[1]) < 0.02);
  assert.match(svg, /over n = 3 seeds/);
});

test('nothing stored is said', () => {
  assert.match(spectrumFigure([paperRun()], [[]]), /No relationship of this run is stored/);
});
