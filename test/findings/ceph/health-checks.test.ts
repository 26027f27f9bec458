import { socketPeers } from '../../../src/sources/processes/socket-peers.ts';
import { describe, expect, test } from 'vitest';
import { checkMembers, subjectsOf } from '../../../src/entities/ceph/check-members.ts';
import { checkNext } from '../../../src/entities/ceph/check-next.ts';
import { entityText } from '../../../src/findings/entity-ref.ts';
import { cephHealthChecks } from '../../../src/findings/ceph/health.ts';
import type { HealthCheck } from '../../../src/sources/ceph/health.ts';
import { cephOsdmap } from '../../../src/sources/ceph/osdmap.ts';
import { foundOn } from '../../helpers/found-on.ts';
import { seen } from '../../helpers/seen.ts';
import { healthWith, STATUS } from './faults.ts';

const check = (code: string, message: string, ...detail: readonly string[]): HealthCheck => ({
  code,
  severity: 'HEALTH_WARN',
  message,
  count: detail.length,
  muted: false,
  detail,
});

describe('members of a health check', () => {
  // Lines of Pacific and Squid clusters, and of src/mon and src/mgr.
  test.each([
    [
      check('OSD_DOWN', '2 osds down', 'osd.1 (root=default,host=vm) is down', 'osd.12 (root=default) is down'),
      ['osd:osd.1', 'osd:osd.12'],
    ],
    [check('POOL_NEARFULL', '1 pool(s) nearfull', "pool 'lab two' is nearfull"), ['pool:lab two']],
    [
      check(
        'PG_DEGRADED',
        'Degraded',
        'pg 2.1f is stuck undersized for 65s, current state undersized+degraded+peered, last acting [0]',
      ),
      ['pg:2.1f'],
    ],
    [
      check(
        'MON_DOWN',
        '1/3 mons down, quorum a,c',
        'mon.b (rank 1) addr [v2:10.0.0.2:3300/0,v1:10.0.0.2:6789/0] is down (out of quorum)',
      ),
      ['mon:mon.b'],
    ],
    [
      check('MON_DISK_LOW', 'mon ceph-1 is low on available space', 'mon.ceph-1.example has 25% avail'),
      ['mon:mon.ceph-1.example'],
    ],
    [
      check(
        'RECENT_CRASH',
        '1 daemons have recently crashed',
        'osd.1 crashed on host vm at 2026-11-29T10:00:00.000000Z',
      ),
      ['osd:osd.1'],
    ],
    [
      check(
        'CEPHADM_FAILED_DAEMON',
        '1 failed cephadm daemon(s)',
        'daemon rgw.eu.host-1.abcdef on host-1 is in error state',
      ),
      ['daemon:rgw.eu.host-1.abcdef'],
    ],
    [
      check('MDS_SLOW_REQUEST', '1 MDSs report slow requests', 'mds.a(mds.0): 3 slow requests are blocked > 30 secs'),
      ['daemon:mds.a', 'daemon:mds.0'],
    ],
    [
      check('CEPHADM_HOST_CHECK_FAILED', '1 hosts fail cephadm check', 'host ceph-2 (10.0.0.2) failed check: no route'),
      ['node:ceph-2'],
    ],
    [
      check('MGR_MODULE_ERROR', "Module 'devicehealth' has failed: no", "Module 'devicehealth' has failed: no"),
      ['mgr:active'],
    ],
    [check('OSD_SCRUB_ERRORS', '2 scrub errors'), []],
    [
      check(
        'POOL_TOO_FEW_PGS',
        '1 pools have too few placement groups',
        'Pool rbd has 8 placement groups, should have 32',
      ),
      ['pool:rbd'],
    ],
  ])('are those of its lines: %j', (one, members) => {
    expect(subjectsOf(one).map(entityText)).toEqual(members);
  });

  test('are none where the OSDs of its message only wait', () => {
    const slow = check('SLOW_OPS', '7 slow ops, oldest one blocked for 40 sec, daemons [osd.0,osd.2] have slow ops.');
    expect(checkMembers(slow).map(({ name }) => name)).toEqual(['osd.0', 'osd.2']);
    expect(subjectsOf(slow)).toEqual([]);
  });
});

