import { PassThrough, Writable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import {
  addressOf,
  attributesOf,
  DumpReader,
  dumpRequest,
  macOf,
} from '../../../../src/host/protocols/network/netlink-messages.ts';
import { netlink } from '../../../../src/host/protocols/network/netlink.ts';
import { netlinkDumps } from '../../../../src/host/protocols/network/netlink-dumps.ts';

const message = (type: number, sequence: number, payload: Buffer): Buffer => {
  const bytes = dumpRequest(type, sequence, payload);
  return Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
};
const attribute = (type: number, value: Buffer): Buffer => {
  const head = Buffer.alloc(4);
  head.writeUInt16LE(4 + value.length, 0);
  head.writeUInt16LE(type, 2);
  return Buffer.concat([head, value, Buffer.alloc((4 - (value.length % 4)) % 4)]);
};
const number = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};

describe('DumpReader', () => {
  const bytes = Buffer.concat([
    message(16, 7, Buffer.from('abcd')),
    message(16, 7, Buffer.from('ef')),
    message(3, 7, Buffer.alloc(4)),
  ]);

  test('DumpReader splits a dump however it is cut', () => {
    for (let size = 1; size < bytes.length; size++) {
      const reader = new DumpReader(7, 1 << 20);
      for (let at = 0; at < bytes.length; at += size) reader.push(bytes.subarray(at, at + size));
      expect(reader.payloads.map(String)).toEqual(['abcd', 'ef']);
      expect(reader.end).toEqual({ errno: 0 });
    }
  });

  test('DumpReader leaves out the answer to an earlier request', () => {
    const reader = new DumpReader(8, 1 << 20);
    reader.push(bytes);
    expect(reader.payloads).toEqual([]);
    expect(reader.end).toBeUndefined();
  });

  test('DumpReader has the errno of a refusal', () => {
    const reader = new DumpReader(7, 1 << 20);
    reader.push(message(2, 7, Buffer.concat([Buffer.from([0xff, 0xff, 0xff, 0xff]), Buffer.alloc(16)])));
    expect(reader.end).toEqual({ errno: 1 });
  });

  test('DumpReader refuses bytes that are no messages, and too many of them', () => {
    expect(() => new DumpReader(7, 1 << 20).push(Buffer.alloc(64))).toThrow('not a netlink message');
    expect(() => new DumpReader(7, 16).push(bytes)).toThrow('dump exceeds');
  });
});

describe('netlinkDumps', () => {
  test('attributesOf ends at a malformed attribute', () => {
    const good = attribute(3, Buffer.from('eth0\0'));
    expect([...attributesOf(Buffer.concat([good, Buffer.from([2, 0, 1, 0])])).keys()]).toEqual([3]);
    expect([...attributesOf(Buffer.concat([good, Buffer.from([255, 0, 1, 0])])).keys()]).toEqual([3]);
  });

  test('links has name, MTU and counters of a link', () => {
    const head = Buffer.alloc(16);
    head.writeInt32LE(2, 4);
    head.writeUInt32LE(0x1003, 8);
    const stats = Buffer.alloc(24 * 8);
    stats.writeBigUInt64LE(1234n, 15 * 8);
    const payload = Buffer.concat([head, attribute(3, Buffer.from('eth0\0')), attribute(4, number(1500)), attribute(16, Buffer.from([6])), attribute(23, stats)]); // prettier-ignore
    expect(netlinkDumps['links']?.object(payload)).toMatchObject({ index: 2, name: 'eth0', mtu: 1500, operState: 'up', stats: { rxMissedErrors: 1234 } }); // prettier-ignore
  });

  test.each(Object.entries(netlinkDumps))('%s takes any bytes', (_, dump) => {
    for (const size of [0, 3, 8, 16, 60, 72, 200])
      for (const fill of [0, 1, 255]) expect(() => dump.object(Buffer.alloc(size, fill))).not.toThrow();
  });

  test.each([
    ['7f000001', '127.0.0.1'],
    ['00000000000000000000000000000001', '::1'],
    ['20010db8000000000001000000000001', '2001:db8::1:0:0:1'],
    ['fe80000000000000005056fffec00008', 'fe80::50:56ff:fec0:8'],
    ['00000000000000000000000000000000', '::'],
    ['0102', undefined],
  ])('addressOf writes %s as %s', (hex, text) => {
    expect(addressOf(Buffer.from(hex, 'hex'))).toBe(text);
  });

  test('neighbours has the age of a failure, and of no other state', () => {
    const neighbour = (state: number) => {
      const head = Buffer.alloc(12);
      head.writeInt32LE(2, 4);
      head.writeUInt16LE(state, 8);
      const times = Buffer.concat([number(5), number(638_800), number(638_799), number(1)]);
      const attributes = [attribute(1, Buffer.from([192, 0, 2, 1])), attribute(3, times)];
      return netlinkDumps['neighbours']?.object(Buffer.concat([head, ...attributes]));
    };
    expect(neighbour(0x20)).toEqual({ index: 2, address: '192.0.2.1', mac: undefined, state: 'FAILED', failedSeconds: 6387 }); // prettier-ignore
    expect(neighbour(0x02)).toMatchObject({ state: 'REACHABLE', failedSeconds: undefined });
  });

  test('macOf writes bytes with colons', () => {
    expect(macOf(Buffer.from('525400123456', 'hex'))).toBe('52:54:00:12:34:56');
  });
});

