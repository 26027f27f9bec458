import { expect, test } from 'vitest';
import { flowPath, type flowPathNeeds } from '../../../src/entities/network/flow-path.ts';
import { missing } from '../../../src/host/host.ts';
import type { cpuTopology } from '../../../src/sources/machine/cpu-topology.ts';
import type { interrupts } from '../../../src/sources/machine/interrupts.ts';
import type { pciDevices } from '../../../src/sources/machine/pci-devices.ts';
import type { softnet } from '../../../src/sources/machine/softnet.ts';
import type { ovsDatapath } from '../../../src/sources/ovs/datapath.ts';
import type { ovsDb } from '../../../src/sources/ovs/db.ts';
import type { SampleOf } from '../../../src/sources/source.ts';
import { links } from '../../../src/sources/network/links.ts';
import { drivers } from '../../../src/sources/network/drivers.ts';
import { qdiscs } from '../../../src/sources/network/queues.ts';
import { nics } from '../../../src/sources/machine/nics.ts';
import type { Moment } from '../../../src/timeline/moment.ts';
import { seen } from '../../helpers/seen.ts';

const dump = (...objects: readonly object[]) => JSON.stringify({ all: objects.length, objects });
const link = (index: number, name: string, fields: object = {}) => ({ index, name, flags: 1, operState: 'up', mtu: 1500, ...fields }); // prettier-ignore
const stats = (txDropped: number) => ({ stats: { rxDropped: 0, txDropped, rxErrors: 0, txErrors: 0 } });

/** A tap in a bridge with a VLAN on a card: the tap drops 10, the queue 20 and the ring 30 packets/s. */
function moment(): Moment<typeof flowPathNeeds> {
  const at = (round: number) => ({
    links: links.parse({
      links: dump(
        link(9, 'tap3', { kind: 'tun', master: 4, ...stats(100 * round) }),
        link(4, 'br0', { kind: 'bridge', ...stats(0) }),
        link(3, 'eth0.7', { kind: 'vlan', master: 4, lower: 2, ...stats(0) }),
        link(2, 'eth0', { master: 4, qdisc: 'mq', ...stats(0) }),
      ),
    }),
    qdiscs: qdiscs.parse({ qdiscs: dump({ index: 2, kind: 'tbf', parent: 4_294_967_295, drops: 200 * round, backlogBytes: 9000, overlimits: 4 }) }), // prettier-ignore
    drivers: drivers.parse({ drivers: JSON.stringify({ cards: { eth0: { driver: 'mlx5_core', rings: [256, 1024, 1, 1], counters: { rx_out_of_buffer: 300 * round } } } }) }), // prettier-ignore
    nics: nics.parse({ links: new Map([['/sys/class/net/eth0', '../../devices/pci0000:00/0000:00:03.0/net/eth0']]), states: undefined, speeds: undefined, mtus: undefined, carrierChanges: undefined, addresses: undefined, masters: undefined, bonds: undefined }), // prettier-ignore
  });
  const [before, now] = [at(0), at(1)];
  const history = [before.drivers, now.drivers].map((sample, i) => ({ sample, at: 10 * i, wallMs: 0, missing: {}, tookMs: 1 })); // prettier-ignore
  return {
    links: seen(before.links, now.links, 10),
    qdiscs: seen(before.qdiscs, now.qdiscs, 10),
    drivers: { ...seen(before.drivers, now.drivers, 10), history },
    nics: seen(before.nics, now.nics, 10),
    ovsDb: seen<SampleOf<typeof ovsDb>>(undefined, undefined, 10),
    ovsDatapath: seen<SampleOf<typeof ovsDatapath>>(undefined, undefined, 10),
    interrupts: {
      ...seen<SampleOf<typeof interrupts>>(undefined, undefined, 10),
      missing: { interrupts: missing('denied', '/proc/interrupts: permission denied') },
    },
    cpuTopology: seen<SampleOf<typeof cpuTopology>>(undefined, undefined, 10),
    softnet: seen<SampleOf<typeof softnet>>(undefined, undefined, 10),
    pciDevices: seen<SampleOf<typeof pciDevices>>(undefined, undefined, 10),
  };
}

test('flowPath has owner, link, uplink, queue, ring and interrupt of a tap with their drops', () => {
  const at = moment();
  const tap = at.links.now?.items.find(({ name }) => name === 'tap3');
  if (!tap) throw new Error('no tap');
  expect(
    flowPath(tap, 'guest web-3', at).map(({ kind, name, dropsPerSec, note }) => [kind, name, dropsPerSec, note]),
  ).toEqual([
    ['owner', 'guest web-3', undefined, ''],
    ['link', 'tap3', 10, 'up, MTU 1500'],
    ['queue', 'tap3', undefined, 'none'],
    ['uplink', 'eth0', 0, 'up, MTU 1500'],
    ['queue', 'tbf', 20, '4 overlimits'],
    ['ring', 'mlx5_core', 30, 'rx ring 256 of 1024, rx_out_of_buffer'],
    ['IRQ', 'eth0', undefined, 'not readable: permission denied (/proc/interrupts)'],
  ]);
});

test('flowPath follows a VLAN down to its card, and ends in a loop', () => {
  const at = moment();
  const named = (name: string) => at.links.now?.items.find((one) => one.name === name);
  const vlan = named('eth0.7');
  if (!vlan) throw new Error('no VLAN');
  expect(flowPath(vlan, undefined, at).map(({ name }) => name)).toEqual(['eth0.7', 'eth0.7', 'eth0', 'tbf', 'mlx5_core', 'eth0']); // prettier-ignore
  const loop = { ...vlan, lowerIndex: vlan.index };
  expect(flowPath(loop, undefined, at).map(({ kind }) => kind)).toEqual(['link', 'queue']);
});
