/** A process that saves checkpoints until it is killed: says what it loaded, then each step once it is durable. */
import { writeSync } from 'node:fs';
import { createFileCheckpointStore } from '../../agent/checkpoint-store.ts';
import { assertIntact, bytesOfStep } from './checkpoints.ts';

/** A checkpoint of about 256 KiB. */
const DIMENSION = 32 * 1024;

const store = createFileCheckpointStore(process.argv[2]);
const { checkpoint, notes } = store.load();
if (checkpoint !== undefined) assertIntact(checkpoint, DIMENSION);
const say = (line: object): void => void writeSync(1, `${JSON.stringify(line)}\n`);
say({ loaded: checkpoint?.step ?? 0, notes });
saveFrom((checkpoint?.step ?? 0) + 1);

function saveFrom(step: number): void {
  store.save(bytesOfStep(step, DIMENSION), (error) => {
    if (error !== undefined) throw error;
    say({ durable: step });
    saveFrom(step + 1);
  });
}
