import { expect, test } from 'vitest';
import { recordingRedaction } from '../../src/redact/recording-redaction.ts';
import { Redactor } from '../../src/redact/redactor.ts';
import { mapAddresses } from '../../src/redact/socket-table.ts';

const read = { kind: 'file', path: '/proc/7/net/tcp6' } as const;

test.each([
  // 10.0.2.15, loopback, any.
  [' 1: 0F02000A:0016 0100007F:A001 01', ' 1: 010012C6:0016 0100007F:A001 01'],
  [' 2: 00000000:0016 00000000:0000 0A', ' 2: 00000000:0016 00000000:0000 0A'],
  // ::ffff:10.0.2.15, ::1, 2a02:db8:…
  [
    ' 3: 0000000000000000FFFF00000F02000A:0050 00000000000000000000000001000000:0050 01',
    ' 3: 0000000000000000FFFF0000010012C6:0050 00000000000000000000000001000000:0050 01',
  ],
  [' 4: B80D022A000000000000000001000000:0050 0', ' 4: B80D0120000000000000000001000000:0050 0'],
])('recordingRedaction redacts the addresses of %s', (text, expected) => {
  expect(recordingRedaction(new Redactor(), new Set())(text, { read })).toBe(expected);
});

test('mapAddresses gives an unchanged table for unchanged addresses', () => {
  const table = ' 0: 0F02000A:0016 0F02000B:C001 01 00000000:00000000';
  expect(mapAddresses(table, (address) => address)).toBe(table);
});
