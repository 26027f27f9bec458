import { describe, expect, test } from 'vitest';
import { missing } from '../../../src/host/host.ts';
import { ovnPane } from '../../../src/panes/ovn/pane.ts';
import { ovsPane } from '../../../src/panes/ovs/pane.ts';
import type { FlowRow } from '../../../src/panes/ovs/flow-rows.ts';
import type { PortRow } from '../../../src/panes/ovs/ports.ts';
import type { Section } from '../../../src/panes/pane.ts';
import { ovsDatapath } from '../../../src/sources/ovs/datapath.ts';
import { hostMoments } from '../../helpers/hosts.ts';
import { momentOf } from '../../helpers/moments.ts';
import { paneText } from '../../helpers/plain-pane.ts';

const switchOn = async (host: string) => {
  const moment = await momentOf(ovsPane.needs, hostMoments(host));
  return { moment, model: ovsPane.model(moment) };
};

describe('ovs pane', () => {
  test('flowRows names the owners of ports and gives rates', async () => {
    const { model } = await switchOn('ovs-faults');
    const rows = model.flows.rows.filter(({ from }) => from === 'lab-red');
    expect(rows.length).toBeGreaterThan(10);
    expect(rows.some(({ actions }) => actions === '→ lab-blue')).toBe(true);
    expect(Math.max(...rows.map(({ packetsPerSec }) => packetsPerSec ?? 0))).toBeGreaterThan(100);
  });

  test('hitPct falls when upcalls are lost', async () => {
    const { model } = await switchOn('ovs-faults');
    const [load] = model.upcalls.loads;
    expect(load?.rate.lostPerSec).toBeGreaterThan(100);
    expect(load?.rate.hitPct).toBeLessThan(90);
  });

  test('portRows gives no rates when ovs-vswitchd is unresponsive', async () => {
    const { moment, model } = await switchOn('ovs-calm');
    expect(model.ports.find(({ name }) => name === 'cc-red')?.rxPacketsPerSec).toBeGreaterThan(10);
    const silent = { ...moment.ovsDatapath.now!, silent: missing('timeout', 'no answer within 5 s') };
    const stalled = ovsPane.model({ ...moment, ovsDatapath: { ...moment.ovsDatapath, now: silent } });
    expect(stalled.ports.length).toBe(model.ports.length);
    expect(
      stalled.ports.every(
        ({ rxPacketsPerSec, dropsPerSec }) => rxPacketsPerSec === undefined && dropsPerSec === undefined,
      ),
    ).toBe(true);
    expect(stalled.upcalls.silent).toContain('timeout');
  });

  test('upcallsSection names the fallback when a command answers for the daemon', async () => {
    const { moment, model } = await switchOn('ovs-calm');
    const note = (one: typeof model) => ovsPane.sections(one).find(({ id }) => id === 'upcalls')?.note;
    expect(note(model)).toBe('netdev@ovs-netdev');
    const replies = new Map([
      [
        '/var/run/openvswitch/ovs-vswitchd.7.ctl',
        {
          ok: true,
          text: 'netdev@ovs-netdev:\n  lookups: hit:1 missed:2 lost:3\n  flows: 4\n',
          tookMs: 5,
          instead: { by: 'ovs-appctl', everySeconds: 10 },
        } as const,
      ],
    ]);
    const none = { snapUpcalls: undefined, snapShow: undefined, coverage: undefined, snapCoverage: undefined };
    const now = ovsDatapath.parse({ ...none, upcalls: undefined, show: replies });
    const shown = note(ovsPane.model({ ...moment, ovsDatapath: { ...moment.ovsDatapath, now } }));
    expect(shown).toBe('netdev@ovs-netdev · fallback ovs-appctl, every 10 s');
  });

  test('upcallsSection shows the reason when threads are not readable', async () => {
    const { moment } = await switchOn('ovs-calm');
    const threads = missing('denied', '/proc/[0-9]*/task/*/schedstat of ovs-vswitchd: needs python3 on the host');
    const ovsThreads = { ...moment.ovsThreads, now: undefined, missing: { threads } };
    const model = ovsPane.model({ ...moment, ovsThreads });
    expect(paneText(ovsPane, model, 120, 40)).toMatch(/CPU .*— denied: needs python3 on the host/);
  });

  test('ovs pane is absent without a switch, and hidden when access is denied', async () => {
    expect((await switchOn('cloud-vm')).model.presence).toEqual({ absent: 'no Open vSwitch on this host' });
    expect((await switchOn('denied')).model.presence).toMatchObject({
      hidden: expect.stringContaining('denied') as string,
    });
  });
});

describe('links of a row', () => {
  const linksIn = (sections: readonly Section[], id: string, pick: (row: never) => boolean): readonly string[] => {
    const section = sections.find((one) => one.id === id);
    if (section?.kind !== 'table') throw new Error(`no table ${id}`);
    const row: unknown = section.rows.find(pick as (row: unknown) => boolean);
    return (section.links?.(row) ?? []).map(({ label, pane, row: key }) => `${pane}: ${label} (${key})`);
  };

  test('flows link to their ports, ports to logical port, interface and busiest flow', async () => {
    const { model } = await switchOn('ovs-faults');
    const sections = ovsPane.sections(model);
    expect(linksIn(sections, 'flows', ({ from, to }: FlowRow) => from === 'web1' && to === 'db1')).toEqual([
      'ovs: switch port cc-web1 (cc-web1)',
      'ovs: switch port cc-db1 (cc-db1)',
    ]);
    const busiest = model.flows.rows
      .filter(({ from }) => from === 'web1')
      .toSorted((a, b) => b.packetsPerSec! - a.packetsPerSec!)[0]!;
    expect(linksIn(sections, 'ports', ({ name }: PortRow) => name === 'cc-web1')).toEqual([
      'ovn: logical port web1 (port web1)',
      `ovs: busiest flow: ${busiest.protocol} ${busiest.actions} (${busiest.count.flow.ufid})`,
      'hardware: interface cc-web1 (cc-web1)',
    ]);
  });

  test('logical ports link to their OVS port and chassis', async () => {
    const sections = ovnPane.sections(ovnPane.model(await momentOf(ovnPane.needs, hostMoments('ovs-faults'))));
    expect(linksIn(sections, 'logical', ({ name }: { readonly name: string }) => name === 'web1')).toEqual([
      'ovs: switch port cc-web1 (cc-web1)',
      'ovn: chassis lab-chassis-1 (lab-chassis-1)',
    ]);
  });
});

test('logicalRows puts ports below their switch with their chassis', async () => {
  const model = ovnPane.model(await momentOf(ovnPane.needs, hostMoments('ovs-faults')));
  expect(model.logical.find(({ name }) => name === 'web1')).toMatchObject({
    parent: 'switch web',
    chassis: 'lab-chassis-1',
    state: 'up',
    here: true,
  });
  expect(model.logical.find(({ name }) => name === 'db2')).toMatchObject({ role: 'warn', chassis: '' });
  expect(model.chassis.find(({ name }) => name === 'lab-chassis-gone')?.behind).toBeGreaterThan(0);
});
