/** Whatever the form of faults says is an entry of an experiment file, and its YAML reads back as that entry. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'yaml';
import { emptyForm, entryOf, yamlOf, type FaultForm } from '../../../web/model/fault-entry.ts';
import { load } from '../config/fixture.ts';

const FORMS: readonly (readonly [Partial<FaultForm>, unknown])[] = [
  [{}, { link: '0<->1', delay: '100ms', for: '10s' }],
  [
    { from: 'all', delay: '', loss: '20', duration: '' },
    { link: 'all', loss: '20%' },
  ],
  [
    { bothWays: false, jitter: '5', bandwidth: '64', unit: 'rounds' },
    { link: '0->1', delay: '100ms', jitter: '5ms', bandwidth: '64kB/s', for: '10 rounds' },
  ],
  [
    { kind: 'cut', to: 'coordinator' },
    { link: '0<->coordinator', blackhole: true, for: '10s' },
  ],
  [{ kind: 'partition' }, { partition: [['0-4'], ['5-9']], for: '10s' }],
  [
    { kind: 'partition', groups: '0, 1 2|3' },
    { partition: [[0, 1, 2], [3]], for: '10s' },
  ],
  [
    { kind: 'pause', agent: '3' },
    { pause: 3, for: '10s' },
  ],
  [
    { kind: 'kill', agent: 'coordinator' },
    { kill: 'coordinator', restartAfter: '5s' },
  ],
  [{ kind: 'kill', agent: '7', restartAfter: '' }, { kill: 7 }],
];

for (const [change, expected] of FORMS) {
  const entry = entryOf({ ...emptyForm(10), ...change });
  test(`${yamlOf(entry)}: what is shown is what is sent, and an experiment file takes it`, () => {
    assert.deepEqual(entry, expected);
    assert.deepEqual(parse(yamlOf(entry)), [entry]);
    const file = `name: x\nagents: 10\nproblem: { kind: gmrf-regression, dimension: 20 }\ncooperate: { steps: 10 }\nfaults:\n  ${yamlOf(entry)}\n`;
    assert.equal(load(file).faults.length, 1);
  });
}

test('what a person types wrong is left for the server to refuse', () => {
  const entry = entryOf({ ...emptyForm(10), delay: 'fast, or "x" }' });
  assert.deepEqual(parse(yamlOf(entry)), [entry]);
});
