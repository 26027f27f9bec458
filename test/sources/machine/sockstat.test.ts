import { expect, test } from 'vitest';
import { sockstat } from '../../../src/sources/machine/sockstat.ts';

const TEXT = `sockets: used 908
TCP: inuse 22 orphan 3 tw 2 alloc 58 mem 150987
UDP: inuse 18 mem 350876
UDPLITE: inuse 44
RAW: inuse 55
FRAG: inuse 66 memory 77
`;

test('sockstat parses pages of TCP and UDP with the limits of their sysctl', () => {
  expect(sockstat.parse({ sockstat: TEXT, tcp: '189864\t253153\t379728\n', udp: undefined })).toEqual([
    { protocol: 'TCP', sockets: 22, orphans: 3, pages: 150_987, pressurePages: 253_153, maximumPages: 379_728 },
    { protocol: 'UDP', sockets: 18, orphans: undefined, pages: 350_876, pressurePages: undefined, maximumPages: undefined }, // prettier-ignore
  ]);
});

test('sockstat has no pages when the text is damaged, and no sample without it', () => {
  expect(sockstat.parse({ sockstat: 'TCP: inuse', tcp: 'x', udp: '' })?.map(({ pages }) => pages)).toEqual([undefined, undefined]); // prettier-ignore
  expect(sockstat.parse({ sockstat: undefined, tcp: '1 2 3', udp: '1 2 3' })).toBeUndefined();
});
