import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { openstackCloud, parseCloud } from '../../../src/sources/openstack/cloud.ts';
import { hostText } from '../../helpers/hosts.ts';
import { badNumber } from '../../helpers/arbitrary.ts';

const recorded = () => parseCloud(hostText('openstack-host', 't0/talk/openstack /etc/openstack < cloud'));

test('openstack-cloud parses services, agents and failed servers when the replies are real', () => {
  const cloud = recorded();
  expect(cloud?.services.map(({ binary, isUp, heartbeatSecondsAgo }) => [binary, isUp, heartbeatSecondsAgo])).toEqual([
    ['nova-conductor', true, 4],
    ['nova-scheduler', true, 4],
    ['nova-compute', true, 4],
    ['neutron-openvswitch-agent', false, 863],
  ]);
  expect(cloud?.servers).toMatchObject([
    { name: 'vm-err', status: 'ERROR', failedAfterSeconds: 4, secondsAgo: 976 },
    { name: 'vm-stuck', status: 'BUILD', task: 'scheduling', host: undefined, secondsAgo: 716 },
  ]);
  expect(cloud?.servers[0]?.fault).toMatch(/^Exceeded maximum number of retries/);
});

test('openstack-cloud multiplies capacity by the allocation ratio after what is reserved', () => {
  expect(recorded()?.capacities).toEqual([
    { provider: 'lab-compute', resource: 'VCPU', used: 3, capacity: 16_000 },
    { provider: 'lab-compute', resource: 'MEMORY_MB', used: 192, capacity: (800_000 - 512) * 1.5 },
    { provider: 'lab-compute', resource: 'DISK_GB', used: 3, capacity: 600_000 },
  ]);
});

test('openstack-cloud keeps the reason of a part without a reply', () => {
  expect(recorded()?.missing.get('volumes')).toMatchObject({ why: 'absent' });
  expect(parseCloud('{"now":1,"missing":{"ports":{"why":"denied","detail":"HTTP 403 Forbidden"}}}')?.missing.get('ports')).toEqual({ ok: false, why: 'denied', detail: 'HTTP 403 Forbidden' }); // prettier-ignore
});

test('openstack-cloud has no sample when nothing was read', () => {
  expect(openstackCloud.parse({ cloud: undefined })).toBeUndefined();
  expect(parseCloud('<html>502 Bad Gateway</html>')).toBeUndefined();
});

test('openstack-cloud gives no bad number when a reply is arbitrary JSON', () => {
  const names = 'services agents volumeServices hypervisors failed building ports volumes placement missing'.split(' ');
  const record = fc.record(Object.fromEntries(names.map((name) => [name, fc.jsonValue()])));
  fc.assert(
    fc.property(record, (reply) => {
      expect(badNumber(parseCloud(JSON.stringify({ ...reply, now: 1e9 })))).toBeUndefined();
    }),
  );
});
