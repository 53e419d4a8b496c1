import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ajv } from 'ajv';
import { experimentJsonSchema, experimentReference } from '../../../config/describe.ts';
import { ESTIMATORS } from '../../../core/relationship/index.ts';
import { STRATEGIES } from '../../../core/strategy/index.ts';

test('the JSON Schema stands alone: plain JSON that accepts and refuses', () => {
  const schema = JSON.parse(JSON.stringify(experimentJsonSchema())) as Record<string, unknown>;
  const validate = new Ajv({ discriminator: true }).compile(schema);
  assert.ok(validate({ problem: { kind: 'gmrf-regression' } }));
  assert.ok(!validate({ problem: { kind: 'gmrf-regression', more: 1 } }));
  assert.ok(!validate({ problem: { kind: 'gmrf-regression' }, more: 1 }));
});

test('no object of the schema lets unknown keys through, and every key says what it is', () => {
  visit(experimentJsonSchema(), (node) => {
    if (node['properties'] === undefined) return;
    // What a module's options are, only the module knows.
    const isModule = (node['properties'] as Record<string, Record<string, unknown>>)['estimator']?.['pattern'] !== undefined;
    assert.equal(node['additionalProperties'], isModule);
    for (const [key, child] of Object.entries(node['properties'] as Record<string, Record<string, unknown>>)) {
      assert.ok(child['description'] !== undefined || child['const'] !== undefined, `${key} has a description`);
    }
  });
});

test('the reference names every key, strategy and estimator', () => {
  const text = experimentReference();
  const keys: string[] = [];
  visit(experimentJsonSchema(), (node) => keys.push(...Object.keys((node['properties'] as object | undefined) ?? {})));
  const names = [...Object.values(STRATEGIES), ...Object.values(ESTIMATORS)].map(({ name }) => name);
  for (const word of [...keys, ...names]) assert.ok(text.includes(word), word);
  assert.ok(text.includes('| `seed` | integer >= 0, <= 4294967295 | `1` |'));
  assert.ok(!text.includes('undefined') && !text.includes('[object'));
});

function visit(node: unknown, look: (node: Record<string, unknown>) => void): void {
  if (typeof node !== 'object' || node === null) return;
  if (!Array.isArray(node)) look(node as Record<string, unknown>);
  Object.values(node).forEach((child) => visit(child, look));
}
