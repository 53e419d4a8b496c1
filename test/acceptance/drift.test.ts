/** The setting of the study (algorithms-1, section 3 (d)), mean of three seeds, without a network. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadExperiment } from '../../config/load.ts';
import { drift } from '../../study/drift.ts';
import type { RunOne } from '../../study/study.ts';
import { direct, output } from '../support/experiments.ts';

const run: RunOne = (file, overrides, seed) =>
  direct(loadExperiment('drift.yaml', { overrides: [...overrides, `seed=${seed}`], outputDirectory: output, environment: {}, readFile: () => file }));

test('learning on under drift: every finding of the study holds', (context) => {
  const findings = drift.findings([1, 2, 3], run);
  for (const { setting, quantity, mean, standardError, band } of findings)
    context.diagnostic(
      `${quantity}, ${setting}: ${mean.toFixed(4)} +- ${standardError?.toFixed(4)}, asked ${band?.low?.toFixed(4) ?? ''} to ${band?.high?.toFixed(4) ?? ''}`,
    );
  assert.deepEqual(
    findings.filter(({ holds }) => holds === false).map(({ quantity }) => quantity),
    [],
  );
});
