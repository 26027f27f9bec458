import * as fc from 'fast-check';
import stringWidth from 'string-width';
import { expect, test } from 'vitest';
import { textWidth } from '../../src/lib/text-width.ts';

test('textWidth of simple characters equals the width by grapheme', () => {
  const unit = fc.oneof(
    fc.constantFrom(...Array.from('aZ ─│╭▸▲◆█▏⡇…—·±→∞é日本한👍\u0301\u200D\uFE0F')),
    fc.integer({ min: 0x20, max: 0xff_fd }).map((code) => String.fromCodePoint(code)),
  );
  fc.assert(
    fc.property(fc.array(unit, { maxLength: 12 }), (parts) => {
      const text = parts.join('');
      expect(textWidth(text)).toBe(stringWidth(text));
      expect(textWidth(`\u001B[1;31m${text}\u001B[0m`)).toBe(stringWidth(text));
    }),
    { numRuns: 2000 },
  );
});
