import { expect, test } from 'vitest';
import { cephChanges } from '../../src/changes/ceph.ts';
import { containerChanges } from '../../src/changes/containers.ts';
import { kubernetesChanges } from '../../src/changes/kubernetes.ts';
import { kvmChanges } from '../../src/changes/kvm.ts';
import { ovnChanges } from '../../src/changes/ovn.ts';
import { ovsChanges } from '../../src/changes/ovs.ts';
import { processChanges } from '../../src/changes/processes.ts';
import type { AnyChangeProvider } from '../../src/changes/change.ts';
import { ChangeLog } from '../../src/changes/change-log.ts';
import { cephOsdmap } from '../../src/sources/ceph/osdmap.ts';
import { docker } from '../../src/sources/containers/docker.ts';
import { libvirtDomains } from '../../src/sources/kvm/libvirt-domains.ts';
import { cpuStat } from '../../src/sources/machine/cpu-stat.ts';
import { ovnCentral } from '../../src/sources/ovn/central.ts';
import { ovsDb } from '../../src/sources/ovs/db.ts';
import { processes } from '../../src/sources/processes/processes.ts';
import type { AnySource, SampleOf } from '../../src/sources/source.ts';
import { Timeline } from '../../src/timeline/timeline.ts';
import { processTexts } from '../helpers/answers.ts';
import { changesOf, changesOn } from '../helpers/changes.ts';
import { sampleOf } from '../helpers/sample.ts';

const NOW = Date.parse('2026-11-30T01:00:00Z');

/** Changes between two samples of a source. */
function between<S extends AnySource>(
  provider: AnyChangeProvider,
  source: S,
  before: SampleOf<S>,
  now: SampleOf<S>,
): readonly string[] {
  const timeline = new Timeline();
  for (const [i, sample] of [before, now].entries())
    timeline.append(source.id, { sample, at: 1000 + i, wallMs: NOW + i * 5000, missing: {}, tookMs: 1 });
  const log = new ChangeLog([provider]);
  return log
    .at((needs) => timeline.latestMoment(needs, NOW + 5000), NOW + 5000)
    .map(({ what, subject, sentence }) => `${what} ${subject}: ${sentence}`);
}

/** /proc at 10 000 s after boot. */
const table = (list: readonly (Parameters<typeof processTexts>[0] & { readonly cgroup?: string })[]) => [
  { source: cpuStat, values: { text: `btime ${NOW / 1000 - 10_000}\n` }, wallMs: NOW, at: 10_000 },
  {
    source: processes,
    values: { table: new Map(list.map((one) => [one.pid, { ...processTexts(one), cgroup: one.cgroup }])) },
    wallMs: NOW,
    at: 10_000,
  },
];

test('processChanges has the start of a unit by its oldest process', () => {
  const cgroup = '0::/system.slice/nginx.service\n';
  const found = changesOf(
    processChanges,
    table([
      { pid: 70, command: 'nginx', state: 'S', start: 997_000, cgroup },
      { pid: 60, command: 'nginx', state: 'S', start: 990_000, cgroup },
    ]),
  );
  expect(found).toMatchObject([
    {
      what: 'unit',
      subject: 'nginx',
      entity: { kind: 'unit', id: 'nginx' },
      sentence: 'started, nginx[60]',
      atMs: NOW - 100_000,
    },
  ]);
});

test('processChanges leaves out starts of the boot and sessions of users', () => {
  const found = changesOf(
    processChanges,
    table([
      { pid: 1, command: 'cron', state: 'S', start: 9000, cgroup: '0::/system.slice/cron.service\n' },
      {
        pid: 9,
        command: 'systemd',
        state: 'S',
        start: 999_000,
        cgroup: '0::/user.slice/user-0.slice/user@0.service/init.scope\n',
      },
    ]),
  );
  expect(found).toEqual([]);
});

test('processChanges has a daemon without a unit once, and each server of a database', () => {
  const found = changesOf(
    processChanges,
    table([
      { pid: 10, command: 'lxd', state: 'S', start: 900_000 },
      { pid: 11, command: 'lxd', state: 'S', start: 950_000 },
      { pid: 20, command: 'ovsdb-server', state: 'S', start: 960_000 },
      { pid: 21, command: 'ovsdb-server', state: 'S', start: 970_000 },
    ]),
  );
  expect(found.map(({ subject, sentence }) => `${subject}: ${sentence}`)).toEqual([
    'ovsdb-server: started, ovsdb-server[21]',
    'ovsdb-server: started, ovsdb-server[20]',
    'lxd: started, lxd[10]',
  ]);
});

