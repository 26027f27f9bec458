import { describe, expect, it } from 'vitest';
import { cephCluster, entityRef, entityText, osdRef, thisHost, type EntityRef } from '../../src/findings/entity-ref.ts';
import { clusterIncidents } from '../../src/fleet/cluster/cluster-incidents.ts';
import { clockOffsets } from '../../src/fleet/cluster/clock-offsets.ts';
import { clusterViews } from '../../src/fleet/cluster/cluster-views.ts';
import type { ClusterReading } from '../../src/fleet/cluster/clusters.ts';
import type { SliceFinding } from '../../src/fleet/cluster/host-slice.ts';
import { bareAddress, type HostTies } from '../../src/fleet/cluster/host-ties.ts';
import { roleOf } from '../../src/incidents/roles.ts';
import { hostRow, hostRows } from './host-rows.ts';

const ties = (changes: Partial<HostTies> = {}): HostTies => ({ names: [], homes: [], ends: [], ...changes });

const found = (rule: string, entity: EntityRef, changes: Partial<SliceFinding> = {}): SliceFinding => ({
  key: `${rule} ${entityText(entity)}`,
  rule,
  entity: entityText(entity),
  condition: undefined,
  members: [],
  severity: 'crit',
  role: roleOf(rule),
  past: false,
  onsetMs: undefined,
  subject: entity.id,
  sentence: `${rule} here`,
  ...changes,
});

const ceph = (id: string | undefined, facts: ClusterReading['facts'] = {}): ClusterReading => ({
  kind: 'Ceph',
  id,
  state: 'HEALTH_WARN',
  severity: 'warn',
  facts,
  summary: '3 OSDs',
});

const slowOps = found('ceph-health', cephCluster, { condition: 'SLOW_OPS', severity: 'warn' });
const waitsFor3 = { dependent: cephCluster, via: 'waits-for', on: osdRef(3) } as const;
const home3 = { entity: osdRef(3), via: 'runs-as', host: 'ceph2.example.com', disks: ['sdb'] } as const;

/** A monitor host that sees slow ops, and an OSD host with a slow disk that is read at a glance. */
const monitor = hostRow('mon1', {
  slice: { findings: [slowOps], dependencies: [waitsFor3] },
  ties: ties({ homes: [home3] }),
  clusters: [ceph('fsid-a')],
});
const slowDisk = hostRow('node2', {
  slice: { findings: [found('disk-slow', entityRef('disk', 'sdb'), { severity: 'warn' })], dependencies: [] },
  ties: ties({ names: ['ceph2', '10.0.0.2'] }),
});

const lines = (hosts: Parameters<typeof clusterIncidents>[0]): readonly string[] =>
  clusterIncidents(hosts).map(({ host, rule, victims }) => `${host} ${rule} → ${victims.map((one) => `${one.host} ${one.rule}/${one.condition ?? ''}`).join(', ')}`); // prettier-ignore

