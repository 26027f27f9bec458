import { expect, test } from 'vitest';
import { busServices } from '../../../src/sources/systemd/bus-services.ts';
import { unitTasks } from '../../../src/sources/systemd/unit-tasks.ts';
import { watchedUnits } from '../../../src/sources/systemd/watched-units.ts';

test('watchedUnits parses timers, sockets and missing units, a time of none as unknown', () => {
  const watched = JSON.stringify({
    timers: {
      'a.timer': { NextElapseUSecRealtime: 1_764_547_200_000_000, NextElapseUSecMonotonic: 0, LastTriggerUSec: 0, Unit: 'a.service' },
      'b.timer': { NextElapseUSecRealtime: 18_446_744_073_709_552_000, NextElapseUSecMonotonic: 5e6 },
    },
    sockets: { 'x.socket': { NRefused: 4, NConnections: 2, MaxConnections: 64 } },
    missing: { 'gone.service': { RequiredBy: ['a.service', 7], BoundBy: ['b.service'] } },
  }); // prettier-ignore
  const sample = watchedUnits.parse({ watched });
  expect(sample && [...sample.timers]).toEqual([
    ['a.timer', { nextEpochSeconds: 1_764_547_200, nextAt: undefined, lastEpochSeconds: undefined, starts: 'a.service' }],
    ['b.timer', { nextEpochSeconds: undefined, nextAt: 5, lastEpochSeconds: undefined, starts: undefined }],
  ]); // prettier-ignore
  expect(sample?.sockets.get('x.socket')).toEqual({ refused: 4, connections: 2, mostConnections: 64 });
  expect(sample?.missing.get('gone.service')).toEqual(['a.service', 'b.service']);
  expect(watchedUnits.parse({ watched: undefined })).toBeUndefined();
});

test('unitTasks has units with a limit, of both versions of control groups', () => {
  const of = (group: string, current: string, max: string) =>
    [
      [`/sys/fs/cgroup/${group}/pids.current`, `${current}\n`],
      [`/sys/fs/cgroup/${group}/pids.max`, `${max}\n`],
      [`/sys/fs/cgroup/${group}/pids.events`, 'max 3\n'],
    ] as const;
  const none = { services: undefined, instances: undefined, users: undefined, v1: undefined, v1Instances: undefined, v1Users: undefined }; // prettier-ignore
  const services = new Map([...of('system.slice/a.service', '5', '512'), ...of('system.slice/b.service', '5', 'max')]);
  expect([...unitTasks.parse({ ...none, services })]).toEqual([['a.service', { tasks: 5, limit: 512, refused: 3 }]]);
  expect([...unitTasks.parse({ ...none, v1: new Map(of('pids/system.slice/a.service', '1', '2')) }).keys()]).toEqual(['a.service']); // prettier-ignore
});

test('busServices resolves aliases of units', () => {
  const services = new Map([
    ['/usr/share/dbus-1/system-services/a.service', '[D-BUS Service]\nName=a\nSystemdService=dbus-a.service\n'],
    ['/usr/share/dbus-1/system-services/b.service', '[D-BUS Service]\nName=b\nSystemdService=b.service\n'],
    ['/usr/share/dbus-1/system-services/c.service', '[D-BUS Service]\nName=c\nExec=/bin/c\n'],
  ]);
  const vendor = new Map([['/usr/lib/systemd/system/dbus-a.service', 'systemd-a.service']]);
  expect([...busServices.parse({ services, vendor, admin: undefined })]).toEqual(['systemd-a.service', 'b.service']);
});
