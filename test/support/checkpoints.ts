/** Checkpoints whose whole content follows from their step, so that any mixture of two is seen. */
import assert from 'node:assert/strict';
import { type Checkpoint, encodeCheckpoint } from '../../agent/checkpoint.ts';
import { draw } from '../../core/random.ts';

export function checkpointOf(step: number, dimension: number): Checkpoint {
  const random = draw(7, 3, 'jitter', step);
  const w = new Float64Array(dimension);
  for (let i = 0; i < dimension; i++) w[i] = (step + i) / 7;
  const frame = Uint8Array.from({ length: random.integer(40) }, () => random.integer(256));
  const history = [{ step, to: [1, 4], frame }];
  return {
    run: 'run-1',
    agent: 3,
    incarnation: 1 + random.integer(9),
    session: 'secret',
    stage: random.integer(9),
    step,
    cooperatingStep: step,
    vectors: new Map([['w', w]]),
    history,
  };
}

export const bytesOfStep = (step: number, dimension: number): Uint8Array => encodeCheckpoint(checkpointOf(step, dimension));

/** Throws unless it is bit for bit the checkpoint of its step. */
export function assertIntact(checkpoint: Checkpoint, dimension: number): void {
  assert.equal(
    Buffer.compare(encodeCheckpoint(checkpoint), bytesOfStep(checkpoint.step, dimension)),
    0,
    `the checkpoint of step ${checkpoint.step} is another`,
  );
}
