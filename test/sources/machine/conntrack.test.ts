import { expect, test } from 'vitest';
import { conntrack } from '../../../src/sources/machine/conntrack.ts';

/** Linux 6.18, a full table that evicts unreplied connections, two CPUs. */
const STAT = `entries  clashres found new invalid ignore delete chainlength insert insert_failed drop early_drop icmp_error  expect_new expect_create expect_delete search_restart
00040000  00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 0000a45b 00000000  00000000 00000000 00000000 00000000
00040000  00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 000054f5 00000000  00000000 00000000 00000000 00000000
`;

test('conntrack parses count, limit and the hexadecimal statistics of all CPUs', () => {
  expect(conntrack.parse({ count: '262144\n', most: '262144\n', stat: STAT })).toEqual({
    connections: 262_144,
    most: 262_144,
    dropped: 0,
    evicted: 0xa45b + 0x54f5,
    insertFailed: 0,
    invalid: 0,
  });
});

test('conntrack has no drops when the statistics are missing or damaged, and no sample without a count', () => {
  const unknown = { connections: 3, most: undefined, dropped: undefined, evicted: undefined, insertFailed: undefined, invalid: undefined }; // prettier-ignore
  expect(conntrack.parse({ count: '3', most: undefined, stat: undefined })).toEqual(unknown);
  expect(conntrack.parse({ count: '3', most: 'x', stat: 'entries drop early_drop\n00000001 zz -1\n' })).toEqual(
    unknown,
  );
  expect(conntrack.parse({ count: undefined, most: '1', stat: STAT })).toBeUndefined();
});
