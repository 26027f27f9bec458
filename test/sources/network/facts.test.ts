import { describe, expect, test } from 'vitest';
import { lossCounters, lossKind } from '../../../src/sources/network/driver-counters.ts';
import { clock } from '../../../src/sources/network/clock.ts';
import { drivers } from '../../../src/sources/network/drivers.ts';
import { firewall } from '../../../src/sources/network/firewall.ts';
import { resolved, timesyncd } from '../../../src/sources/network/services.ts';
import { namespaces } from '../../../src/sources/network/namespaces.ts';
import { resolvers } from '../../../src/sources/network/resolvers.ts';

describe('driver counters', () => {
  test.each([
    ['rx_out_of_buffer', 'ring'],
    ['rx_no_dma_resources', 'ring'],
    ['rx_missed_errors', 'ring'],
    ['alloc_rx_buff_failed', 'ring'],
    ['rx_crc_errors_phy', 'wire'],
    ['rx_symbol_err_phy', 'wire'],
    ['tx_tx_timeouts', 'timeout'],
    ['rx_discards_phy', 'card'],
    ['port.rx_dropped', 'card'],
    ['rx_packets', undefined],
    ['rx_xdp_drops', undefined],
    ['fdir_miss', undefined],
    ['rx_csum_offload_errors', undefined],
    ['rx_tcp_checksum_errs', undefined],
    ['rx_err_lane_0_phy', undefined],
    ['rx_steer_missed_packets', undefined],
    ['rx_arfs_err', undefined],
    ['tx_hwtstamp_timeouts', undefined],
    ['rx_no_buffer_count', undefined],
    ['dropped_smbus', undefined],
    ['[0]: missed_irqs', undefined],
    ['interrupts', undefined],
  ])('lossKind has %s as %s', (name, kind) => expect(lossKind(name)).toBe(kind));

  test('lossCounters leaves out queues where the card has their sum, and adds them up elsewhere', () => {
    const all = {
      rx_drops: 7,
      rx0_drops: 3,
      rx1_drops: 4,
      '[0]: rx_discards': 1,
      '[1]: rx_discards': 2,
      rx_packets: 9,
    };
    expect(Object.fromEntries(lossCounters(new Map(Object.entries(all))))).toEqual({ rx_drops: 7, rx_discards: 3 });
  });
});

test('drivers parses driver, rings, steering and losses of a card', () => {
  // virtio_net of Linux 6.18.
  const text = '{"all":1,"cards":{"eth0":{"driver":"virtio_net","steering":[1,0,1,0],"rings":[128,256,256,256],"counters":{"tx0_kicks":57901,"rx_drops":2}}}}'; // prettier-ignore
  expect(drivers.parse({ drivers: text })?.cards.get('eth0')).toEqual({
    name: 'eth0',
    driver: 'virtio_net',
    rings: { rx: 128, rxMost: 256, tx: 256, txMost: 256 },
    steering: { rxQueues: 1, rps: 0, txQueues: 1, xps: 0 },
    losses: new Map([['rx_drops', 2]]),
  });
  expect(drivers.parse({ drivers: '{"cards":{"eth1":7}}' })?.cards.get('eth1')?.rings).toBeUndefined();
});

test('namespaces parses counters, conntrack and owner of a namespace', () => {
  const conntrack = { entries: 240, drop: 773, early_drop: 9, insert_failed: 3, invalid: 3 };
  const text = JSON.stringify({
    all: 120,
    spaces: {
      4026532714: { pid: 11_428, command: 'nginx', cgroup: '0::/lxc.payload.web\n', counters: { 'Tcp RetransSegs': 5, 'Tcp X': null }, conntrack, listeners: [['00000000', 80, 3], []] },
      7: {},
    },
  }); // prettier-ignore
  const sample = namespaces.parse({ namespaces: text });
  expect(sample?.all).toBe(120);
  expect([...(sample?.spaces.values() ?? [])]).toEqual([
    {
      id: '4026532714',
      pid: 11_428,
      command: 'nginx',
      owner: { kind: 'lxc', name: 'web' },
      counters: new Map([['Tcp RetransSegs', 5]]),
      conntrack: { entries: 240, dropped: 773, evicted: 9, insertFailed: 3, invalid: 3 },
      listeners: [{ port: 80, waiting: 3 }],
    },
  ]);
});

describe('clock', () => {
  const reply = { realtime: 1_796_025_519, sentMs: 1_796_025_423_900, gotMs: 1_796_025_424_100 };
  const parse = (fields: object) => clock.parse({ clock: JSON.stringify(fields) });

  test('clock parses the difference to the console, and its bound', () => {
    expect(parse(reply)).toEqual({ aheadSeconds: 95, roundTripSeconds: 0.2, kernel: undefined, chrony: undefined });
    expect(parse({ ...reply, gotMs: 1 })?.aheadSeconds).toBeUndefined();
  });

  test('clock parses adjtimex in microseconds and nanoseconds', () => {
    expect(parse({ status: 0x40, offset: -1500, maxerror: 16_000_000 })?.kernel).toEqual({
      isSynchronised: false,
      maxErrorSeconds: 16,
      offsetSeconds: -0.0015,
      leap: undefined,
    });
    expect(parse({ status: 0x2011, offset: 1_500_000, maxerror: 400 })?.kernel).toMatchObject({
      isSynchronised: true,
      offsetSeconds: 0.0015,
      leap: 'insert',
    });
  });

  test('clock parses the reply of chronyd', () => {
    // chronyd 4.3 without a source, then with `local stratum 5`; in the third the system time is 0.25 s slow.
    const none =
      '060200000021000500000000000000002e4710fa000000000000000000000000000000000000000000000000000000000000000000000003000000000000000000000000000000000000000000000000000000000000000000000000048000000480000000000000';
    const local =
      '06020000002100050000000000000000d398752600000000000000007f7f0101000000000000000000000000000000000000000000050000000000006b0d2d632c7610a6000000000000000000000000000000000000000000000000000000000000000000000000';
    expect(parse({ chrony: none })?.chrony).toMatchObject({ stratum: 0, isSynchronised: false, offsetSeconds: -0 });
    expect(parse({ chrony: local })?.chrony).toMatchObject({ stratum: 5, isSynchronised: true });
    const slow = `${local.slice(0, 136)}00800000${local.slice(144)}`;
    expect(parse({ chrony: slow })?.chrony?.offsetSeconds).toBeCloseTo(-0.25, 6);
    expect(parse({ chrony: 'zz' })?.chrony).toBeUndefined();
    expect(parse({ chrony: none.slice(0, 100) })?.chrony).toBeUndefined();
  });
});

