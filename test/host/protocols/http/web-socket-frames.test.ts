import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { DaemonError } from '../../../../src/host/protocols/protocol.ts';
import { controlFrame, WebSocketFrames } from '../../../../src/host/protocols/http/web-socket-frames.ts';

/** A frame as a server sends it: RFC 6455, 5.2. */
const frame = (opcode: number, body: Buffer, fin = true): Buffer => {
  const size =
    body.length < 126
      ? Buffer.from([body.length])
      : Buffer.from(
          body.length < 65_536
            ? [126, body.length >> 8, body.length & 255]
            : [127, 0, 0, 0, 0, 0, body.length >> 16, (body.length >> 8) & 255, body.length & 255],
        );
  return Buffer.concat([Buffer.from([(fin ? 0x80 : 0) | opcode]), size, body]);
};

const read = (...pieces: readonly Buffer[]) => {
  const frames = new WebSocketFrames();
  return pieces.flatMap((piece) => frames.push(piece));
};

test('WebSocketFrames joins messages in fragments, split at any byte, with pings in between', () => {
  const text = 'ä'.repeat(40_000);
  const [first, second] = [Buffer.from(text).subarray(0, 101), Buffer.from(text).subarray(101)];
  const stream = Buffer.concat([
    frame(1, Buffer.from('short')),
    frame(1, first, false),
    frame(9, Buffer.from('are you there')),
    frame(0, second),
    frame(1, Buffer.alloc(300, 'x')),
    frame(10, Buffer.alloc(0)),
    frame(8, Buffer.from([3, 232])),
  ]);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 30_000 }), { minLength: 1 }), (sizes) => {
      const pieces: Buffer[] = [];
      for (let at = 0, turn = 0; at < stream.length; turn++) {
        const size = sizes[turn % sizes.length] ?? 1;
        pieces.push(stream.subarray(at, at + size));
        at += size;
        if (pieces.length > 2000) return;
      }
      expect(read(...pieces)).toEqual([
        { kind: 'message', text: 'short' },
        { kind: 'ping', body: Buffer.from('are you there') },
        { kind: 'message', text },
        { kind: 'message', text: 'x'.repeat(300) },
        { kind: 'close', code: 1000 },
      ]);
    }),
    { numRuns: 50 },
  );
});

test.each([
  ['a masked frame', Buffer.from([0x81, 0x85, 1, 2, 3, 4, 1, 2, 3, 4, 5])],
  ['an extension', Buffer.from([0xc1, 0])],
  ['an opcode that there is not', frame(3, Buffer.alloc(0))],
  ['a ping in pieces', frame(9, Buffer.alloc(1), false)],
  ['a long ping', frame(9, Buffer.alloc(126))],
  ['a piece of no message', frame(0, Buffer.alloc(1))],
  ['a message within a message', Buffer.concat([frame(1, Buffer.alloc(1), false), frame(1, Buffer.alloc(1))])],
  ['a frame without end', Buffer.from([0x81, 127, 127, 255, 255, 255, 255, 255, 255, 255])],
])('%s is refused', (_, bytes) => {
  expect(() => read(bytes)).toThrow(DaemonError);
});

test('WebSocketFrames parses or refuses any bytes', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 40 })), (pieces) => {
      let failure: unknown;
      try {
        read(...pieces.map((piece) => Buffer.from(piece)));
      } catch (error) {
        failure = error;
      }
      expect(failure === undefined || failure instanceof DaemonError).toBe(true);
    }),
  );
});

test('controlFrame masks its body', () => {
  // The example of RFC 6455, 5.7: a masked "Hello", here as a pong.
  expect(controlFrame('pong', Buffer.from('Hello'), Buffer.from([0x37, 0xfa, 0x21, 0x3d]))).toEqual(
    Buffer.from([0x8a, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58]),
  );
});
