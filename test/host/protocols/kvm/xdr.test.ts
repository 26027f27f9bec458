import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  encodeFrame,
  FrameReader,
  REMOTE_PROGRAM,
  type Frame,
} from '../../../../src/host/protocols/kvm/libvirt-frames.ts';
import { XdrError, XdrReader, XdrWriter } from '../../../../src/host/protocols/kvm/xdr.ts';

test('XdrReader reads what XdrWriter wrote when values need padding', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.integer(), fc.nat(), (text, signed, unsigned) => {
      const bytes = new XdrWriter()
        .string(text)
        .int(signed)
        .uint(unsigned)
        .optionalString(undefined)
        .optionalString(text)
        .bytes();
      expect(bytes.length % 4).toBe(0);
      const reader = new XdrReader(bytes);
      expect([reader.string(), reader.int(), reader.uint(), reader.optionalString(), reader.optionalString()]).toEqual([
        text,
        signed | 0,
        unsigned,
        undefined,
        text,
      ]);
      expect(reader.left).toBe(0);
    }),
  );
});

test('XdrReader throws when a length exceeds the message', () => {
  const lie = (): XdrReader => new XdrReader(new XdrWriter().uint(0xff_ff_ff_ff).uint(1).bytes());
  expect(() => lie().string()).toThrow(XdrError);
  expect(() => lie().array(() => 1)).toThrow(XdrError);
  expect(() => new XdrReader(Buffer.alloc(7)).unsignedHyper()).toThrow(XdrError);
});

const anyFrame: fc.Arbitrary<Frame> = fc.record({
  program: fc.constant(REMOTE_PROGRAM),
  procedure: fc.integer(),
  type: fc.nat(5),
  serial: fc.nat(),
  status: fc.nat(2),
  payload: fc.uint8Array({ maxLength: 70 }).map((bytes) => Buffer.from(bytes)),
});

test('FrameReader gives whole frames when bytes are split anywhere', () => {
  fc.assert(
    fc.property(
      fc.array(anyFrame, { maxLength: 6 }),
      fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }),
      (sent, sizes) => {
        const bytes = Buffer.concat(sent.map(encodeFrame));
        const reader = new FrameReader();
        const got: Frame[] = [];
        for (let at = 0, turn = 0; at < bytes.length; turn++) {
          const end = at + (sizes[turn % sizes.length] ?? 1);
          got.push(...reader.push(bytes.subarray(at, end)));
          at = end;
        }
        expect(got.map((frame) => ({ ...frame, payload: [...frame.payload] }))).toEqual(
          sent.map((frame) => ({ ...frame, payload: [...frame.payload] })),
        );
      },
    ),
  );
});

test.each([0, 27, 16_777_221, 0xff_ff_ff_ff])('a message that claims %i bytes is none', (length) => {
  expect(() => new FrameReader().push(new XdrWriter().uint(length).bytes())).toThrow(XdrError);
});
