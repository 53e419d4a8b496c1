/** Many agents: 64 as processes end in the bits of the simulator, and 1,000 simulated ones complete. Minutes on a busy machine. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { measure } from '../../bench/scale.ts';
import { digests, example, simulated } from '../support/experiments.ts';
import { projectRoot } from '../support/project.ts';

const SPARSE = join(projectRoot, 'examples', 'sparse.yaml');
const elsewhere = process.platform === 'linux' ? false : 'memory is read from /proc';

test('64 agents as processes', { skip: elsewhere }, async (context) => {
  const row = await measure(64, 'processes', SPARSE);
  context.diagnostic(`${row.seconds.toFixed(0)} s, ${row.memoryMB.toFixed(0)} MB in all`);
  assert.equal(row.status, 'completed');
  assert.deepEqual(row.digests, digests(simulated(example('sparse'))));
  // 66 processes: an agent has 14 to 20 MB of its own.
  assert.ok(row.memoryMB > 500 && row.memoryMB < 66 * 40, `${row.memoryMB} MB`);
});

test('1,000 agents simulated', { skip: elsewhere }, async (context) => {
  const row = await measure(1_000, 'simulated', SPARSE);
  context.diagnostic(`${row.seconds.toFixed(0)} s, ${row.memoryMB.toFixed(0)} MB`);
  assert.equal(row.status, 'completed');
  assert.ok(row.memoryMB < 2_000, `${row.memoryMB} MB`);
});
