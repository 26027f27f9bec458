import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { bsonBytes, bsonDocument, type CommandValue } from '../../../../src/host/protocols/mongodb/bson.ts';
import { DaemonError } from '../../../../src/host/protocols/protocol.ts';

const hex = (text: string): Buffer => Buffer.from(text, 'hex');

// Canonical bytes of the BSON corpus of the specifications for drivers (source/bson-corpus/tests).
test.each([
  ['empty document', '0500000000', {}],
  ['document', '160000000378000E0000000261000200000062000000', { x: { a: 'b' } }],
  ['array', '140000000461000C0000001030000A0000000000', { a: [10] }],
  ['double', '10000000016400000000000000F03F00', { d: 1 }],
  ['string', '190000000261000D0000006162616261626162616261620000', { a: 'abababababab' }],
  ['binary', '0D000000057800000000000000', { x: null }],
  ['object id', '1400000007610056E1FC72E0C917E9C471416100', { a: null }],
  ['boolean', '090000000862000100', { b: true }],
  ['datetime', '10000000096100C5D8D6CC3B01000000', { a: 1_356_351_330_501 }],
  ['null', '080000000A610000', { a: null }],
  ['regex', '0F0000000B610061626300696D0000', { a: null }],
  ['int32', '0C0000001069000100000000', { i: 1 }],
  ['timestamp', '100000001161002A00000015CD5B0700', { a: 123_456_789 }],
  ['int64', '10000000126100010000000000000000', { a: 1 }],
  ['decimal', '180000001364000000000000000000000000000000FC7C00', { d: null }],
  ['minimum key', '08000000FF610000', { a: null }],
])('bsonDocument decodes a %s', (_, bytes, value) => {
  expect(structuredClone({ ...bsonDocument(hex(bytes)) })).toEqual(value);
});

// Decoding errors of the same corpus.
test.each([
  ['document length too long', '0600000000'],
  ['document without its end', '0500000001'],
  ['negative length', 'FFFFFFFF00'],
  ['string length of zero', '0C0000000261000000000000'],
  ['string length below zero', '0C000000026100FFFFFFFF0000'],
  ['string past the end', '0C0000000261000500000062006200'],
  ['string without its end', '0E00000002610002000000626300'],
  ['double truncated', '0B0000000164000000F03F00'],
  ['inner document past the end', '1800000003666F6F000F0000001062617200FFFFFF7F0000'],
  ['name without its end', '070000000A6161'],
  ['unknown type', '07000000800000'],
  ['binary of a negative length', '1D000000057800FFFFFFFF0073FFD26444B34C6990E8E7D1DFC035D400'],
])('bsonDocument refuses a %s', (_, bytes) => {
  expect(() => bsonDocument(hex(bytes))).toThrow(DaemonError);
});

test('bsonDocument keeps a field __proto__ as a field', () => {
  const document = bsonDocument(bsonBytes(JSON.parse('{"__proto__": {"a": 1}}') as Record<string, CommandValue>));
  expect(Object.keys(document)).toEqual(['__proto__']);
  expect(({} as { readonly a?: unknown }).a).toBeUndefined();
});

test('bsonDocument refuses documents nested too deep', () => {
  let bytes = bsonBytes({});
  for (let level = 0; level < 5000; level++) {
    const length = Buffer.alloc(4);
    length.writeInt32LE(bytes.length + 8);
    bytes = Buffer.concat([length, Buffer.from([3, 97, 0]), bytes, Buffer.from([0])]);
  }
  expect(() => bsonDocument(bytes)).toThrow(/nested/);
});

test('bsonDocument refuses more values than are needed for any reply', () => {
  const values = Buffer.alloc(200_001 * 2, Buffer.from([0x0a, 0]));
  const length = Buffer.alloc(4);
  length.writeInt32LE(values.length + 5);
  expect(() => bsonDocument(Buffer.concat([length, values, Buffer.from([0])]))).toThrow(/values/);
});

const values: fc.Arbitrary<CommandValue> = fc.letrec<{ readonly value: CommandValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.string(),
    fc.boolean(),
    fc.integer(),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.string().filter((name) => !name.includes('\0') && name !== '__proto__'), tie('value'), { maxKeys: 4 }),
  ),
})).value; // prettier-ignore

test('bsonDocument decodes what bsonBytes encodes', () => {
  fc.assert(
    fc.property(values, (value) => {
      expect(JSON.stringify(bsonDocument(bsonBytes({ value })))).toBe(JSON.stringify({ value }));
    }),
  );
});

/** What the decoder throws that is not its own refusal. */
const wrongError = (bytes: Buffer): unknown => {
  try {
    bsonDocument(bytes);
  } catch (error) {
    if (!(error instanceof DaemonError)) return error;
  }
  return undefined;
};

test('bsonDocument refuses arbitrary bytes with a reason', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      expect(wrongError(Buffer.from(bytes))).toBeUndefined();
    }),
  );
});

test('bsonDocument survives a document with changed, cut and repeated bytes', () => {
  fc.assert(
    fc.property(values, fc.nat(), fc.nat({ max: 255 }), fc.nat(), (value, at, byte, cut) => {
      const bytes = bsonBytes({ value, a: 'text', b: [1, 2], c: { d: true } });
      bytes[at % bytes.length] = byte;
      expect(wrongError(bytes)).toBeUndefined();
      expect(wrongError(bytes.subarray(0, cut % bytes.length))).toBeUndefined();
      expect(wrongError(Buffer.concat([bytes, bytes]))).toBeUndefined();
    }),
  );
});
