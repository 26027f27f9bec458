import { expect, test } from 'vitest';
import { cephLogs } from '../../../src/sources/ceph/logs.ts';

test('ceph-logs names the daemon of a log whose lines do not', () => {
  const line = '2023-09-07T09:05:10.237+0000 7f34 -1 *** Caught signal (Segmentation fault) **\n';
  const sample = cephLogs.parse({ logs: new Map([['/var/log/ceph/ceph-osd.3.log', line]]), microceph: undefined });
  expect([...(sample?.hits.get('crash')?.objects.keys() ?? [])]).toEqual(['osd.3']);
});