test('netlink asks for dumps alone, each of its protocol', () => {
  expect(netlink.refusal('netlink:0', 'links')).toBeUndefined();
  expect(netlink.refusal('netlink:4', 'listeners')).toBeUndefined();
  expect(netlink.refusal('netlink:4', 'links')).toContain('not a dump');
  expect(netlink.refusal('netlink:0', 'toString')).toContain('not a dump');
});

describe('rules', () => {
  // Linux 6.18 in a network namespace, beside the lines of `ip rule` of iproute2 6.1.
  test.each([
    ['02000000ff0000010000000008000f00ff00000008000e00ffffffff0500150002000000', '0: from all lookup local'],
    [
      '02000000c80000010000000008000f00c800000008000e00ffffffff0500150000000000080006008403000008000a001000000008001000ff000000',
      '900: from all fwmark 0x10/0xff lookup 200',
    ],
    [
      '02100000000000080000000008000f000000000008000e00ffffffff050015000000000008000600b6030000080001000a140000',
      '950: from all to 10.20.0.0/16 prohibit',
    ],
    [
      '02000000640000010000000008000f006400000008000e00ffffffff0500150000000000070003007630000008000600c003000008001800bb01bb0106001d00ffff00000500160006000000',
      '960: from all iif v0 ipproto tcp dport 443 lookup 100',
    ],
    [
      '02001000fc0000010200000008000f002c01000008000e0000000000050015000000000008000600ca030000080002000a010000',
      '970: not from 10.1.0.0/16 lookup 300 suppress_prefixlength 0',
    ],
    [
      '02000000000000020000000008000f000000000008000e00ffffffff050015000000000008000600d403000008000400fe7f0000',
      '980: from all goto 32766',
    ],
    [
      '02000010640000010000000008000f006400000008000e00ffffffff0500150000000000070011007630000008000600d50300000c001400e8030000f2030000',
      '981: from all tos 0x10 oif v0 uidrange 1000-1010 lookup 100',
    ],
    [
      '02002000640000010000000008000f006400000008000e00ffffffff050015000000000008000600e8030000080002000a090002',
      '1000: from 10.9.0.2 lookup 100',
    ],
    [
      '02000000000000010000000008000f000000000008000e00ffffffff050015000000000008000600e90300000500130001000000',
      '1001: from all lookup [l3mdev-table]',
    ],
    [
      '02000000fe0000010000000008000f00fe00000008000e00ffffffff050015000200000008000600fe7f0000',
      '32766: from all lookup main',
    ],
    [
      '02000000fd0000010000000008000f00fd00000008000e00ffffffff050015000200000008000600ff7f0000',
      '32767: from all lookup default',
    ],
    ['0a000000ff0000010000000008000f00ff00000008000e00ffffffff0500150002000000', '0: from all lookup local'],
    [
      '0a004000640000010000000008000f006400000008000e00ffffffff050015000000000008000600f401000014000200fd000000000000000000000000000000',
      '500: from fd00::/64 lookup 100',
    ],
    [
      '0a000000fe0000010000000008000f00fe00000008000e00ffffffff050015000200000008000600fe7f0000',
      '32766: from all lookup main',
    ],
  ])('rules of %s are as ip prints them', (hex, line) => {
    const found = netlinkDumps['rules']?.object(Buffer.from(hex, 'hex'));
    const [, priority, selector, action] = /^(\d+): (.*) ((?:lookup|goto) .*|prohibit)$/.exec(line) ?? [];
    const table = /lookup (\d+)/.exec(action ?? '')?.[1];
    expect(found).toMatchObject({
      priority: Number(priority),
      selector,
      action,
      ...(table === undefined ? {} : { table: Number(table) }),
    });
  });

  test('rules has IPv4 and IPv6, and not those of multicast routing', () => {
    const object = (family: number) => netlinkDumps['rules']?.object(Buffer.from([family, ...Buffer.alloc(11)]));
    expect(object(2)).toMatchObject({ family: 4 });
    expect(object(10)).toMatchObject({ family: 6 });
    expect(object(128)).toBeUndefined();
  });

  test('rules marks selectors of kernels that it does not know', () => {
    const dscp = Buffer.concat([
      Buffer.from([2, ...Buffer.alloc(6), 1, ...Buffer.alloc(4)]),
      attribute(25, Buffer.from([8])),
    ]);
    expect(netlinkDumps['rules']?.object(dscp)).toMatchObject({ selector: 'from all …' });
  });
});

