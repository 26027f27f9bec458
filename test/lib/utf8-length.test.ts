import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { utf8Length } from '../../src/lib/utf8-length.ts';

test('utf8Length is the number of bytes of any text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(utf8Length(text)).toBe(Buffer.byteLength(text));
    }),
  );
  expect(utf8Length('a\uD800é€🙂')).toBe(1 + 3 + 2 + 3 + 4);
});
