import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeFrame, FrameReader, ProtocolError } from '../../../src/host/collector/frames.ts';

const read = (...chunks: readonly (string | Buffer)[]) => {
  const reader = new FrameReader();
  return chunks.flatMap((chunk) => reader.push(Buffer.from(chunk)));
};

describe('frames', () => {
  test('are decoded unchanged when the stream is split anywhere', () => {
    const frame = fc.record({
      name: fc.string(),
      body: fc.option(fc.uint8Array({ maxLength: 300 }), { nil: undefined }),
    });
    fc.assert(
      fc.property(fc.array(frame), fc.array(fc.integer({ min: 1, max: 50 })), (frames, cuts) => {
        const whole = Buffer.concat(
          frames.map(({ name, body }) => encodeFrame({ name }, body ? Buffer.from(body) : undefined)),
        );
        const chunks: Buffer[] = [];
        for (let at = 0, turn = 0; at < whole.length; turn++) {
          const size = cuts[turn % Math.max(1, cuts.length)] ?? 7;
          chunks.push(whole.subarray(at, at + size));
          at += size;
        }
        const out = read(...chunks);
        expect(out.map(({ head }) => head['name'])).toEqual(frames.map(({ name }) => name));
        expect(out.map(({ body }) => [...body])).toEqual(frames.map(({ body }) => [...(body ?? [])]));
      }),
    );
  });

  test.each([
    ['a body of negative length', '{"n":-1}\n'],
    ['a body without end', '{"n":1e12}\n'],
    ['a body of half a byte', '{"n":0.5}\n'],
    ['a body of words', '{"n":"7"}\n'],
    ['no object', '[1,2]\n'],
    ['no JSON', 'Welcome to Ubuntu!\n'],
  ])('%s is refused', (_, text) => {
    expect(() => read(text)).toThrow(ProtocolError);
  });

  test('a header without an end is refused', () => {
    const reader = new FrameReader();
    expect(() => {
      for (let sent = 0; sent < 6; sent++) reader.push(Buffer.alloc(1 << 20, 'x'));
    }).toThrow(/header of more than/);
  });
});
