import { expect, test } from 'vitest';
import { openstackCredentials } from '../../../src/sources/openstack/credentials.ts';
import { openstackErrors, openstackStory, parseLogLines } from '../../../src/sources/openstack/logs.ts';
import { hostText } from '../../helpers/hosts.ts';

const REQUEST = 'req-1edd7453-fb0d-447e-a850-eeb8606c60eb';
const reply = (request: string): string => hostText('openstack-host', `talk/openstack /etc/openstack < ${request}`);

test('openstack-story joins the logs of all services in order of time', () => {
  const story = openstackStory.parse({ logs: reply(`story ${REQUEST}`) }, { id: REQUEST });
  const entries = story?.entries ?? [];
  expect(new Set(entries.map(({ service }) => service))).toEqual(new Set(['nova-api', 'nova-conductor', 'nova-compute']));
  const times = entries.map(({ seconds }) => seconds ?? 0);
  expect(times).toEqual(times.toSorted((a, b) => a - b));
  expect(entries[0]).toMatchObject({ service: 'nova-api', level: 'INFO', request: REQUEST, tookSeconds: 1.276_408_9 });
  expect(entries[0]?.text).toMatch(/^127\.0\.0\.1 "POST \/v2\.1\/servers HTTP\/1\.1" status: 202/);
  expect(entries.find(({ level }) => level === 'ERROR')?.text).toMatch(/^Instance failed network setup after 1 attempt.*PortBindingFailed: Binding failed for port/); // prettier-ignore
}); // prettier-ignore

test('openstack-story puts the exception of a traceback into the line before it', () => {
  const lines = [
    '2026-11-23 17:34:23.580 1 ERROR nova.compute.manager [None req-1edd7453-fb0d-447e-a850-eeb8606c60eb a b - - default default] Spawn failed',
    '2026-11-23 17:34:23.580 1 ERROR nova.compute.manager Traceback (most recent call last):',
    '2026-11-23 17:34:23.580 1 ERROR nova.compute.manager   File "/usr/lib/x.py", line 1, in y',
    '2026-11-23 17:34:23.580 1 ERROR nova.compute.manager     raise z',
    '2026-11-23 17:34:23.580 1 ERROR nova.compute.manager libvirt.libvirtError: no memory',
    '2026-11-23 17:34:24.000 1 INFO nova.compute.manager [-] Done',
  ];
  const all = parseLogLines(JSON.stringify({ logs: [{ path: '/var/log/nova/nova-compute.log', lines, more: 3 }], read: 1 })); // prettier-ignore
  expect(all?.entries.map(({ text }) => text)).toEqual(['Spawn failed: libvirt.libvirtError: no memory', 'Done']);
  expect(all).toMatchObject({ more: 3, read: 1, cut: undefined });
});

test.each([
  ['nova-api', '"POST /v2.1/servers" status: 202 len: 370 microversion: 2.1 time: 11.312855\u001B[00m', 11.312_855],
  ['glance-api', '127.0.0.1 - - [30/Nov/2026 15:51:06] "GET /v2/schemas/image HTTP/1.1" 200 6283 0.003874', 0.003_874],
  ['placement-api', '"PUT /allocations/3098adad" status: 204 len: 0 microversion: 1.36\u001B[00m', undefined],
])('openstack-story reads the duration of a line of %s without colour', (name, text, tookSeconds) => {
  const line = `2026-11-30 15:51:06.636 7 INFO x.server [None ${REQUEST} a b - - default default] ${text}`;
  const all = parseLogLines(JSON.stringify({ logs: [{ path: `/var/log/x/${name}.log`, lines: [line] }] }));
  expect(all?.entries).toMatchObject([{ tookSeconds, text: text.replace('\u001B[00m', ''), request: REQUEST }]);
});

test('openstack-errors lists errors with the request of each', () => {
  const errors = openstackErrors.parse({ logs: reply('errors') }, {});
  expect(new Set(errors?.entries.map(({ level }) => level))).toEqual(new Set(['ERROR']));
  expect(errors?.entries.some(({ request }) => request === REQUEST)).toBe(true);
});

test('openstack-story keeps lines of another format as they are', () => {
  const all = parseLogLines(JSON.stringify({ logs: [{ path: '/var/log/apache2/keystone.log', lines: ['[wsgi] boom', '', 7] }] })); // prettier-ignore
  expect(all?.entries).toMatchObject([{ service: 'keystone', level: undefined, seconds: undefined, text: '[wsgi] boom' }]); // prettier-ignore
  expect(parseLogLines('[]')).toBeUndefined();
});

test('openstack-credentials lists names and kinds of files', () => {
  const found = openstackCredentials.parse({ found: reply('credentials') }, {});
  expect(found?.map(({ kind, name }) => [kind, name])).toEqual([
    ['openrc', '/root/admin-openrc'],
    ['service', '/etc/nova/nova.conf'],
  ]);
});
