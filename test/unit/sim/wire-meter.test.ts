/** What a run without a network is said to send is what the simulated one sends. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { runDirectly } from '../../../sim/direct-run.ts';
import { WireMeter } from '../../../sim/wire-meter.ts';
import { example, simulated } from '../../support/experiments.ts';

const readFile = (path: string): string => readFileSync(path, 'utf8');

test('vectors between agents: the traffic of the arms, but for greetings', () => {
  const arms = ['{strategy: consensus}', '{strategy: multitask, relationship: complete, eta: 0.1}', '{strategy: multitask, eta: 0.1}'];
  const experiment = example('us-states', ['cooperate.steps=12', `cooperate.arms=[${arms.join(', ')}]`]);
  const wire = new WireMeter();
  runDirectly({ experiment, runId: 'metered', readFile, wire });
  const sent = simulated(experiment).arms.reduce((sum, { bytesSent }) => sum + bytesSent, 0);
  assert.ok(Math.abs(wire.vectorBytes / sent - 1) < 0.01, `${wire.vectorBytes} of ${sent}`);
});

test('stages: eight bytes for every number of a report, both ways', () => {
  const wire = new WireMeter();
  const values = [new Map([['parameters', new Float64Array(1000)]])];
  wire.stage(1, [{ kind: 'moments' }], values);
  assert.ok(wire.stageBytes > 8000 && wire.stageBytes < 8100, `${wire.stageBytes}`);
});
