import { expect, test } from 'vitest';
import { mtuMismatch } from '../../../src/findings/machine/mtu-mismatch.ts';
import { eachReply } from '../../helpers/answers.ts';
import { foundOn, type Changes } from '../../helpers/found-on.ts';
import { netdev, onVeth } from './changes.ts';

const veth = onVeth({});
/** Ports of Open vSwitch with another MTU for blue, in the VLAN of red, and for green, alone in its VLAN. */
const mtus = (blue: number, green = 1500): Changes => ({
  '* < tables Open_vSwitch': eachReply((text) =>
    text
      .replace(/("name":"cc-blue".*?"mtu":)1500/, `$1${blue}`)
      .replace(/("name":"cc-green".*?"mtu":)1500/, `$1${green}`),
  ),
});
const on = (...moments: readonly Changes[]) => foundOn(mtuMismatch, 'cloud-vm', moments, 2);

test('mtu-mismatch names the port below the MTU of its network, with or without a counter of drops', async () => {
  const [found, ...others] = await foundOn(mtuMismatch, 'ovs-calm', [mtus(576)]);
  expect(others).toEqual([]);
  expect(found).toMatchObject({
    subject: 'cc-blue',
    sentence: 'MTU 576 below 1500 of cc-red, br-int VLAN 10',
  });
  expect(await foundOn(mtuMismatch, 'ovs-calm', [mtus(1500, 9000)])).toEqual([]);
});

test('mtu-mismatch names the direction of the drops of a veth, and ends with them', async () => {
  const [sent] = await on({ ...netdev(0), ...veth }, { ...netdev(2000, { txDropped: 96 }), ...veth });
  expect(sent).toMatchObject({
    entity: { kind: 'nic', id: 'eth0' },
    sentence: '48 tx drops/s above the MTU of its veth peer (1400 here)',
  });
  const lost = { ...netdev(2000, { rxDropped: 98 }), ...veth };
  expect((await on({ ...netdev(0), ...veth }, lost))[0]?.sentence).toBe(
    '49 rx drops/s above MTU 1400, sent by its veth peer',
  );
  expect(await on({ ...netdev(0), ...veth }, lost, { ...netdev(4000, { rxDropped: 98 }), ...veth })).toEqual([]);
});

test('mtu-mismatch needs drops for a member of a Linux bridge, and a veth for drops alone', async () => {
  const bridged: Changes = {
    '/sys/class/net/eth0/master': '../../../../virtual/net/br0',
    '/sys/class/net/tap1/master': '../br0',
    '/sys/class/net/tap1/operstate': 'up\n',
    '/sys/class/net/tap1/mtu': '9000\n',
  };
  const dropping = netdev(2000, { txDropped: 96 });
  expect((await on({ ...netdev(0), ...bridged }, { ...dropping, ...bridged }))[0]?.sentence).toBe(
    'MTU 1400 below 9000 of tap1: 48 drops/s, br0',
  );
  expect(await on({ ...netdev(0), ...bridged }, { ...netdev(2000), ...bridged })).toEqual([]);
  expect(await on(netdev(0), dropping)).toEqual([]);
});
