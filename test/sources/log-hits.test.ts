import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { logEpochSeconds } from '../../src/lib/log-time.ts';
import { cephLogs } from '../../src/sources/ceph/logs.ts';
import { logSample } from '../../src/sources/log-hits.ts';
import { ovnLogs } from '../../src/sources/ovn/logs.ts';
import { ovsLog } from '../../src/sources/ovs/log.ts';

test('logEpochSeconds reads the times of OVS, Ceph and rsyslog, and none without a year', () => {
  expect(
    [
      '2022-02-10T13:02:02.500Z|00042|ovsdb_idl|WARN|x',
      '2022-02-10 13:02:02.500 7ff3df46d700 -1 x',
      '<6>2022-02-10T14:02:02.5+01:00 host kernel: x',
      '2022-01-08 9:24:23.876485 mon.test mon.1 x',
      'Jun  8 10:48:13 compute4 kernel: x',
      '[ 4965.415911] x',
    ].map(logEpochSeconds),
  ).toEqual([1_644_498_122.5, 1_644_498_122.5, 1_644_498_122.5, 1_641_633_863.876485, undefined, undefined]);
});

test('logSample counts lines by pattern with their objects, newest time last', () => {
  const sample = logSample({ slow: /slow (\w+)/, other: /slow|other/ }, [
    { path: '/a.log', text: '2022-02-10T13:02:03Z slow x\nfine\n2022-02-10T13:02:02Z slow y\n' },
    { path: '/b.log', text: 'other\nslow x\n', owner: 'b' },
    { path: '/c.log', text: undefined },
  ]);
  expect(sample?.paths).toEqual(['/a.log', '/b.log']);
  const slow = sample?.hits.get('slow');
  expect(slow).toMatchObject({ count: 3, lastLine: 'slow x', path: '/b.log', kernelSeconds: undefined });
  expect([...(slow?.objects ?? [])]).toEqual([['x', 2], ['y', 1]]); // prettier-ignore
  expect(slow?.epochSeconds).toEqual([1_644_498_122, 1_644_498_123]);
  expect([...(sample?.hits.get('other')?.objects ?? [])]).toEqual([['b', 1]]);
});

test('logSample is undefined when no log was read, and has no hits when nothing matches', () => {
  expect(logSample({ x: /x/ }, [{ path: '/a.log', text: undefined }])).toBeUndefined();
  expect(logSample({ x: /x/ }, [{ path: '/a.log', text: '' }])?.hits.size).toBe(0);
});

test('logSample takes a log of one repeated line in less than a second', () => {
  const parsers = [
    (text: string) => ovsLog.parse({ vswitchd: text }),
    (text: string) => ovnLogs.parse({ logs: new Map([['/var/log/ovn/ovn-northd.log', text]]) }),
    (text: string) => cephLogs.parse({ logs: new Map([['/var/log/ceph/ceph-osd.1.log', text]]), microceph: undefined }),
  ];
  const pieces = [
    'RBAC rules for client " role ',
    'rocksdb: ',
    'pgmap v1: ',
    'osd.1 ',
    'x: ',
    '|EMER|\n',
    'I/O error, dev ',
  ];
  for (const piece of pieces) {
    const text = piece.repeat(Math.ceil((64 << 10) / piece.length));
    const start = performance.now();
    for (const parse of parsers) parse(text);
    expect(performance.now() - start).toBeLessThan(1000);
  }
  fc.assert(fc.property(fc.string(), (text) => parsers.every((parse) => parse(text) !== undefined)));
});
