import { expect, test } from 'vitest';
import { unitDependencies } from '../../../src/sources/processes/unit-dependencies.ts';

/** Reply of systemd 252 in part; the last unit as in its manual. */
const REPLY = `MainPID=0
Id=lvm2-monitor.service
Requires=dm-event.socket system.slice
Requisite=
Wants=
BindsTo=
PartOf=
After=dm-event.socket system.slice dm-event.service systemd-journald.socket

MainPID=1968
Id=docker.service
Requires=sysinit.target system.slice docker.socket
Requisite=
Wants=network-online.target containerd.service time-sync.service
BindsTo=
PartOf=
After=network-online.target docker.socket containerd.service firewalld.service

MainPID=77
Id=virt@guest-web.service
BindsTo=libvirtd.service
`;

test('unitDependencies keeps services and sockets that a service requires, or wants and starts after', () => {
  expect([...unitDependencies.parse({ services: REPLY })]).toEqual([
    ['lvm2-monitor.service', { mainPid: undefined, needs: ['dm-event.socket'] }],
    ['docker.service', { mainPid: 1968, needs: ['docker.socket', 'containerd.service'] }],
    ['virt@guest-web.service', { mainPid: 77, needs: ['libvirtd.service'] }],
  ]);
});

test('unitDependencies gives the name of an instance to redaction', () => {
  expect(unitDependencies.identifiers?.(unitDependencies.parse({ services: REPLY }))).toEqual([
    { kind: 'id', value: 'guest-web' },
  ]);
});
