import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { slowOsds } from '../../../src/entities/ceph/osd-cause.ts';
import { osdDisks } from '../../../src/entities/ceph/osd-disks.ts';
import { osdLoads, type OsdLoad } from '../../../src/entities/ceph/osd-load.ts';
import { osdProcesses } from '../../../src/entities/ceph/osd-process.ts';
import { suspectsOf } from '../../../src/entities/ceph/osd-suspects.ts';
import { missing } from '../../../src/host/host.ts';
import type { BlockDevice } from '../../../src/sources/machine/block-devices.ts';
import { opsOf } from '../../../src/sources/ceph/op.ts';
import { osdPerfOf } from '../../../src/sources/ceph/osd-perf.ts';
import type { OsdsSample } from '../../../src/sources/ceph/osds.ts';
import type { Process } from '../../../src/sources/processes/processes.ts';
import { seen } from '../../helpers/seen.ts';

const avg = (avgcount: number, sum: number) => ({ avgcount, sum, avgtime: 0 });
const dump = (count: number, sum: number, more: object = {}) =>
  osdPerfOf({ osd: { subop_w: count, subop_w_latency: avg(count, sum), ...more } });
const sample = (...all: readonly ReturnType<typeof dump>[]): OsdsSample =>
  new Map(
    all.map((perf, osd) => [osd, { perf, missing: perf ? undefined : missing('timeout', 'no answer'), tookMs: 1 }]),
  );
const loads = (before: OsdsSample, now: OsdsSample) =>
  osdLoads({ cephOsds: seen(before, now, 10), cephAllOsds: seen(undefined, undefined, 10) });

describe('osdLoads', () => {
  test('averages ops between two samples, not since start', () => {
    const [load] = loads(sample(dump(1_000_000, 90_000)), sample(dump(1_000_100, 90_001)));
    expect(load?.subopWriteMs).toBeCloseTo(10);
    expect(load?.subopsPerSec).toBeCloseTo(10);
  });

  test('marks a restarted daemon and gives no rates', () => {
    const [load] = loads(sample(dump(1000, 9)), sample(dump(10, 0.1)));
    expect(load).toMatchObject({ restarted: true, subopWriteMs: undefined, subopsPerSec: undefined });
  });

  test('keeps the reason of one that times out and reads the others', () => {
    const [first, second] = loads(sample(dump(1, 1), dump(1, 1)), sample(undefined, dump(2, 1.01)));
    expect(first?.missing?.why).toBe('timeout');
    expect(second?.subopWriteMs).toBeCloseTo(10);
  });

  test('marks an OSD stuck when ops are in progress and none ended', () => {
    const busy = { op_wip: 4, op_w_latency: avg(5, 1), op_r_latency: avg(5, 1) };
    expect(loads(sample(dump(1, 1, busy)), sample(dump(1, 1, busy)))[0]?.stuck).toBe(true);
    const idle = { ...busy, op_wip: 0 };
    expect(loads(sample(dump(1, 1, idle)), sample(dump(1, 1, idle)))[0]?.stuck).toBe(false);
  });

  test('prefers the admin socket, and librados where the socket is stale', () => {
    const far = seen({ osds: sample(dump(0, 0)), number: 1 }, { osds: sample(dump(10, 1)), number: 1 }, 10);
    const near = osdLoads({ cephOsds: seen(sample(dump(0, 0)), sample(dump(10, 2)), 10), cephAllOsds: far });
    expect(near).toMatchObject([{ local: true, subopWriteMs: 200 }]);
    const stale = osdLoads({ cephOsds: seen(sample(undefined), sample(undefined), 10), cephAllOsds: far });
    expect(stale).toMatchObject([{ local: false, subopWriteMs: 100 }]);
  });
});

const load = (osd: number, parts: Partial<OsdLoad>): OsdLoad =>
  ({ osd, local: true, subops: 100, commitMs: 3, queueMs: 1, receiveMs: 0, ...parts }) as OsdLoad;
const peers = [1, 2, 3, 4].map((osd) => load(osd, { subopWriteMs: 4 + osd / 10 }));

describe('slowOsds', () => {
  test.each([
    ['device', { subopWriteMs: 200, commitMs: 190 }],
    ['queue', { subopWriteMs: 200, queueMs: 150 }],
    ['network', { subopWriteMs: 60, receiveMs: 50 }],
    ['unclear', { subopWriteMs: 200 }],
  ] as const)('%s', (cause, parts) => {
    const [slow, ...others] = slowOsds([load(0, parts), ...peers], () => 'ssd');
    expect(slow).toMatchObject({ load: { osd: 0 }, cause, peers: 4 });
    expect(others).toEqual([]);
  });

  test('allows seeks of a rotating disk, not a queue of the same length', () => {
    const at = (parts: Partial<OsdLoad>) => slowOsds([load(0, parts), ...peers], () => 'hdd').length;
    expect(at({ subopWriteMs: 40, commitMs: 38 })).toBe(0);
    expect(at({ subopWriteMs: 40, queueMs: 36 })).toBe(1);
  });

  test('finds nothing without peers of the class, or with few writes', () => {
    expect(slowOsds([load(0, { subopWriteMs: 900 }), ...peers], (osd) => String(osd))).toEqual([]);
    expect(slowOsds([load(0, { subopWriteMs: 900, subops: 2 }), ...peers], () => 'ssd')).toEqual([]);
  });

  test('finds only OSDs above the median of their peers, for any loads', () => {
    const anyLoad = fc.record({ subopWriteMs: fc.nat(5000), commitMs: fc.nat(5000), queueMs: fc.nat(5000) });
    fc.assert(
      fc.property(fc.array(anyLoad, { maxLength: 12 }), (all) => {
        for (const slow of slowOsds(
          all.map((parts, osd) => load(osd, parts)),
          () => undefined,
        ))
          expect(slow.subopWriteMs).toBeGreaterThan(slow.medianMs);
      }),
    );
  });
});