test('cephChanges has up, in, weight and flags that changed in the OSD map', async () => {
  const before = await sampleOf(cephOsdmap, 'ceph-calm');
  if (!before) throw new Error('no OSD map');
  const osds = new Map(before.osds);
  const [first, second] = [...osds.values()];
  if (!first || !second) throw new Error('no OSDs');
  osds.set(first.osd, { ...first, up: false, in: false });
  osds.set(second.osd, { ...second, reweight: 0.5 });
  expect(between(cephChanges, cephOsdmap, before, { ...before, osds, flags: [...before.flags, 'noout'] })).toEqual([
    `osdmap osd.${first.osd}: up → down, in → out`,
    `osdmap osd.${second.osd}: reweight ${second.reweight} → 0.5`,
    'osdmap noout: flag set',
  ]);
});

test('cephChanges has no OSDs as removed when the map could not be read', async () => {
  const before = await sampleOf(cephOsdmap, 'ceph-calm');
  if (!before) throw new Error('no OSD map');
  expect(between(cephChanges, cephOsdmap, before, { ...before, osds: new Map() })).toEqual([]);
  expect(between(cephChanges, cephOsdmap, before, undefined)).toEqual([]);
});

test('ovsChanges has bridges, ports and settings that changed, and no counters', async () => {
  const before = await sampleOf(ovsDb, 'ovs-calm');
  const [first, second, ...rest] = before.interfaces;
  if (!first || !second) throw new Error('no interfaces');
  const now = {
    ...before,
    bridges: [...before.bridges, { name: 'br-new', datapathType: 'system', failMode: undefined, ports: 0 }],
    interfaces: [{ ...first, tag: 42, statistics: new Map([['rx_packets', 9]]) }, ...rest],
    settings: new Map([...before.settings, ['flow-limit', '1000']]),
  };
  expect(between(ovsChanges, ovsDb, before, now)).toEqual([
    'bridge br-new: added',
    `port ${second.name}: removed from ${second.bridge}`,
    `port ${first.name}: tag none → 42`,
    'daemon other_config:flow-limit: set to 1000',
  ]);
});

test('ovnChanges has a logical port that moved to another chassis', async () => {
  const before = await sampleOf(ovnCentral, 'ovs-calm');
  const [first, ...rest] = before.bindings.filter(({ chassis }) => chassis !== undefined);
  if (!first) throw new Error('no bindings');
  const bindings = [{ ...first, chassis: 'other' }, ...rest];
  expect(between(ovnChanges, ovnCentral, { ...before, bindings: [first, ...rest] }, { ...before, bindings })).toEqual([
    `logical-port ${first.port}: chassis ${first.chassis} → other`,
  ]);
});

test('kvmChanges has the state of a domain that changed', async () => {
  const before = await sampleOf(libvirtDomains, 'kvm-host');
  const [uuid, domain] = [...(before?.domains ?? [])].find(([, { state }]) => state === 1) ?? [];
  if (!before || uuid === undefined || domain === undefined) throw new Error('no running domain');
  const now = { ...before, domains: new Map([...before.domains, [uuid, { ...domain, state: 5, reason: 1 }]]) };
  expect(between(kvmChanges, libvirtDomains, before, now)).toEqual([`guest ${domain.name}: running → shut off`]);
});

test('containerChanges has a container of docker that ended', async () => {
  const before = await sampleOf(docker, 'container-host');
  const [first, ...rest] = (before.containers ?? []).filter(({ state }) => state === 'running');
  if (!first) throw new Error('no running container');
  const now = { containers: [{ ...first, state: 'exited', exitCode: 137 }, ...rest] };
  const found = between(containerChanges, docker, { containers: [first, ...rest] }, now);
  expect(found).toContain(`container ${first.name}: running → exited, exit code 137`);
});

test('cephChanges has the start of an OSD outside of a unit', () => {
  const osd = { command: 'ceph-osd', state: 'S', start: 990_000 };
  const cgroup = '0::/system.slice/system-ceph\\x2dosd.slice/ceph-osd@4.service';
  expect(
    changesOf(
      cephChanges,
      table([
        { ...osd, pid: 30, cmdline: 'ceph-osd\0-f\0--id\u00003' },
        { ...osd, pid: 31, cmdline: 'ceph-osd\0-f\0--id\u00004', cgroup },
      ]),
    ),
  ).toMatchObject([{ what: 'osd', subject: 'osd.3', entity: { kind: 'osd', id: 'osd.3' }, atMs: NOW - 100_000 }]);
});

test.each([
  [kvmChanges, 'kvm-host', 'guest', /^started, qemu/],
  [containerChanges, 'container-host', 'container', /^(?:created|started)/],
  [kubernetesChanges, 'kube-node', 'pod', /^(?:created by|container \S+ restarted)/],
])('%o has starts on a recorded host when they were within a day', async (provider, host, what, sentence) => {
  const found = await changesOn(provider, host);
  expect(found.filter((one) => one.what === what && sentence.test(one.sentence)).length).toBeGreaterThan(0);
});