// Linux 6.18.
test.each([
  [
    '01010a00bcdafe0061760100000000001a0000002f72756e2f6c61622d34322f66756c6c2e736f636b0000000c000400030000000200000005000600000000000800070000000000',
    { name: '/run/lab-42/full.sock', inode: 16_702_140, waiting: 3, backlog: 2, uid: 0 },
  ],
  [
    '01010a00c2dafe0062760100000000001a0000002f72756e2f6c61622d34322f69646c6520736f636b0000000c000400000000000800000005000600000000000800070000000000',
    { name: '/run/lab-42/idle sock', inode: 16_702_146, waiting: 0, backlog: 8, uid: 0 },
  ],
  [
    '01010a00c0dafe0063760100000000000f0000000061627374726163740078000c000400010000000400000005000600000000000800070000000000',
    { name: '@abstract@x', inode: 16_702_144, waiting: 1, backlog: 4, uid: 0 },
  ],
])('unixListeners has %s', (hex, listener) => {
  expect(netlinkDumps['unixListeners']?.object(Buffer.from(hex, 'hex'))).toEqual(listener);
});

describe('netlink', () => {
  /** Connection to a kernel that refuses every request with ENOENT. */
  function refusing() {
    const stdout = new PassThrough();
    const stdin = new Writable({
      write: (request: Buffer, _, done) => {
        stdout.write(message(2, request.readUInt32LE(8), Buffer.concat([number(-2 >>> 0), Buffer.alloc(16)])));
        done();
      },
    });
    const pipe = { stdout, stderr: new PassThrough(), stdin, exited: new Promise<undefined>(() => {}), kill: () => {} };
    return netlink.connect(async () => pipe);
  }

  test.each(['listeners', 'unixListeners'])(
    'netlink does not take %s for absent where the kernel lacks a module',
    async (request) => {
      await expect(refusing().request(request, 1000)).rejects.toMatchObject({
        why: 'failed',
        message: 'no module for sockets of this family (inet_diag, unix_diag)',
      });
    },
  );

  test('netlink takes what has no entry for absent', async () => {
    await expect(refusing().request('rules', 1000)).rejects.toMatchObject({ why: 'absent' });
  });
});
