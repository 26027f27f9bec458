import { expect, test } from 'vitest';
import { netlink } from '../../../src/sources/machine/netlink.ts';

test('netlink parses sockets that lost messages by inode, with protocol and port id', () => {
  const text = `sk               Eth Pid        Groups   Rmem     Wmem     Dump  Locks    Drops    Inode
0000000000000000 16  13936      00000113 0        0        0     2        31       34703
0000000000000000 0   3426       00000440 0        0        0     2        0        89397
`;
  expect([...(netlink.parse({ netlink: text }) ?? [])]).toEqual([
    [34_703, { inode: 34_703, drops: 31, portId: 13_936, protocol: 16 }],
  ]);
  expect(netlink.parse({ netlink: 'damaged' })?.size).toBe(0);
  expect(netlink.parse({ netlink: undefined })).toBeUndefined();
});
