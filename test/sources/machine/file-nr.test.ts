import { expect, test } from 'vitest';
import { fileNr } from '../../../src/sources/machine/file-nr.ts';

test('fileNr has no maximum when systemd set it to 2^63 - 1', () => {
  expect(fileNr.parse({ fileNr: '531\t0\t2466170\n' })).toEqual({ open: 531, maximum: 2_466_170 });
  expect(fileNr.parse({ fileNr: '576\t0\t9223372036854775807\n' })).toEqual({ open: 576, maximum: undefined });
  expect(fileNr.parse({ fileNr: 'x' })).toBeUndefined();
});