describe('clusterIncidents', () => {
  it('names the disk of another host behind slow ops, by the metadata of its OSD', () => {
    expect(lines([monitor, slowDisk, hostRow('node3')])).toEqual(['node2 disk-slow → mon1 ceph-health/SLOW_OPS']);
    const [incident] = clusterIncidents([monitor, slowDisk]);
    expect(incident?.victims[0]?.because).toBe('ops wait for an OSD on this disk');
  });

  it('goes the whole way where the OSD host was read in full', () => {
    const slowOsd = found('ceph-osd-slow', osdRef(3));
    const osdHost = hostRow('node2', {
      slice: { findings: [found('disk-slow', entityRef('disk', 'sdb')), slowOsd], dependencies: [{ dependent: osdRef(3), via: 'stored-on', on: entityRef('disk', 'sdb') }] },
      ties: ties({ names: ['ceph2'] }),
      clusters: [ceph('fsid-a')],
    }); // prettier-ignore
    expect(lines([monitor, osdHost])).toEqual(['node2 disk-slow → node2 ceph-osd-slow/, mon1 ceph-health/SLOW_OPS']);
  });

  it('takes disks of the same name on other hosts for other disks', () => {
    const elsewhere = { ...slowDisk, name: 'node9', ties: ties({ names: ['ceph9'] }) };
    expect(lines([monitor, elsewhere])).toEqual([]);
  });

  it('takes osd.3 of another cluster for another OSD', () => {
    const other = hostRow('node2', {
      slice: { findings: [found('ceph-osd-slow', osdRef(3))], dependencies: [] },
      clusters: [ceph('fsid-b')],
    });
    expect(lines([{ ...monitor, ties: ties() }, other])).toEqual([]);
    expect(
      lines([
        { ...monitor, ties: ties() },
        { ...other, clusters: [ceph('fsid-a')] },
      ]),
    ).toEqual(['node2 ceph-osd-slow → mon1 ceph-health/SLOW_OPS']);
  });

  it('names an unreachable host behind a down OSD, a NotReady node, a lost chassis and a broken tunnel', () => {
    const gone = hostRow('node2', { state: 'stalled', why: 'no data from the host', ties: ties({ names: ['ceph2', '10.0.0.2'] }) }); // prettier-ignore
    const down = found('ceph-health', cephCluster, { condition: 'OSD_DOWN', members: [entityText(osdRef(3))] });
    const chassis = found('ovn-chassis-behind', entityRef('chassis', 'uuid-2'));
    const port = found('ovs-port-broken', entityRef('port', 'ovn-2'));
    const central = hostRow('mon1', {
      slice: { findings: [down, chassis, port], dependencies: [] },
      ties: ties({
        homes: [
          home3,
          { entity: entityRef('chassis', 'uuid-2'), via: 'runs-as', host: 'ceph2', disks: [] },
          { entity: entityRef('port', 'ovn-2'), via: 'waits-for', host: '10.0.0.2', disks: [] },
        ],
      }),
    });
    expect(lines([central, gone])).toEqual([
      'node2 host-unreachable → mon1 ceph-health/OSD_DOWN, mon1 ovn-chassis-behind/, mon1 ovs-port-broken/',
    ]);
  });

  it('joins a process to the process of another host by the ends of their connection', () => {
    const client = entityRef('process', '10@1');
    const server = entityRef('process', '20@1');
    const cloud = entityRef('openstack-cloud', 'openstack');
    const here = hostRow('ctl1', {
      slice: { findings: [found('openstack-builds-stuck', cloud, { condition: 'messaging' })], dependencies: [{ dependent: cloud, via: 'served-by', on: client }] },
      ties: ties({ ends: [{ process: client, local: '10.0.0.1:50000', peer: '10.0.0.2:5672', isServer: false }] }),
    }); // prettier-ignore
    const there = hostRow('mq1', {
      slice: { findings: [found('rabbitmq-alarm', entityRef('database-server', 'rabbitmq:20'))], dependencies: [{ dependent: server, via: 'served-by', on: entityRef('database-server', 'rabbitmq:20') }] },
      ties: ties({ ends: [{ process: server, local: '10.0.0.2:5672', peer: '10.0.0.1:50000', isServer: true }] }),
    }); // prettier-ignore
    expect(lines([here, there])).toEqual(['mq1 rabbitmq-alarm → ctl1 openstack-builds-stuck/messaging']);
    const other = { ...there, ties: ties({ ends: [{ process: server, local: '10.0.0.2:5672', peer: '10.0.0.1:50001', isServer: true }] }) }; // prettier-ignore
    expect(lines([here, other])).toEqual([]);
  });

  it('names the clock of the host behind the clock skew of its monitor', () => {
    const skew = found('ceph-health', cephCluster, { condition: 'MON_CLOCK_SKEW', members: ['mon:mon.b'], severity: 'warn' }); // prettier-ignore
    const clock = (aheadSeconds: number) => ({ aheadSeconds, clockErrorSeconds: 0.002 });
    const mon = (name: string) => ({ entity: entityRef('mon', `mon.${name}`), via: 'runs-as', host: name, disks: [] }) as const; // prettier-ignore
    const hosts = [
      hostRow('a', { slice: { findings: [skew], dependencies: [] }, ties: ties({ homes: [mon('a'), mon('b'), mon('c')] }), ...clock(3.001) }),
      hostRow('b', clock(31_536_003)),
      hostRow('c', clock(3)),
    ]; // prettier-ignore
    expect(lines(hosts)).toEqual(['b host-clock-offset → a ceph-health/MON_CLOCK_SKEW']);
  });

  it('is silent where each finding has its cause on its own host', () => {
    const own = hostRow('a', {
      slice: { findings: [found('disk-slow', entityRef('disk', 'sda')), found('ceph-osd-slow', osdRef(1))], dependencies: [{ dependent: osdRef(1), via: 'stored-on', on: entityRef('disk', 'sda') }] },
    }); // prettier-ignore
    expect(lines([own, hostRow('b', { slice: { findings: [found('clock-skew', thisHost)], dependencies: [] } })])).toEqual([]); // prettier-ignore
  });

  it('follows no name that two hosts have', () => {
    const twin = { ...slowDisk, name: 'node5', slice: undefined };
    expect(lines([monitor, slowDisk, twin])).toEqual([]);
  });
});