test('firewall parses rules that drop, of nft before iptables', () => {
  // nftables 1.0.6, iptables 1.8.9.
  const nft = `table inet lab {
\tchain in {
\t\ttype filter hook input priority filter; policy drop;
\t\ttcp dport 9000 counter packets 81 bytes 4860 drop comment "no x"
\t\tct state invalid counter packets 200 bytes 0 reject
\t\tdrop
\t\tcounter packets 9 bytes 0 accept
\t}
}
`;
  const iptables = '*filter\n:INPUT ACCEPT [0:0]\n:FORWARD DROP [7:420]\n[5:0] -A INPUT -p tcp -m tcp --dport 81 -j DROP\n[1:0] -A INPUT -j ACCEPT\nCOMMIT\n'; // prettier-ignore
  expect(firewall.parse({ nft, iptables }, {})).toEqual({
    rules: [
      { chain: 'inet lab in', rule: 'ct state invalid reject', packets: 200 },
      { chain: 'inet lab in', rule: 'tcp dport 9000 drop comment "no x"', packets: 81 },
      { chain: 'inet lab in', rule: 'drop', packets: undefined },
    ],
    all: 3,
  });
  expect(firewall.parse({ nft: undefined, iptables }, {})?.rules).toEqual([
    { chain: 'filter FORWARD', rule: 'policy DROP', packets: 7 },
    { chain: 'filter INPUT', rule: '-p tcp -m tcp --dport 81 -j DROP', packets: 5 },
  ]);
  expect(firewall.parse({ nft: undefined, iptables: undefined }, {})).toBeUndefined();
});

test('resolved parses lookups under way and its cache', () => {
  expect(resolved.parse({ resolved: '{"TransactionStatistics":[2,900],"CacheStatistics":[40,300,100]}' })).toEqual({
    pending: 2,
    cacheHitPct: 75,
  });
  expect(resolved.parse({ resolved: '{"TransactionStatistics":[0,0],"CacheStatistics":[0,0,0]}' })?.cacheHitPct).toBeUndefined(); // prettier-ignore
  expect(resolved.parse({ resolved: '{}' })).toBeUndefined();
});

test('timesyncd parses its server and the offset of its last reply', () => {
  // leap, version, mode, stratum, precision, root delay, dispersion, reference; origin, receive, transmit, destination; ignored, replies, jitter.
  const message = [0, 4, 4, 2, -24, 0, 0, [1], 1_000_000, 1_260_000, 1_260_000, 1_020_000, false, 7, 0];
  const text = JSON.stringify({ ServerName: 'ntp.example.com', NTPMessage: message });
  expect(timesyncd.parse({ timesyncd: text })).toEqual({ server: 'ntp.example.com', replies: 7, offsetSeconds: -0.25 });
  const none = JSON.stringify({ ServerName: '', NTPMessage: [0, 0, 0, 0, 0, 0, 0, [], 0, 0, 0, 0, false, 0, 0] });
  expect(timesyncd.parse({ timesyncd: none })).toEqual({ server: undefined, replies: 0, offsetSeconds: undefined });
});

describe('resolvers', () => {
  const dump = (...objects: readonly object[]) => JSON.stringify({ all: objects.length, objects });

  test('resolvers parses servers, behind the stub of systemd-resolved too', () => {
    const conf = '# by resolved\nnameserver 127.0.0.53\noptions edns0\nnameserver\n';
    const upstream = 'nameserver 192.0.2.53\nnameserver fe80::1%eth0\n';
    const parse = (text: string) => resolvers.parse({ conf: text, upstream, lookups: undefined, listening: undefined });
    expect(parse(conf)?.servers).toEqual(['127.0.0.53', '192.0.2.53', 'fe80::1']);
    expect(parse('nameserver 198.51.100.1\n')?.servers).toEqual(['198.51.100.1']);
    expect(parse('nameserver $(reboot)\nnameserver 1.2.3.4;x\nnameserver fd00::53\n')?.servers).toEqual(['fd00::53']);
    expect(parse(conf)?.lookups).toBeUndefined();
  });

  test('resolvers parses lookups under way', () => {
    const socket = { local: '10.0.0.7', localPort: 41_021, remote: '192.0.2.53', remotePort: 53, unread: 0, uid: 33, inode: 91 }; // prettier-ignore
    const sample = resolvers.parse({ conf: undefined, upstream: undefined, lookups: dump(socket, {}), listening: dump() }); // prettier-ignore
    expect(sample).toEqual({
      servers: [],
      lookups: [{ local: '10.0.0.7', localPort: 41_021, remote: '192.0.2.53', remotePort: 53, unreadBytes: 0, uid: 33, inode: 91 }],
      listening: [],
    }); // prettier-ignore
  });
});
