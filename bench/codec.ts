/**
 * Vector frames, and protobuf's generated code, against a copy of the same bytes into a new buffer (T7). Both ways include
 * the checksum, decoding also the finite check.
 */
import { kindred } from '../proto/generated/wire.js';
import type { VectorHeader } from '../proto/messages.ts';
import { readVectorFrame, readVectorHeader, VectorFrameWriter } from '../proto/vector-frame.ts';
import { spreadOf } from './row.ts';
import type { Bound, Row } from './row.ts';

const REPETITIONS = 15;
const BYTES_PER_REPETITION = 32 * 1024 * 1024;
const DIMENSIONS = [1_000, 10_000, 100_000];
const { Frame } = kindred.wire;

type Contender = 'copyToNew' | 'encode' | 'decode' | 'generatedEncode' | 'generatedDecode';

function contenders(dimension: number): Record<Contender, () => void> {
  const values = Float64Array.from({ length: dimension }, (_, i) => Math.sin(i));
  const bytes = new Uint8Array(values.buffer);
  const out = new Float64Array(dimension);
  const header: VectorHeader = { epoch: 1, step: 70_000, durableStep: 0 };
  const read: VectorHeader = { epoch: 0, step: 0, durableStep: 0 };
  const writer = new VectorFrameWriter(dimension);
  const frame = new VectorFrameWriter(dimension).encode(header, values);
  return {
    copyToNew: () => void bytes.slice(),
    encode: () => void writer.encode(header, values),
    decode: () => {
      readVectorHeader(frame, read);
      readVectorFrame(frame, dimension, read, out);
    },
    generatedEncode: () => void Frame.encode({ epoch: 1, step: header.step, durableLag: header.step, vector: bytes }).finish(),
    generatedDecode: () => void Frame.decode(frame).vector?.slice(),
  };
}

function megabytesPerSecond(action: () => void, dimension: number): number {
  const calls = Math.ceil(BYTES_PER_REPETITION / (8 * dimension));
  const start = performance.now();
  for (let n = 0; n < calls; n++) action();
  return (8e-6 * dimension * calls) / ((performance.now() - start) / 1_000);
}

/** MB/s of every contender, one value a repetition, in turn. */
function speedsAt(dimension: number): Map<Contender, number[]> {
  const actions = Object.entries(contenders(dimension)) as [Contender, () => void][];
  const speeds = new Map<Contender, number[]>(actions.map(([name]) => [name, []]));
  for (let repetition = 0; repetition < REPETITIONS; repetition++) {
    for (const [name, action] of actions) speeds.get(name)!.push(megabytesPerSecond(action, dimension));
  }
  return speeds;
}

export function measureCodec(): Row[] {
  return DIMENSIONS.flatMap((dimension) => {
    const speeds = speedsAt(dimension);
    const copy = speeds.get('copyToNew')!;
    const row = (contender: Contender, what: string, hold?: Bound): Row => ({
      id: 'T7',
      name: `${what} a vector of ${dimension.toLocaleString('en')}: speed against memcpy into a new buffer`,
      ratio: spreadOf(speeds.get(contender)!.map((speed, i) => speed / copy[i])),
      pairs: REPETITIONS,
      ...(hold === undefined ? {} : { hold }),
    });
    return [
      row('encode', 'encode', { atLeast: 0.5 }),
      row('decode', 'decode', { atLeast: 0.5 }),
      row('generatedEncode', "protobuf's own code: encode"),
      row('generatedDecode', "protobuf's own code: decode"),
    ];
  });
}