describe('clusterViews', () => {
  it('has a cluster once, with the host that it was read from and what hosts do not agree on', () => {
    const views = clusterViews([
      hostRow('a', { clusters: [ceph('fsid-a', { mons: '3', osds: '6' })] }),
      hostRow('b', { clusters: [{ ...ceph('fsid-a', { mons: '3', osds: '6' }), state: 'HEALTH_ERR', severity: 'crit' }] }), // prettier-ignore
      hostRow('c', { clusters: [ceph(undefined, { osds: '5' })] }),
      hostRow('d', { clusters: [ceph('fsid-a', { osds: '1' })], state: 'lost', why: 'timed out' }),
    ]);
    expect(views).toMatchObject([{ kind: 'Ceph', id: 'fsid-a', state: 'HEALTH_ERR', readFrom: 'b', hosts: ['a', 'b', 'c'] }]); // prettier-ignore
    expect(views[0]?.contradictions).toEqual([
      { what: 'osds', values: [{ value: '6', hosts: ['a', 'b'] }, { value: '5', hosts: ['c'] }] },
    ]); // prettier-ignore
  });

  it('keeps two clusters of one kind apart, and reports that the id of a third host was not read', () => {
    const views = clusterViews([
      hostRow('a', { clusters: [ceph('fsid-a')] }),
      hostRow('b', { clusters: [ceph('fsid-b')] }),
      hostRow('c', { clusters: [ceph(undefined)] }),
    ]);
    expect(views.map(({ id, hosts }) => [id, hosts])).toEqual([
      ['fsid-a', ['a']],
      ['fsid-b', ['b']],
      [undefined, ['c']],
    ]);
  });
});

describe('clockOffsets', () => {
  it('measures clocks against the one in the middle, with both round trips as the error', () => {
    const hosts = hostRows(3, {
      1: { aheadSeconds: 10, clockErrorSeconds: 0.01 },
      2: { aheadSeconds: 10.5, clockErrorSeconds: 0.02 },
      3: { aheadSeconds: 31_536_010, clockErrorSeconds: 0.03 },
    });
    expect(clockOffsets(hosts)).toEqual([
      { host: 'node01', offsetSeconds: -0.5, errorSeconds: 0.03 },
      { host: 'node02', offsetSeconds: 0, errorSeconds: 0.02 },
      { host: 'node03', offsetSeconds: 31_535_999.5, errorSeconds: 0.05 },
    ]);
  });

  it('has none of two clocks: either may be wrong', () => {
    expect(clockOffsets(hostRows(2, { 1: { aheadSeconds: 0, clockErrorSeconds: 0 }, 2: { aheadSeconds: 9, clockErrorSeconds: 0 } }))).toEqual([]); // prettier-ignore
  });
});

describe('bareAddress', () => {
  it.each([
    ['ssl:[fd00::1]:6644', 'fd00::1'],
    ['tcp:10.0.0.1:6642', '10.0.0.1'],
    ['10.0.0.1/24', '10.0.0.1'],
    ['fd00::A', 'fd00::a'],
  ])('of %s is %s', (text, address) => {
    expect(bareAddress(text)).toBe(address);
  });
});
