import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nicRates, parseNetdev } from '../../../src/sources/machine/netdev.ts';
import { nics, parseBond } from '../../../src/sources/machine/nics.ts';
import { parseSoftirqs } from '../../../src/sources/machine/softirqs.ts';
import { parseSoftnet } from '../../../src/sources/machine/softnet.ts';
import { anyText } from '../../helpers/arbitrary.ts';
import { seen } from '../../helpers/seen.ts';

const netdev = (counts: string) =>
  parseNetdev(`Inter-|   Receive   |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo: 1 1 0 0 0 0 0 0 1 1 0 0 0 0 0 0
enp129s0:${counts}
`);

describe('/proc/net/dev', () => {
  test('netdev parses a count next to the colon, and rates', () => {
    const rates = nicRates(
      seen(netdev('1000 10 0 1 0 0 0 0 500 5 0 0 0 0 0 0'), netdev('3000 30 4 11 0 0 0 0 900 9 2 8 0 0 0 0'), 2),
    );
    expect(rates[1]).toEqual({
      name: 'enp129s0',
      rxBytesPerSec: 1000,
      rxPacketsPerSec: 10,
      rxErrorsPerSec: 2,
      rxDroppedPerSec: 5,
      txBytesPerSec: 200,
      txPacketsPerSec: 2,
      txErrorsPerSec: 1,
      txDroppedPerSec: 4,
    });
  });

  test('netdev skips a short line', () => expect(netdev('1000 10 0 1').has('enp129s0')).toBe(false));

  test('/proc/net files parse any text', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        for (const nic of parseNetdev(text).values()) expect(Number.isFinite(nic.txDropped)).toBe(true);
      }),
    );
  });
});

describe('/sys/class/net', () => {
  const nothing = { links: undefined, states: undefined, speeds: undefined, mtus: undefined };
  const rest = { carrierChanges: undefined, addresses: undefined, masters: undefined, bonds: undefined };

  test('nics parses NUMA node, bond, and an unknown speed', () => {
    const sample = nics.parse({
      links: new Map([
        ['/sys/class/net/enp129s0', '../../devices/pci0000:80/0000:80:00.0/0000:81:00.0/virtio3/net/enp129s0'],
        ['/sys/class/net/lo', '../../devices/virtual/net/lo'],
      ]),
      states: new Map([
        ['/sys/class/net/enp129s0/operstate', 'up\n'],
        ['/sys/class/net/lo/operstate', 'unknown\n'],
      ]),
      speeds: new Map([['/sys/class/net/enp129s0/speed', '-1\n']]),
      mtus: new Map([['/sys/class/net/enp129s0/mtu', '9000\n']]),
      carrierChanges: new Map([['/sys/class/net/enp129s0/carrier_changes', '3\n']]),
      addresses: new Map([['/sys/class/net/enp129s0/address', '52:54:00:00:00:01\n']]),
      masters: new Map([['/sys/class/net/enp129s0/master', '../../../virtual/net/bond0']]),
      bonds: undefined,
    });
    expect(sample?.nics.get('enp129s0')).toEqual({
      name: 'enp129s0',
      operState: 'up',
      speedMbps: undefined,
      mtuBytes: 9000,
      carrierChanges: 3,
      address: '52:54:00:00:00:01',
      master: 'bond0',
      pci: '0000:81:00.0',
      virtual: false,
    });
    expect(sample?.nics.get('lo')).toMatchObject({ virtual: true, pci: undefined, speedMbps: undefined });
  });

  test('nics is undefined when nothing was read', () => expect(nics.parse({ ...nothing, ...rest })).toBeUndefined());

  test('nics parses a bond with a member down, not the details of its partner', () => {
    const bond = parseBond(
      'bond0',
      `Ethernet Channel Bonding Driver: v5.15.0-91-generic

Bonding Mode: IEEE 802.3ad Dynamic link aggregation
MII Status: up
MII Polling Interval (ms): 100

Slave Interface: eno1
MII Status: up
Speed: 25000 Mbps
Link Failure Count: 0

Slave Interface: eno2
MII Status: down
Speed: Unknown
Link Failure Count: 4
details partner lacp pdu:
    MII Status: up
`,
    );
    expect(bond).toEqual({
      name: 'bond0',
      mode: 'IEEE 802.3ad Dynamic link aggregation',
      miiStatus: 'up',
      members: [
        { name: 'eno1', miiStatus: 'up', linkFailures: 0 },
        { name: 'eno2', miiStatus: 'down', linkFailures: 4 },
      ],
    });
  });
});

describe('softirqs and softnet', () => {
  test('softirqs parses possible CPUs, with gaps', () => {
    const sample = parseSoftirqs(
      '                    CPU0       CPU4\n      NET_RX:       5176       6393\n    HI:   1\n',
    );
    expect(sample.cpus).toEqual([0, 4]);
    expect(sample.counts.get('NET_RX')).toEqual([5176, 6393]);
    expect(sample.counts.get('HI')).toEqual([1, undefined]);
  });

  test('softnet parses hex, and the CPU number where the kernel prints it', () => {
    const fifteen = '0000ffff 00000002 00000010 0 0 0 0 0 0 0 0 00000007 0000001f 0 0';
    const nine = '000027bf 00000000 00000001 00000000 00000000 00000000 00000000 00000000 00000000';
    expect(parseSoftnet(`${nine}\n${fifteen}\n`)).toEqual([
      { cpu: 0, processed: 10_175, dropped: 0, squeezed: 1, backlog: undefined },
      { cpu: 31, processed: 65_535, dropped: 2, squeezed: 16, backlog: 7 },
    ]);
  });

  test('/proc/net files parse any text', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        for (const cpu of parseSoftnet(text)) expect(Number.isFinite(cpu.processed)).toBe(true);
        for (const counts of parseSoftirqs(`CPU0 CPU1\n${text}`).counts.values()) expect(counts.length).toBe(2);
      }),
    );
  });
});
