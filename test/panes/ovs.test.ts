import { describe, expect, test } from 'vitest';
import { missing } from '../../src/host/host.ts';
import { ovnPane } from '../../src/panes/ovn.ts';
import { ovsPane } from '../../src/panes/ovs.ts';
import { hostMoments } from '../helpers/hosts.ts';
import { momentOf } from '../helpers/moments.ts';

const switchOn = async (host: string) => {
  const moment = await momentOf(ovsPane.needs, hostMoments(host));
  return { moment, model: ovsPane.model(moment) };
};

describe('the pane of the switch', () => {
  test('flows have the names of who is behind their ports, and rates', async () => {
    const { model } = await switchOn('ovs-faults');
    const rows = model.flows.rows.filter(({ from }) => from === 'lab-red');
    expect(rows.length).toBeGreaterThan(10);
    expect(rows.some(({ does }) => does === '→ lab-blue')).toBe(true);
    expect(Math.max(...rows.map(({ packetsPerSec }) => packetsPerSec ?? 0))).toBeGreaterThan(100);
  });

  test('what is lost counts in the share of hits', async () => {
    const { model } = await switchOn('ovs-faults');
    const [load] = model.upcalls.loads;
    expect(load?.rate.lostPerSec).toBeGreaterThan(100);
    expect(load?.rate.hitPct).toBeLessThan(90);
  });

  test('counters of a switch that stands still are no traffic of 0', async () => {
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

  test('is hidden where there is no switch, and says why where none could be looked for', async () => {
    expect((await switchOn('cloud-vm')).model.presence).toEqual({ absent: 'no Open vSwitch on this host' });
    expect((await switchOn('denied')).model.presence).toMatchObject({
      absent: expect.stringContaining('denied') as string,
    });
  });
});

test('the logical network: ports below their switch, and where they are bound', async () => {
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
