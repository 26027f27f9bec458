import { expect, test } from 'vitest';
import type { FleetControl } from '../../src/app/fleet-flow.ts';
import { cephCluster, entityRef, entityText, osdRef } from '../../src/findings/entity-ref.ts';
import { fleet } from '../../src/fleet/fleet-source.ts';
import type { HostRow } from '../../src/fleet/host-row.ts';
import { hostsPane } from '../../src/fleet/pane.ts';
import { hostRow, hostRows } from '../fleet/host-rows.ts';
import { FakeSession, START_MS } from '../helpers/fake-session.ts';
import { open } from '../helpers/screen.tsx';

function sessionOf(hosts: readonly HostRow[]): FakeSession {
  const session = new FakeSession();
  const sample = { hosts, atMs: START_MS };
  session.timeline.append(fleet.id, { sample, at: 1, wallMs: START_MS, missing: {}, tookMs: 0 });
  return session;
}

const finding = { members: [], past: false, onsetMs: undefined, condition: undefined } as const;
const clusterFsid = '4b5e0f0e-7c0e-4d5e-9a53-1d2c3b4a5f60';
const ceph = (facts: Readonly<Record<string, string>>) => ({ kind: 'Ceph', id: clusterFsid, state: 'HEALTH_WARN', severity: 'warn', facts, summary: '12 up, 12 in of 12 OSDs, 256 PGs' }) as const; // prettier-ignore
const hosts: readonly HostRow[] = [
  hostRow('mon1', {
    clusters: [ceph({ osds: '12' })],
    problems: [{ severity: 'warn', rule: 'ceph-health', condition: 'SLOW_OPS', subject: 'ceph', sentence: '31 slow ops', isPast: false }],
    slice: {
      findings: [{ ...finding, key: 'h', rule: 'ceph-health', condition: 'SLOW_OPS', entity: entityText(cephCluster), severity: 'warn', role: 'symptom', subject: 'ceph', sentence: '31 slow ops' }],
      dependencies: [{ dependent: cephCluster, via: 'waits-for', on: osdRef(3) }],
    },
    ties: { names: ['mon1'], ends: [], homes: [{ entity: osdRef(3), via: 'runs-as', host: 'osd2', disks: ['sdb'] }, { entity: osdRef(9), via: 'runs-as', host: 'osd9', disks: [] }] },
  }),
  hostRow('mon2', { clusters: [ceph({ osds: '11' })] }),
  hostRow('osd2', {
    problems: [{ severity: 'warn', rule: 'disk-slow', condition: undefined, subject: 'sdb', sentence: '812ms await', isPast: false }],
    slice: { findings: [{ ...finding, key: 'd', rule: 'disk-slow', entity: entityText(entityRef('disk', 'sdb')), severity: 'warn', role: 'cause', subject: 'sdb', sentence: '812ms await' }], dependencies: [] },
  }),
  ...hostRows(10),
]; // prettier-ignore

test('the culprit of an incident across hosts stands at the head of the matrix, with its evidence', async () => {
  const screen = await open({ session: sessionOf(hosts), panes: [hostsPane], tab: 'hosts', columns: 120, rows: 40 });
  const head = screen.text().slice(0, screen.text().indexOf('node['));
  expect(head).toMatch(/osd2 +sdb +812ms await +1 +mon1/);
  expect(head).toMatch(/warn osd2 .*culprit, 1 finding on/);
  expect(screen.text()).toMatch(/Ceph .*HEALTH_WARN .*mon1/);
  expect(screen.text()).toContain('osds: 12 (mon1),');
  await expect(`${screen.text()}\n`).toMatchFileSnapshot('../fleet/screens/cluster-120x40.txt');
  await screen.press('enter');
  expect(screen.text()).toMatch(/mon1 +ceph +31 slow ops +ops wait for an OSD on this disk/);
  await screen.quit();
});

test('the palette adds hosts that a cluster names after they were shown, and drops hosts', async () => {
  const added: (readonly string[])[] = [];
  const dropped: (readonly string[])[] = [];
  const control: FleetControl = {
    names: () => ['mon1', 'mon2', 'osd2'],
    expand: (set) => {
      if (set.includes('$')) throw new RangeError(`${set}: invalid name of a host`);
      return set.split(',');
    },
    add: async (names) => void added.push(names),
    drop: async (names) => void dropped.push(names),
    locked: () => [],
    refusals: () => 0,
    unlock: async () => [],
    siblings: () => [{ what: 'OSD hosts', names: ['osd9'], readFrom: 'mon1' }],
  };
  const screen = await open({ session: sessionOf(hosts), panes: [hostsPane], tab: 'hosts', columns: 120, rows: 40, fleet: control }); // prettier-ignore
  await screen.press(':', 'OSD hosts');
  expect(screen.text()).toContain('add 1 OSD hosts');
  await screen.press('enter');
  expect(screen.text()).toContain('Connect to 1 more host?');
  await screen.press('n');
  expect(added).toEqual([]);
  await screen.press(':', 'add mon1,osd10', 'enter');
  expect(screen.text()).toContain('osd10');
  await screen.press('y');
  expect(added).toEqual([['osd10']]);
  await screen.press(':', 'drop osd2,x', 'enter');
  expect(dropped).toEqual([['osd2']]);
  await screen.press(':', 'add $(x)', 'enter');
  expect(screen.text()).toContain('$(x): invalid name of a host');
  await screen.quit();
});
