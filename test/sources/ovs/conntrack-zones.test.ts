import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { kernelZonesOf, limitsOf, withLimits, zoneNamesOf, zonesOf } from '../../../src/sources/ovs/conntrack-zones.ts';
import { kernelConntrack } from '../../../src/sources/ovs/conntrack.ts';
import { anyText, badNumber } from '../../helpers/arbitrary.ts';

/** Lines of /proc/net/nf_conntrack of Linux 6.18, from a network namespace with `ct zone set` of nftables. */
const KERNEL = `ipv4     2 udp      17 30 src=127.0.0.1 dst=127.0.0.1 sport=50688 dport=7003 [UNREPLIED] src=127.0.0.1 dst=127.0.0.1 sport=7003 dport=50688 mark=0 zone=0 use=2
ipv4     2 udp      17 29 src=127.0.0.1 dst=127.0.0.1 sport=48430 dport=7001 [UNREPLIED] src=127.0.0.1 dst=127.0.0.1 sport=7001 dport=48430 mark=0 zone=5 use=2
ipv4     2 tcp      6 432000 ESTABLISHED src=127.0.0.1 dst=127.0.0.1 sport=48328 dport=7004 src=127.0.0.1 dst=127.0.0.1 sport=7004 dport=48328 [ASSURED] mark=0 zone=0 use=2
ipv4     2 udp      17 30 src=127.0.0.1 dst=127.0.0.1 sport=40040 dport=7002 [UNREPLIED] src=127.0.0.1 dst=127.0.0.1 sport=7002 dport=40040 mark=0 zone=9 use=2
`;
const LIMITS = '== netdev@ovs-netdev\ndefault limit=0\nzone=5,limit=1000,count=3\nzone=7,limit=2,count=2\n';

test('kernelConntrack groups by zone and ignores flags in brackets', () => {
  expect(kernelZonesOf(KERNEL)).toEqual([
    {
      zone: 0,
      connections: 2,
      byProtocol: new Map([
        ['udp', 1],
        ['tcp', 1],
      ]),
      byState: new Map([['ESTABLISHED', 1]]),
    },
    { zone: 5, connections: 1, byProtocol: new Map([['udp', 1]]), byState: new Map() },
    { zone: 9, connections: 1, byProtocol: new Map([['udp', 1]]), byState: new Map() },
  ]);
});

test('limitsOf reads the limits of the given datapath, with 0 as unlimited', () => {
  expect(limitsOf(LIMITS, 'netdev@')).toEqual({
    others: undefined,
    byZone: new Map([
      [5, { most: 1000, connections: 3 }],
      [7, { most: 2, connections: 2 }],
    ]),
  });
  expect(limitsOf(LIMITS, 'system@').byZone.size).toBe(0);
  expect(limitsOf('== system@ovs-system\nrefused: Operation not supported\n', 'system@').others).toBeUndefined();
});

test('withLimits adds limit and owner, and lists a limited zone without dumped connections', () => {
  const names = zoneNamesOf('web1 5\n0a7b_snat 3\nr0 with blanks 7\nnonsense\n');
  expect(withLimits(zonesOf(''), limitsOf(LIMITS, 'netdev@'), names)).toMatchObject([
    { zone: 5, owner: 'web1', connections: 3, most: 1000 },
    { zone: 7, owner: 'r0 with blanks', connections: 2, most: 2 },
  ]);
  const others = limitsOf('== netdev@x\ndefault limit=50\n', 'netdev@');
  expect(withLimits(kernelZonesOf(KERNEL), others, names).map(({ zone, owner, most }) => [zone, owner, most])).toEqual([
    [0, undefined, 50],
    [5, 'web1', 50],
    [9, undefined, 50],
  ]);
});

test('kernelConntrack gives no bad number when the text is arbitrary', () => {
  fc.assert(
    fc.property(anyText, anyText, (table, text) => {
      const replies = new Map([['/x', { ok: true, text, tookMs: 1 } as const]]);
      const nothing = { snapLimits: undefined, snapOwners: undefined, sharedOwners: undefined };
      const sample = kernelConntrack.parse({ table, limits: replies, owners: replies, ...nothing }, { all: true });
      expect(badNumber(sample)).toBeUndefined();
    }),
  );
});
