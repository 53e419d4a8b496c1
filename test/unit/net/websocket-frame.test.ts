import assert from 'node:assert/strict';
import test from 'node:test';
import * as ws from 'ws';
import { type Masking, webSocketHeaderBytes, WebSocketFrameWriter } from '../../../net/websocket-frame.ts';

const LENGTHS = [0, 1, 2, 3, 4, 5, 125, 126, 127, 8_017, 65_535, 65_536, 65_537, 70_001];

/** ws exports it; its types do not. */
const { Sender } = ws as unknown as { Sender: { frame(data: Buffer, options: object): Buffer[] } };

/** What ws makes of the payload with this mask. */
function reference(payload: Buffer, mask: Buffer | undefined): Buffer {
  const options = { fin: true, rsv1: false, opcode: 2, mask: mask !== undefined, readOnly: true, generateMask: (target: Buffer) => void mask!.copy(target) };
  return Buffer.concat(Sender.frame(payload, options));
}

for (const masking of ['none', 'zero', 'random'] as const satisfies Masking[]) {
  test(`the bytes are those of ws, masking ${masking}`, () => {
    const writer = new WebSocketFrameWriter(masking);
    for (const length of [...LENGTHS, ...LENGTHS.toReversed()]) {
      const payload = Buffer.from(Uint8Array.from({ length }, (_, i) => (i * 31 + length) % 256));
      const packed = writer.pack(payload);
      const header = webSocketHeaderBytes(length, masking);
      assert.equal(packed.length, header + length);
      const expected = reference(payload, masking === 'none' ? undefined : packed.subarray(header - 4, header));
      assert.equal(Buffer.compare(packed, expected), 0, `length ${length}`);
    }
  });
}

test('random masks differ, zero masks are zero', () => {
  const maskOf = (writer: WebSocketFrameWriter): string => writer.pack(Buffer.alloc(1)).subarray(2, 6).toString('hex');
  const random = new WebSocketFrameWriter('random');
  assert.ok(new Set(Array.from({ length: 3_000 }, () => maskOf(random))).size > 2_990);
  assert.equal(maskOf(new WebSocketFrameWriter('zero')), '00000000');
});

test('a buffer that was given away is not written again', () => {
  const writer = new WebSocketFrameWriter('none');
  const first = writer.pack(Buffer.from('first'));
  writer.giveAway();
  const second = writer.pack(Buffer.from('other'));
  assert.deepEqual([first.subarray(2).toString(), second.subarray(2).toString()], ['first', 'other']);
  assert.equal(writer.pack(Buffer.from('third')).buffer, second.buffer);
});
