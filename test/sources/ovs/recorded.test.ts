import { expect, test } from 'vitest';
import { ovsFlows } from '../../../src/sources/ovs/flows.ts';
import { ovsThreads } from '../../../src/sources/ovs/threads.ts';
import { sampleOf } from '../../helpers/sample.ts';

/** Replies of Open vSwitch in test/hosts, with the figures that stand in them. */

test('ovsFlows reads match, actions and counters of a flow', async () => {
  const { flows } = await sampleOf(ovsFlows, 'ovs-calm');
  expect(flows.get('3ef4a9cf-05b2-409f-8580-03cb3bc5cba1')).toMatchObject({
    packets: 1692,
    bytes: 112_128,
    usedSeconds: 0.023,
    flow: {
      datapath: 'netdev@ovs-netdev',
      inPort: 'cc-blue',
      recirculation: 0,
      // 0/0x20: the bit of trk, which must not be set.
      ctState: '-trk',
      actions: 'ct(zone=5),recirc(0x77)',
      recirculates: true,
      drops: false,
    },
  });
});

test('ovsThreads reads scheduler counters of the daemons of OVS and OVN', async () => {
  const { processes } = await sampleOf(ovsThreads, 'ovs-calm');
  expect(processes.get(3617)).toMatchObject({
    startTicks: 1_566_136,
    threads: [{ tid: 3617, name: 'ovsdb-server', state: 'S', runNs: 25_732_016, delayNs: 186_096_379, slices: 183 }],
  });
  expect(
    processes
      .get(3684)
      ?.threads.map(({ name }) => name)
      .slice(0, 2),
  ).toEqual(['ovn-northd', 'stopwatch0']);
});