describe('ceph-health', () => {
  const PGS = Array.from({ length: 40 }, (_, pg) => `pg 2.${pg.toString(16)} is undersized+degraded, acting [0]`);

  test('names as many members as fit when a check has many', async () => {
    const found = await foundOn(cephHealthChecks, 'ceph-calm', [
      healthWith({
        PG_DEGRADED: [
          'Degraded data redundancy: 72/108 objects degraded (66.667%), 8 pgs degraded, 9 pgs undersized',
          ...PGS,
        ],
        TOO_MANY_PGS: ['too many PGs per OSD (300 > max 250)'],
      }),
    ]);
    const [degraded, pgs] = found.toSorted((a, b) => a.subject.localeCompare(b.subject));
    expect(degraded?.sentence).toBe(
      '72/108 objects degraded (66.667%), 8 pgs degraded, 9 pgs undersized: pg 2.0 pg 2.1 +38',
    );
    expect(degraded?.members).toHaveLength(40);
    expect(pgs?.sentence).toBe('too many PGs per OSD (300 > max 250)');
    expect(pgs?.members).toBeUndefined();
  });

  test('ends and begins with the newer status, before health detail is read again', () => {
    const nearfull = check('OSD_NEARFULL', '1 nearfull osd(s)', 'osd.3 is near full');
    const judge = (statusAgeMs: number, ...inStatus: readonly HealthCheck[]) =>
      cephHealthChecks
        .judge({
          cephHealth: { ...seen(undefined, { checks: [nearfull], mutes: [] }, 5), ageMs: 3000 },
          // The rule reads these fields only.
          cephStatus: { ...seen(undefined, { checks: inStatus } as never, 2), ageMs: statusAgeMs },
          cephOsdmap: seen(undefined, undefined, 15),
          cephFleet: seen(undefined, undefined, 120),
          cephOps: seen(undefined, new Map(), 5),
          cephSlowOps: seen(undefined, new Map(), 15),
          rbdDevices: seen(undefined, [], 60),
          processes: seen(undefined, undefined as never, 2),
          socketPeers: seen(undefined, socketPeers.parse({ sockets: undefined }), 60),
        })
        .map(({ subject, sentence }) => `${subject} ${sentence}`);
    expect(judge(1000, check('OSD_NEARFULL', '1 nearfull osd(s)'))).toEqual(['OSD_NEARFULL 1 nearfull osd(s): osd.3']);
    expect(judge(1000)).toEqual([]);
    expect(judge(1000, check('MON_DOWN', '1/3 mons down, quorum a,b'))).toEqual(['MON_DOWN 1/3 mons down, quorum a,b']);
    expect(judge(9000)).toEqual(['OSD_NEARFULL 1 nearfull osd(s): osd.3']);
  });

  test('has the onset of the clock that the check has', async () => {
    const onsets = async (...changes: Parameters<typeof foundOn>[2] & object) =>
      Object.fromEntries(
        (await foundOn(cephHealthChecks, 'ceph-calm', changes)).map(({ subject, onset }) => [subject, onset]),
      );
    const stuck = (pg: string, seconds: number) =>
      `pg ${pg} is stuck inactive for ${seconds}s, current state undersized+peered, last acting [0]`;
    const found = await onsets({
      ...healthWith({
        // An idle PG reported long before it was stuck.
        PG_AVAILABILITY: ['3 pgs inactive', stuck('1.0', 92), stuck('2.0', 65), stuck('2.1', 65)],
        SLOW_OPS: ['7 slow ops, oldest one blocked for 40 sec, osd.2 has slow ops'],
        MON_DOWN: ['1/3 mons down, quorum a,b', 'mon.c (rank 2) addr x is down (out of quorum)'],
        OSD_DOWN: ['1 osds down', 'osd.1 (root=default,host=vm) is down'],
        TOO_MANY_PGS: ['too many PGs per OSD (300 > max 250)'],
      }),
      '/etc/ceph/ceph.conf < {"_to":"mon","prefix":"osd dump"}': JSON.stringify({
        osds: [{ osd: 1, up: 0, in: 1 }],
        _down_s: { 1: 300 },
      }),
    });
    expect(found['PG_AVAILABILITY']).toEqual({ secondsAgo: 65, source: 'PG_AVAILABILITY, stuck PGs' });
    expect(found['SLOW_OPS']).toEqual({ secondsAgo: 40, source: 'SLOW_OPS, oldest op' });
    expect(found['MON_DOWN']).toEqual({ secondsAgo: 1094, source: 'quorum age' });
    expect(found['OSD_DOWN']?.source).toBe('OSD map, time of down');
    expect(Math.round(found['OSD_DOWN']?.secondsAgo ?? 0)).toBe(300);
    expect(found['TOO_MANY_PGS']).toBeUndefined();
  });

  test('reports checks of the status when health detail is missing', async () => {
    const found = await foundOn(cephHealthChecks, 'ceph-calm', [
      {
        ...Object.fromEntries(Object.keys(healthWith({})).map((key) => [key, undefined])),
        [STATUS]: JSON.stringify({
          health: {
            checks: { MON_DOWN: { severity: 'HEALTH_WARN', summary: { message: '1/3 mons down' }, muted: false } },
          },
        }),
      },
    ]);
    expect(found.map(({ sentence }) => sentence)).toEqual(['1/3 mons down']);
  });
});

describe('next step of a health check', () => {
  test.each([
    ['OSD_NEARFULL', 'osd df tree'],
    ['OSD_HOST_DOWN', 'osd tree down'],
    ['PG_DAMAGED', 'list-inconsistent-obj'],
    ['MDS_CLIENT_LATE_RELEASE', 'session ls'],
    ['MDS_ALL_DOWN', 'fs status'],
    ['AUTH_INSECURE_GLOBAL_ID_RECLAIM_ALLOWED', 'global_id_reclaim false'],
    ['CEPHADM_REFRESH_FAILED', 'ceph orch'],
    ['OSD_SLOW_PING_TIME_BACK', 'dump_osd_network'],
  ])('of %s names %s', (code, command) => {
    expect(checkNext(code)).toContain(command);
  });

  test('is the general one for an unknown code', () => {
    for (const code of ['NEW_CODE', 'constructor', '__proto__'])
      expect(checkNext(code)).toContain('ceph health detail');
  });
});

test('OSD map has the time of a down OSD where the host gives it', () => {
  const map = cephOsdmap.parse({
    dump: JSON.stringify({
      osds: [
        { osd: 1, up: 0, in: 1 },
        { osd: 2, up: 0, in: 1 },
      ],
      _down_s: { 1: 300.5 },
    }),
    df: undefined,
  });
  expect([map?.osds.get(1)?.downSeconds, map?.osds.get(2)?.downSeconds]).toEqual([300.5, undefined]);
});