describe('osdDisks', () => {
  const device = (name: string, more: Partial<BlockDevice> = {}): [string, BlockDevice] => [
    name,
    { name, slaves: [], alias: undefined, ...more } as BlockDevice,
  ];
  const devices = new Map([
    device('nvme0n1'),
    device('sda'),
    device('dm-0', { alias: 'ceph--1f2e-osd--block--aa', slaves: ['nvme0n1p3'] }),
    device('dm-1', { alias: 'crypt-osd', slaves: ['dm-0'] }),
    device('dm-9', { alias: 'loop', slaves: ['dm-9'] }),
  ]);
  test.each([
    ['/dev/ceph-1f2e/osd-block-aa', ['nvme0n1']],
    ['/dev/mapper/crypt-osd', ['nvme0n1']],
    ['/dev/dm-0', ['nvme0n1']],
    ['/dev/sda2', ['sda']],
    ['/dev/sda', ['sda']],
    ['/dev/nowhere/lv', []],
    ['/var/lib/file', []],
  ])('%s', (block, data) => {
    expect(osdDisks({ block, db: undefined, wal: undefined }, undefined, devices).data).toEqual(data);
  });
  test('separates a DB device, and falls back to osd metadata without links', () => {
    const links = { block: '/dev/sda', db: '/dev/ceph-1f2e/osd-block-aa', wal: undefined };
    expect(osdDisks(links, undefined, devices)).toMatchObject({ data: ['sda'], db: ['nvme0n1'] });
    const metadata = { host: 'a', rotational: true, version: '1', devices: ['sda', 'sdz'] };
    expect(osdDisks(undefined, metadata, devices).data).toEqual(['sda']);
  });
  test('ends at a loop of names', () => {
    expect(osdDisks({ block: '/dev/dm-9', db: undefined, wal: undefined }, undefined, devices).data).toEqual(['dm-9']);
  });
});

test('osdProcesses finds processes by the id in the command line, or by their unit where it was not read', () => {
  const process = (pid: number, commandLine: string, command = 'ceph-osd'): [number, Process] => [
    pid,
    { pid, command, commandLine } as Process,
  ];
  const unit = (pid: number, name: string): [number, Process] => [
    pid,
    { pid, command: 'ceph-osd', commandLine: undefined, owner: { kind: 'service', name } } as Process,
  ];
  const found = osdProcesses(
    new Map([
      process(1, '/usr/bin/ceph-osd -f --cluster ceph --id 3 --setuser ceph'),
      process(2, '/usr/bin/ceph-osd -n osd.14 -f --setuser ceph'),
      process(3, 'ceph-osd -f -i 5 -c /etc/ceph/ceph.conf'),
      process(4, 'ceph-osd --mkfs'),
      process(5, 'x --id 9', 'other'),
      unit(6, 'ceph-osd@7.service'),
      unit(7, 'ceph-11111111-2222-3333-4444-555555555555@osd.8.service'),
      unit(8, 'ceph-mon@9.service'),
    ]),
  );
  expect([...found].map(([osd, { pid }]) => [osd, pid])).toEqual([
    [3, 1],
    [14, 2],
    [5, 3],
    [7, 6],
    [8, 7],
  ]);
});

test('suspectsOf gives the most to the OSD that all ops have in common', () => {
  const op = (peersText: string, replies: number, committed: boolean) => ({
    description: 'osd_op(client.1 2.a x)',
    type_data: {
      flag_point: 'waiting for sub ops',
      events: [
        { event: `waiting for subops from ${peersText}`, duration: 1 },
        ...Array.from({ length: replies }, () => ({ event: 'sub_op_commit_rec', duration: 1 })),
        ...(committed ? [{ event: 'op_commit', duration: 1 }] : []),
      ],
    },
  });
  const ops = (...all: readonly object[]) => opsOf(JSON.stringify({ ops: all }))!;
  const votes = suspectsOf(
    new Map([
      [0, ops(op('1,2', 1, true), op('1,3', 1, true))],
      [1, ops(op('0,2', 2, false))],
      [2, ops(op('0,1', 1, true))],
    ]),
  );
  expect([...votes].toSorted((a, b) => b[1] - a[1])[0]?.[0]).toBe(1);
});
